package app.boxwright.sample

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint

private val COLORS = listOf("#ffb000", "#00c2ff", "#ff5ea0", "#7ddc5a", "#c792ff", "#ff7043").map(Color::parseColor)

/** A copy of the picture with its boxes and their labels. */
fun drawn(picture: Bitmap, found: List<Found>): Bitmap {
    val copy = picture.copy(Bitmap.Config.ARGB_8888, true)
    val canvas = Canvas(copy)
    val size = maxOf(12f, copy.width / 30f)
    val line = Paint().apply { style = Paint.Style.STROKE; strokeWidth = size / 5 }
    val text = Paint(Paint.ANTI_ALIAS_FLAG).apply { textSize = size; color = Color.BLACK }
    val ground = Paint()
    for (one in found) {
        val box = one.box ?: continue
        val color = COLORS[Math.floorMod(one.label.hashCode(), COLORS.size)]
        line.color = color
        ground.color = color
        val said = said(one)
        val bottom = maxOf(box.top, size * 1.3f)
        canvas.drawRect(box, line)
        canvas.drawRect(box.left, bottom - size * 1.3f, box.left + text.measureText(said) + size / 2, bottom, ground)
        canvas.drawText(said, box.left + size / 4, bottom - size * 0.35f, text)
    }
    return copy
}

fun said(one: Found): String = "%s %.2f".format(one.label, one.score)

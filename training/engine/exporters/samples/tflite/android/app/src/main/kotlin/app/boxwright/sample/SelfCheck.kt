package app.boxwright.sample

import android.content.Context
import android.graphics.BitmapFactory
import kotlin.math.abs
import org.json.JSONArray
import org.json.JSONObject

/** How many answers the sample picture should give, and how many of them this device does not give. */
data class Checked(val expected: Int, val missing: Int)

/** MediaPipe rounds boxes to whole pixels. */
private const val ROUNDING = 1.0

fun selfCheck(context: Context): Checked {
    val expected = JSONObject(context.text("expected.json"))
    val tolerance = expected.getJSONObject("tolerance")
    val picture = context.assets.open(expected.getString("picture")).use { BitmapFactory.decodeStream(it) }
    val found = Model(context, leastScore = 0f).use { it.find(picture) }
    val wanted = expected.getJSONArray("found").objects()
    val pixels = tolerance.getDouble("box_px") + ROUNDING
    val missing = wanted.count { one -> found.none { agrees(it, one, tolerance.getDouble("score"), pixels) } }
    return Checked(wanted.size, missing)
}

private fun agrees(one: Found, wanted: JSONObject, score: Double, pixels: Double): Boolean =
    one.label == wanted.getString("label") &&
        abs(one.score - wanted.getDouble("score")) <= score &&
        boxAgrees(one, wanted.optJSONArray("box"), pixels)

private fun boxAgrees(one: Found, wanted: JSONArray?, pixels: Double): Boolean {
    val box = one.box
    if (box == null || wanted == null) return box == null && wanted == null
    val sides = listOf(box.left, box.top, box.right, box.bottom)
    return sides.withIndex().all { (i, side) -> abs(side - wanted.getDouble(i)) <= pixels }
}

private fun JSONArray.objects(): List<JSONObject> = (0 until length()).map { getJSONObject(it) }

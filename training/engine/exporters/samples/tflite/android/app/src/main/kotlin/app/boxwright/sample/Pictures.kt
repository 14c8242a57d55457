package app.boxwright.sample

import android.content.Context
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.ImageDecoder
import android.graphics.Matrix
import android.net.Uri
import android.os.Build
import androidx.annotation.RequiresApi
import androidx.exifinterface.media.ExifInterface

private const val MOST_PIXELS = 2048

/** The picture behind the address, upright by its EXIF tag, and no larger than memory likes. */
fun Context.upright(address: Uri): Bitmap =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) decoded(address) else turned(address)

@RequiresApi(Build.VERSION_CODES.P)
private fun Context.decoded(address: Uri): Bitmap =
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(contentResolver, address)) { decoder, info, _ ->
        decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
        val shrink = maxOf(info.size.width, info.size.height) / MOST_PIXELS
        if (shrink > 1) decoder.setTargetSampleSize(shrink)
    }.asArgb()

private fun Context.turned(address: Uri): Bitmap {
    val degrees = contentResolver.openInputStream(address)!!.use { ExifInterface(it).rotationDegrees }
    val picture = contentResolver.openInputStream(address)!!.use { BitmapFactory.decodeStream(it) }
    return picture.turned(degrees)
}

fun Bitmap.turned(degrees: Int): Bitmap {
    val matrix = Matrix().apply { postRotate(degrees.toFloat()) }
    return Bitmap.createBitmap(this, 0, 0, width, height, matrix, true).asArgb()
}

private fun Bitmap.asArgb(): Bitmap =
    if (config == Bitmap.Config.ARGB_8888) this else copy(Bitmap.Config.ARGB_8888, false)

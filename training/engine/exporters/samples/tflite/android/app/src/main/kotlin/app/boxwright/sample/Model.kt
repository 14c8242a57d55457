package app.boxwright.sample

import android.content.Context
import android.graphics.Bitmap
import android.graphics.RectF
import com.google.mediapipe.framework.image.BitmapImageBuilder
import com.google.mediapipe.tasks.core.BaseOptions
import com.google.mediapipe.tasks.vision.imageclassifier.ImageClassifier
import com.google.mediapipe.tasks.vision.objectdetector.ObjectDetector
import java.io.Closeable
import org.json.JSONObject

/** What the model finds: [box] in pixels of the picture, null of a classifier. */
data class Found(val label: String, val score: Float, val box: RectF?)

/** The model in the assets. Labels and preprocessing are in its file; one thread at a time may ask it. */
class Model(context: Context, leastScore: Float? = null) : Closeable {
    private val contract = JSONObject(context.text("contract.json"))
    private val least = leastScore ?: contract.getDouble("shown_score").toFloat()
    private val base = BaseOptions.builder().setModelAssetPath("model.tflite").build()
    private val finds: (Bitmap) -> List<Found>
    private val task: AutoCloseable

    init {
        if (contract.getString("task") == "classification") {
            val options = ImageClassifier.ImageClassifierOptions.builder().setBaseOptions(base).build()
            val classifier = ImageClassifier.createFromOptions(context, options)
            task = classifier
            finds = { picture -> classes(classifier, picture) }
        } else {
            val options = ObjectDetector.ObjectDetectorOptions.builder()
                .setBaseOptions(base)
                .setScoreThreshold(least)
                .setMaxResults(contract.getInt("most_detections"))
                .build()
            val detector = ObjectDetector.createFromOptions(context, options)
            task = detector
            finds = { picture -> boxes(detector, picture) }
        }
    }

    /** Best first, in an upright picture of [Bitmap.Config.ARGB_8888]. */
    fun find(picture: Bitmap): List<Found> = finds(picture)

    override fun close() = task.close()

    private fun boxes(detector: ObjectDetector, picture: Bitmap): List<Found> =
        detector.detect(BitmapImageBuilder(picture).build()).detections().map { one ->
            val best = one.categories().first()
            Found(best.categoryName(), best.score(), one.boundingBox())
        }

    private fun classes(classifier: ImageClassifier, picture: Bitmap): List<Found> =
        classifier.classify(BitmapImageBuilder(picture).build())
            .classificationResult().classifications().first().categories()
            .map { one -> Found(one.categoryName(), one.score(), null) }
}

fun Context.text(asset: String): String = assets.open(asset).bufferedReader().use { it.readText() }

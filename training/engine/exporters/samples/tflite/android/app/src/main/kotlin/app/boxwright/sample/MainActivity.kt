package app.boxwright.sample

import android.Manifest
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.ImageView
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts
import androidx.camera.core.CameraSelector
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageProxy
import androidx.camera.lifecycle.ProcessCameraProvider
import androidx.core.content.ContextCompat
import java.util.concurrent.Executors

/** Shows what the model finds in the sample picture, in a picture that is opened, and in the camera. */
class MainActivity : ComponentActivity() {
    /** The model is asked on this thread alone. */
    private val worker = Executors.newSingleThreadExecutor()
    private val model by lazy { Model(this) }
    private var cameras: ProcessCameraProvider? = null

    private val chooser = registerForActivityResult(ActivityResultContracts.GetContent()) { address ->
        if (address != null) worker.execute { look(upright(address)) }
    }
    private val permission = registerForActivityResult(ActivityResultContracts.RequestPermission()) { granted ->
        if (granted) startCamera() else view<TextView>(R.id.check).setText(R.string.no_camera)
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        setContentView(R.layout.activity_main)
        view<Button>(R.id.open).setOnClickListener { stopCamera(); chooser.launch("image/*") }
        view<Button>(R.id.camera).setOnClickListener {
            if (cameras == null) permission.launch(Manifest.permission.CAMERA) else stopCamera()
        }
        worker.execute {
            report(selfCheck(this))
            look(assets.open("sample.png").use { BitmapFactory.decodeStream(it) })
        }
    }

    override fun onDestroy() {
        super.onDestroy()
        worker.execute { model.close() }
        worker.shutdown()
    }

    private fun report(checked: Checked) = runOnUiThread {
        view<TextView>(R.id.check).text =
            if (checked.missing == 0) getString(R.string.agrees, checked.expected)
            else getString(R.string.misses, checked.missing, checked.expected)
    }

    /** On the worker's thread. */
    private fun look(picture: Bitmap) {
        val found = model.find(picture)
        val shown = drawn(picture, found)
        runOnUiThread {
            view<ImageView>(R.id.picture).setImageBitmap(shown)
            view<TextView>(R.id.found).text = found.take(5).joinToString("\n", transform = ::said)
        }
    }

    private fun startCamera() {
        val coming = ProcessCameraProvider.getInstance(this)
        coming.addListener({
            val frames = ImageAnalysis.Builder()
                .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST)
                .setOutputImageFormat(ImageAnalysis.OUTPUT_IMAGE_FORMAT_RGBA_8888)
                .build()
            frames.setAnalyzer(worker, ::analyze)
            cameras = coming.get().apply {
                unbindAll()
                bindToLifecycle(this@MainActivity, CameraSelector.DEFAULT_BACK_CAMERA, frames)
            }
            view<Button>(R.id.camera).setText(R.string.stop_camera)
        }, ContextCompat.getMainExecutor(this))
    }

    private fun analyze(frame: ImageProxy) {
        frame.use { look(it.toBitmap().turned(it.imageInfo.rotationDegrees)) }
    }

    private fun stopCamera() {
        cameras?.unbindAll()
        cameras = null
        view<Button>(R.id.camera).setText(R.string.start_camera)
    }

    private fun <T : View> view(id: Int): T = findViewById(id)
}

plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "app.boxwright.sample"
    compileSdk = 35

    defaultConfig {
        applicationId = "app.boxwright.sample"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "1"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    kotlinOptions { jvmTarget = "17" }

    androidResources { noCompress += "tflite" }
}

// The model and what belongs to it lie beside this folder, once: another model's files may take their place.
val copyModel by tasks.registering(Copy::class) {
    val bundle = rootDir.parentFile
    doFirst { check(File(bundle, "model.tflite").isFile) { "There is no model.tflite beside the folder android." } }
    from(bundle) { include("model.tflite", "contract.json", "expected.json", "sample.png") }
    into("src/main/assets")
}

tasks.named("preBuild") { dependsOn(copyModel) }

dependencies {
    val camerax = "1.4.1"
    implementation("androidx.activity:activity-ktx:1.9.3")
    implementation("androidx.camera:camera-camera2:$camerax")
    implementation("androidx.camera:camera-lifecycle:$camerax")
    implementation("androidx.camera:camera-view:$camerax")
    implementation("androidx.core:core-ktx:1.15.0")
    implementation("androidx.exifinterface:exifinterface:1.3.7")
    implementation("com.google.mediapipe:tasks-vision:0.10.20")
}

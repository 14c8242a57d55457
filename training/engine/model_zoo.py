"""The table of models, a row each; `module` names the family by dotted path, so that the table is torch-free.

A new model is a row here and, unless its family is there already, a module. Sources, sizes and hashes: torchvision's.
"""

from dataclasses import replace

from training.engine.anchor_layout import TENSORFLOW_SSD, ssd_layout
from training.engine.config import Config
from training.engine.model_info import BaseWeights, ImageSizes, ModelInfo, Rgb
from training.engine.scoring import Scoring

SIGNED_UNIT: Rgb = (127.5, 127.5, 127.5)
IMAGENET_MEAN: Rgb = (123.675, 116.28, 103.53)
IMAGENET_STD: Rgb = (58.395, 57.12, 57.375)
GITHUB = "https://github.com/"
APACHE_TENSORFLOW = "Apache-2.0 (TensorFlow's model garden)"
APACHE_EFFDET = "Apache-2.0 (effdet, which names no other licence for the weights)"
BSD = "BSD-3-Clause (torchvision)"
SSDLITE_ANCHORS = ssd_layout(16, (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0), (2, 3))


def imagenet(name: str, edition: str, sha256: str, size: int, *other_file_names: str) -> BaseWeights:
    """Weights that torchvision publishes for one of its classifiers: `imagenet("vgg11", "VGG11_Weights.…", …)`."""
    file_name = f"{name}-{sha256}.pth"
    return BaseWeights(f"torchvision:{edition}", file_name, size, sha256, "ImageNet", 1000, other_file_names)


def yolox(file_name: str) -> BaseWeights:
    return BaseWeights(
        source=f"{GITHUB}Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/{file_name}",
        file_name=file_name,
        size=0,
        sha256="any",
        trained_on="COCO",
        label_count=80,
        reader="training.engine.importers.yolox",
        may_be_partial=True,
    )


def effdet(file_name: str, sha256: str) -> BaseWeights:
    """Weights that effdet publishes; by torch's custom the file's name ends with the beginning of its hash."""
    url = f"{GITHUB}rwightman/efficientdet-pytorch/releases/download/v0.1/{file_name}"
    reader = "training.engine.importers.efficientdet"
    return BaseWeights(url, file_name, 0, sha256, "COCO", 90, reader=reader)


ROWS = (
    ModelInfo(
        name="ssdlite320_mobilenet_v3_large",
        title="SSDlite with MobileNetV3",
        task="detection",
        module="training.engine.detectors.ssdlite",
        default_config=Config(model="ssdlite320_mobilenet_v3_large", learning_rate=0.015),
        scoring=Scoring.SOFTMAX_WITH_BACKGROUND,
        weights=BaseWeights(
            source="torchvision:SSDLite320_MobileNet_V3_Large_Weights.COCO_V1",
            file_name="ssdlite320_mobilenet_v3_large_coco-a79551df.pth",
            size=14_069_793,
            sha256="a79551df",
            trained_on="COCO",
            label_count=90,  # COCO's ids 1 to 90, some of which name nothing
            other_file_names=("ssdlite320_mobilenet_v3_large_coco_from_int8.pth",),
        ),
        licence=BSD,
        mean=SIGNED_UNIT,
        std=SIGNED_UNIT,
        images_per_second=18.0,
        anchors=SSDLITE_ANCHORS,
        quick_on_crops=True,
    ),
    ModelInfo(
        name="ssd_mobilenet_v1_075",
        title="SSD with MobileNetV1, width 0.75",
        task="detection",
        module="training.engine.detectors.ssd_mobilenet_v1",
        default_config=Config(model="ssd_mobilenet_v1_075", image_size=300, optimizer="adamw", learning_rate=0.005),
        scoring=Scoring.SIGMOID,
        weights=BaseWeights(
            source=f"{GITHUB}Qengineering/TensorFlow_Lite_SSD_RPi_64-bits/raw/9d4aa7988e0c/detect.tflite",
            file_name="detect.tflite",
            size=4_183_312,
            sha256="e4b118e5",
            trained_on="COCO",
            label_count=90,
            other_file_names=(
                "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.zip",  # "1.0" is its edition: the same file lies in it
                "ssd_mobilenet_v1_075_coco_fp16.pth",
            ),
            reader="training.engine.importers.ssd_mobilenet_v1",
        ),
        licence=APACHE_TENSORFLOW,
        mean=SIGNED_UNIT,
        std=SIGNED_UNIT,
        images_per_second=30.0,
        image_sizes=ImageSizes(step=4),
        anchors=TENSORFLOW_SSD,
    ),
    ModelInfo(
        name="ssd_mobilenet_v1",
        title="SSD with MobileNetV1",
        task="detection",
        module="training.engine.detectors.ssd_mobilenet_v1",
        default_config=Config(model="ssd_mobilenet_v1", image_size=300, learning_rate=0.02),
        scoring=Scoring.SIGMOID,
        weights=BaseWeights(
            source=f"{GITHUB}google-coral/test_data/raw/104342d2d348/ssd_mobilenet_v1_coco_quant_postprocess.tflite",
            file_name="ssd_mobilenet_v1_coco_quant_postprocess.tflite",
            size=0,
            sha256="any",
            trained_on="COCO",
            label_count=90,
            reader="training.engine.importers.ssd_mobilenet_v1",
        ),
        licence=APACHE_TENSORFLOW,
        mean=SIGNED_UNIT,
        std=SIGNED_UNIT,
        images_per_second=20.0,
        image_sizes=ImageSizes(step=4),
        anchors=TENSORFLOW_SSD,
    ),
    ModelInfo(
        name="ssd_mobilenet_v1_jetson",
        title="SSD with MobileNetV1, as jetson-inference trains it",
        task="detection",
        module="training.engine.detectors.ssd_mobilenet_v1",
        default_config=Config(model="ssd_mobilenet_v1_jetson", image_size=300),
        scoring=Scoring.SOFTMAX_WITH_BACKGROUND,
        weights=BaseWeights(
            source="https://storage.googleapis.com/models-hao/mobilenet-v1-ssd-mp-0_675.pth",
            file_name="mobilenet-v1-ssd-mp-0_675.pth",
            size=0,
            sha256="any",
            trained_on="Pascal VOC",
            label_count=20,
            key_map=(
                (r"^base_net\.", "features."),
                (r"^classification_headers\.", "class_heads."),
                (r"^regression_headers\.", "box_heads."),
            ),
        ),
        licence="MIT (pytorch-ssd)",
        mean=(127.0, 127.0, 127.0),
        std=(128.0, 128.0, 128.0),
        images_per_second=10.0,
        image_sizes=ImageSizes(300, 300),
    ),
    ModelInfo(
        name="tiny_yolov3",
        title="Tiny-YOLOv3",
        task="detection",
        module="training.engine.detectors.tiny_yolov3",
        default_config=Config(model="tiny_yolov3", image_size=416),
        scoring=Scoring.SIGMOID,
        weights=BaseWeights(
            source="https://pjreddie.com/media/files/yolov3-tiny.weights",
            file_name="yolov3-tiny.weights",
            size=35_434_956,
            sha256="any",
            trained_on="COCO",
            label_count=80,
            other_file_names=("yolov3-tiny.conv.15", "yolov3-tiny.conv.11", "tiny_yolov3.weights"),
            reader="training.engine.importers.darknet",
            may_be_partial=True,
        ),
        licence="Public domain (darknet)",
        mean=(0.0, 0.0, 0.0),
        std=(255.0, 255.0, 255.0),
        images_per_second=10.0,
        image_sizes=ImageSizes(320, 608),
    ),
    ModelInfo(
        name="yolox_nano",
        title="YOLOX-Nano",
        task="detection",
        module="training.engine.detectors.yolox",
        default_config=Config(model="yolox_nano", image_size=416, optimizer="adamw", learning_rate=0.002),
        scoring=Scoring.SIGMOID,
        weights=yolox("yolox_nano.pth"),
        licence="Apache-2.0 (YOLOX)",
        mean=(0.0, 0.0, 0.0),
        std=(255.0, 255.0, 255.0),
        images_per_second=20.0,
    ),
    ModelInfo(
        name="yolox_tiny",
        title="YOLOX-Tiny",
        task="detection",
        module="training.engine.detectors.yolox",
        default_config=Config(model="yolox_tiny", image_size=416, optimizer="adamw", learning_rate=0.002),
        scoring=Scoring.SIGMOID,
        weights=yolox("yolox_tiny.pth"),
        licence="Apache-2.0 (YOLOX)",
        mean=(0.0, 0.0, 0.0),
        std=(255.0, 255.0, 255.0),
        images_per_second=10.0,
    ),
    ModelInfo(
        name="efficientdet_d0",
        title="EfficientDet-D0",
        task="detection",
        module="training.engine.detectors.efficientdet",
        default_config=Config(model="efficientdet_d0", image_size=512, batch_size=8, learning_rate=0.02),
        scoring=Scoring.SIGMOID,
        weights=effdet("efficientdet_d0-f3276ba8.pth", "f3276ba8"),
        licence=APACHE_EFFDET,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=3.6,
        image_sizes=ImageSizes(128, step=128),
        remark="wants 3 GB of memory to train",
    ),
    ModelInfo(
        name="tf_efficientdet_d0",
        title="EfficientDet-D0, as TensorFlow trained it",
        task="detection",
        module="training.engine.detectors.efficientdet",
        default_config=Config(model="tf_efficientdet_d0", image_size=512, batch_size=8, learning_rate=0.02),
        scoring=Scoring.SIGMOID,
        weights=effdet("tf_efficientdet_d0_34-f153e0cf.pth", "f153e0cf"),
        licence=APACHE_EFFDET,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=3.6,
        image_sizes=ImageSizes(128, step=128),
        remark="wants 3 GB of memory to train",
    ),
    ModelInfo(
        name="fcos_resnet50_fpn",
        title="FCOS with ResNet-50",
        task="detection",
        module="training.engine.detectors.fcos",
        default_config=Config(model="fcos_resnet50_fpn", image_size=512, batch_size=8),
        scoring=Scoring.SIGMOID,
        weights=BaseWeights(
            source="torchvision:FCOS_ResNet50_FPN_Weights.COCO_V1",
            file_name="fcos_resnet50_fpn_coco-99b0c9b7.pth",
            size=129_612_382,
            sha256="99b0c9b7",
            trained_on="COCO",
            label_count=90,
            reader="training.engine.importers.fcos",
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=0.8,
        remark="wants a GPU to train",
    ),
    ModelInfo(
        name="fasterrcnn_mobilenet_v3_large_320_fpn",
        title="Faster R-CNN with MobileNetV3",
        task="detection",
        module="training.engine.detectors.faster_rcnn",
        default_config=Config(model="fasterrcnn_mobilenet_v3_large_320_fpn"),
        scoring=Scoring.SOFTMAX_WITH_BACKGROUND,
        weights=BaseWeights(
            source="torchvision:FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1",
            file_name="fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth",
            size=77_845_234,
            sha256="907ea3f9",
            trained_on="COCO",
            label_count=90,
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=6.0,
        image_sizes=ImageSizes(128),
        not_to=(
            *(("tflite", "fp16"), ("tflite", "int8"), ("tfjs", "none"), ("tfjs", "fp16")),
            *(("coreml", "none"), ("coreml", "fp16"), ("openvino", "fp16")),
        ),  # the choice of proposals: see decisions.md
        remark="goes to ONNX and OpenVINO, and to TensorFlow Lite in 32 bits only",
    ),
    ModelInfo(
        name="mobilenet_v2",
        title="MobileNetV2",
        task="classification",
        module="training.engine.classifiers.mobilenet",
        default_config=Config(model="mobilenet_v2", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet(
            *("mobilenet_v2", "MobileNet_V2_Weights.IMAGENET1K_V2", "7ebf99e0", 14_258_537),
            *("mobilenet_v2-b0353104.pth", "mobilenet_v2_imagenet_from_qnnpack.pth"),
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=20.0,
    ),
    ModelInfo(
        name="mobilenet_v3_large",
        title="MobileNetV3 large",
        task="classification",
        module="training.engine.classifiers.mobilenet",
        default_config=Config(model="mobilenet_v3_large", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet(
            *("mobilenet_v3_large", "MobileNet_V3_Large_Weights.IMAGENET1K_V2", "5c1a4163", 22_132_294),
            "mobilenet_v3_large-8738ca79.pth",
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=25.0,
    ),
    ModelInfo(
        name="mobilenet_v3_small",
        title="MobileNetV3 small",
        task="classification",
        module="training.engine.classifiers.mobilenet",
        default_config=Config(model="mobilenet_v3_small", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet("mobilenet_v3_small", "MobileNet_V3_Small_Weights.IMAGENET1K_V1", "047dcff4", 10_306_453),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=60.0,
    ),
    ModelInfo(
        name="resnet18",
        title="ResNet-18",
        task="classification",
        module="training.engine.classifiers.resnet",
        default_config=Config(model="resnet18", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet(
            *("resnet18", "ResNet18_Weights.IMAGENET1K_V1", "f37072fd", 46_830_453),
            "resnet18-5c106cde.pth",
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=12.0,
    ),
    ModelInfo(
        name="resnet50",
        title="ResNet-50",
        task="classification",
        module="training.engine.classifiers.resnet",
        default_config=Config(model="resnet50", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet(
            *("resnet50", "ResNet50_Weights.IMAGENET1K_V2", "11ad3fa6", 102_540_247),
            *("resnet50-0676ba61.pth", "resnet50-19c8e357.pth"),
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=6.0,
    ),
    ModelInfo(
        name="efficientnet_b0",
        title="EfficientNet-B0",
        task="classification",
        module="training.engine.classifiers.efficientnet",
        default_config=Config(model="efficientnet_b0", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet(
            *("efficientnet_b0_rwightman", "EfficientNet_B0_Weights.IMAGENET1K_V1", "7f5810bc", 21_444_428),
            "efficientnet_b0_rwightman-3dd342df.pth",
        ),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=14.0,
    ),
    ModelInfo(
        name="googlenet",
        title="GoogLeNet",
        task="classification",
        module="training.engine.classifiers.googlenet",
        default_config=Config(model="googlenet", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=replace(
            imagenet("googlenet", "GoogLeNet_Weights.IMAGENET1K_V1", "1378be20", 52_146_733),
            key_map=((r"^aux[12]\.", None),),
        ),
        licence=BSD,
        mean=SIGNED_UNIT,
        std=SIGNED_UNIT,
        images_per_second=14.0,
    ),
    ModelInfo(
        name="vgg16",
        title="VGG-16",
        task="classification",
        module="training.engine.classifiers.vgg",
        default_config=Config(model="vgg16", image_size=224),
        scoring=Scoring.SOFTMAX,
        weights=imagenet("vgg16", "VGG16_Weights.IMAGENET1K_V1", "397923af", 553_434_218),
        licence=BSD,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        images_per_second=1.5,
        remark="wants 4 GB of memory to train and 7 GB to export",
    ),
)

MODELS: dict[str, ModelInfo] = {info.name: info for info in ROWS}

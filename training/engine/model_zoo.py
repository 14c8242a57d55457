"""The table of models, a row each; `module` names the family by dotted path, so that the table is torch-free."""

from training.engine.config import Config
from training.engine.model_info import ModelInfo, Rgb

SIGNED_UNIT: Rgb = (127.5, 127.5, 127.5)
IMAGENET_MEAN: Rgb = (123.675, 116.28, 103.53)
IMAGENET_STD: Rgb = (58.395, 57.12, 57.375)
BSD = "BSD-3-Clause (torchvision)"

MODELS: dict[str, ModelInfo] = {
    info.name: info
    for info in (
        ModelInfo(
            name="ssdlite320_mobilenet_v3_large",
            title="SSDlite with MobileNetV3",
            task="detection",
            module="training.engine.detectors.ssdlite",
            default_config=Config(model="ssdlite320_mobilenet_v3_large", learning_rate=0.015),
            weights_size=14_083_953,
            weights_from="COCO",
            licence=BSD,
            mean=SIGNED_UNIT,
            std=SIGNED_UNIT,
            images_per_second=18.0,
        ),
        ModelInfo(
            name="mobilenet_v2",
            title="MobileNetV2",
            task="classification",
            module="training.engine.classifiers.mobilenet",
            default_config=Config(model="mobilenet_v2", image_size=224),
            weights_size=14_268_491,
            weights_from="ImageNet",
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
            weights_size=22_139_423,
            weights_from="ImageNet",
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
            weights_size=10_306_551,
            weights_from="ImageNet",
            licence=BSD,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
            images_per_second=60.0,
        ),
    )
}

"""The table of models, a row each; `module` names the family by dotted path, so that the table is torch-free.

A new model is a row here and, unless its family is there already, a module. Sources, sizes and hashes: torchvision's.
"""

from training.engine.anchor_layout import ssd_layout
from training.engine.config import Config
from training.engine.model_info import BaseWeights, ModelInfo, Rgb
from training.engine.scoring import Scoring

SIGNED_UNIT: Rgb = (127.5, 127.5, 127.5)
IMAGENET_MEAN: Rgb = (123.675, 116.28, 103.53)
IMAGENET_STD: Rgb = (58.395, 57.12, 57.375)
BSD = "BSD-3-Clause (torchvision)"
SSDLITE_ANCHORS = ssd_layout(16, (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0), (2, 3))


def imagenet(name: str, edition: str, sha256: str, size: int, *other_file_names: str) -> BaseWeights:
    """Weights that torchvision publishes for one of its classifiers: `imagenet("vgg11", "VGG11_Weights.…", …)`."""
    file_name = f"{name}-{sha256}.pth"
    return BaseWeights(f"torchvision:{edition}", file_name, size, sha256, "ImageNet", 1000, other_file_names)


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
)

MODELS: dict[str, ModelInfo] = {info.name: info for info in ROWS}

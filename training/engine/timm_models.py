"""timm's image classifiers with published weights, by timm's own names: torch-free.

`classifiers.timm_registry` writes the table: networks of at most 100 million parameters, for square images.
"""

import csv
import difflib
from functools import cache
from pathlib import Path

from training.engine.config import Config
from training.engine.model_info import BaseWeights, ImageSizes, ModelInfo, Rgb
from training.engine.scoring import Scoring

TABLE = Path(__file__).parent / "timm_models.csv"
COLUMNS = ("name", "labels", "side", "least", "norm", "licence", "parameters", "macs", "batch_norm")
NORMS: dict[str, tuple[Rgb, Rgb]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
"""Mean and std of pixels from 0 to 1, as timm writes them."""

TRAINED_ON = {
    1000: "ImageNet",
    11221: "ImageNet-21k",
    11821: "ImageNet-12k",
    21841: "ImageNet-21k",
    21842: "ImageNet-21k",
    21843: "ImageNet-21k",
}
"""By the number of labels; a name's tag tells more."""
OPEN = ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0")
NONCOMMERCIAL = ("cc-by-nc-4.0", "apple-amlr", "fair-noncommercial-research-license", "seer-license")
MOST_NEAREST = 3
SECONDS_A_STEP, SECONDS_A_GIGAMAC = 0.02, 0.045
"""What training on an image costs a core: so that the model zoo's own figures come out within a factor of two."""


@cache
def rows() -> dict[str, ModelInfo]:
    """By name, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {fields["name"]: _row(fields) for fields in csv.DictReader(file)}


def find(name: str) -> ModelInfo | None:
    """Without a tag: the weights that timm takes then, as `resnet18` for `resnet18.a1_in1k`."""
    return rows().get(name) or _usual().get(name)


def nearest(name: str) -> list[str]:
    """Names that somebody may have meant."""
    name = name[:60]  # as long as a name may be
    architecture = difflib.get_close_matches(name.partition(".")[0], _usual(), MOST_NEAREST)
    tagged = difflib.get_close_matches(name, rows(), MOST_NEAREST)
    return list(dict.fromkeys([*tagged, *(_usual()[one].name for one in architecture)]))[:MOST_NEAREST]


def search(text: str) -> list[ModelInfo]:
    """Those whose name has each word of `text`; first those that begin so, quick ones first."""
    words = text.lower().split()
    found = [info for name, info in rows().items() if all(word in name for word in words)]
    return sorted(found, key=lambda info: (not info.name.startswith(tuple(words[:1])), -info.images_per_second))


@cache
def _usual() -> dict[str, ModelInfo]:
    """The first row of each architecture."""
    return {info.name.partition(".")[0]: info for info in reversed(rows().values())}


def _row(fields: dict[str, str]) -> ModelInfo:
    name, side, least = fields["name"], int(fields["side"]), int(fields["least"])
    mean, std = NORMS[fields["norm"]]
    parameters, labels = int(fields["parameters"]), int(fields["labels"])
    step = 32 if side % 32 == 0 else 1
    return ModelInfo(
        name=name,
        title=name,
        task="classification",
        module="training.engine.classifiers.timm_classifier",
        default_config=_config(name, side, has_batch_norm=fields["batch_norm"] == "1"),
        scoring=Scoring.SOFTMAX,
        weights=BaseWeights(
            source=f"timm:{name}",
            file_name=f"{name}.safetensors",
            size=0,
            sha256="any",
            trained_on=TRAINED_ON.get(labels, f"{labels} labels"),
            label_count=labels,
            reader="training.engine.classifiers.timm_weights",
        ),
        licence=_licence(fields["licence"]),
        forbids_commerce=fields["licence"] in NONCOMMERCIAL,
        mean=_of_bytes(mean),
        std=_of_bytes(std),
        images_per_second=1 / (SECONDS_A_STEP + SECONDS_A_GIGAMAC * int(fields["macs"]) / 1000),
        image_sizes=ImageSizes(least, side if least == side else 1024, step),
        remark=f"{parameters / 1e6:.1f} million parameters",
    )


def _config(name: str, side: int, *, has_batch_norm: bool) -> Config:
    """Networks of LayerNorm learn by AdamW: by SGD at our rate a ViT stands still."""
    if has_batch_norm:
        return Config(model=name, image_size=side)
    return Config(model=name, image_size=side, optimizer="adamw", learning_rate=5e-4)


def _licence(licence: str) -> str:
    if licence == "unknown":
        return "Unknown licence: timm names none for these weights"
    if licence in NONCOMMERCIAL:
        return f"{licence}: forbids commercial use"
    return licence if licence in OPEN else f"{licence}: terms of its own, to be read first"


def _of_bytes(values: Rgb) -> Rgb:
    red, green, blue = (round(255 * value, 4) for value in values)
    return red, green, blue

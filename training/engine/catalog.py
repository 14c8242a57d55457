"""The table of models: torch-free; modules are named by dotted path and loaded when used.

A new model is one module and one row here; targets have a table of their own (`targets`).
"""

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from annotations.dataset.records import Task
from training.engine.config import FEWEST_STEPS, Config
from training.engine.errors import ConfigError

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model family as the catalogue page shows it and as the engine finds it."""

    name: str
    title: str
    task: Task
    module: str
    """Dotted path of the module with `build`, `load_base`, `export_form`, …"""
    default_config: Config
    weights_size: int
    """Bytes of the published base weights."""
    weights_from: str
    """What the base weights were trained on."""
    licence: str
    mean: Rgb
    """Input normalisation on pixels 0..255, RGB: `(pixel - mean) / std`."""
    std: Rgb
    images_per_second: float
    """Training speed of one quiet 2020s core at the default config, for estimates."""

    @property
    def image_size(self) -> int:
        return self.default_config.image_size


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

STARTUP_SECONDS = 6.0
"""Imports, decoding and the last evaluation of a small run, on two quiet cores."""


def model_info(name: str) -> ModelInfo:
    """The model's row. Raises ConfigError when there is none."""
    if name not in MODELS:
        raise ConfigError(f"There is no model {name!r}: choose one of {', '.join(MODELS)}.")
    return MODELS[name]


def default_model(task: Task) -> ModelInfo:
    """The first model of the table that does `task`: what one click trains."""
    return next(info for info in MODELS.values() if info.task == task)


def complete_config(values: dict[str, Any]) -> Config:
    """A config with the model's defaults wherever `values` (parsed JSON) is silent. Raises ConfigError."""
    info = model_info(str(values.get("model", "")))
    return Config.from_dict(info.default_config.to_dict() | values)


def estimate_seconds(model: str, images: int, epochs: int, cores: int) -> float:
    """How long a run over `images` training images will take on `cores` quiet cores, within a factor of two."""
    info = model_info(model)
    speed: float = info.images_per_second * max(1, cores) ** 0.8  # threads share memory and the data's loop
    views = max(images, FEWEST_STEPS * min(images, info.default_config.batch_size))
    return STARTUP_SECONDS + views * epochs / speed


def load_module(dotted_path: str) -> ModuleType:
    """The module of a model or a target, imported when it is first used."""
    return importlib.import_module(dotted_path)

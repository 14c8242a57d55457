"""Finds a model's row, completes a run's config and estimates its time: torch-free."""

import importlib
import math
from types import ModuleType
from typing import Any

from training.engine import freezing, timm_models
from training.engine.config import Config
from training.engine.effort import Effort, pictures_seen
from training.engine.errors import ConfigError
from training.engine.model_info import ModelInfo, Rgb
from training.engine.model_zoo import MODELS

__all__ = ["MODELS", "ModelInfo", "Rgb"]


STARTUP_SECONDS = 6.0
"""Imports, decoding and the last evaluation of a small run, on two quiet cores."""


def model_info(name: str) -> ModelInfo:
    """The model's row: the zoo's, else timm's. Raises ConfigError, with the nearest names, when there is none."""
    info = MODELS.get(name) or timm_models.find(name)
    if info is None:
        nearest = ", ".join(timm_models.nearest(name))
        raise ConfigError(
            f"There is no model {name[:60]!r}: choose one of {', '.join(MODELS)}, or any name of timm's"
            f"{f': nearest are {nearest}' if nearest else ''}."
        )
    return info


def default_model(task: str) -> ModelInfo:
    """The first model of the table that does `task`: what one click trains."""
    return next(info for info in MODELS.values() if info.task == task)


def complete_config(values: dict[str, Any]) -> Config:
    """A config with the model's defaults for what `values` (parsed JSON) leaves out, checked. Raises ConfigError."""
    info = model_info(str(values.get("model", "")))
    if ("image_size" in values or values.get("tiles", 1) != 1) and "fit" not in values:
        values = values | {"fit": "anchors"}  # whoever asks for a size gets it
    config = Config.from_dict(info.default_config.to_dict() | values | {"model": info.name})
    info.check(config)
    parameters = freezing.parameter_table(info.name, config.form)
    if parameters and config.freeze not in freezing.PLAIN:
        freezing.frozen(config.freeze, parameters)
    return config


def epochs_of(config: Config, images: int) -> int:
    """How many epochs the run will have over `images` training images; the last one may be cut short."""
    images = config.learning_images(images)
    if not config.iterations or not images:
        return config.epochs
    batch = min(config.batch_size, images)
    return math.ceil(config.iterations / math.ceil(pictures_seen(images, batch) / batch))


def pictures_of(config: Config, training: int, validation: int, epochs: int) -> float:
    """What a run over so many images costs, in pictures of the model's own size that are trained on."""
    effort = Effort.of_run(config, config.learning_images(training), validation, epochs)
    return effort.of_epochs(range(1, epochs + 1)) / model_info(config.model).default_config.image_size ** 2


def estimate_seconds(model: str, pictures: float, cores: int) -> float:
    """How long a run that sees `pictures` in all its epochs takes on `cores` quiet cores, within a factor of two."""
    speed: float = model_info(model).images_per_second * max(1, cores) ** 0.8  # threads share memory and data's loop
    return STARTUP_SECONDS + pictures / speed


def load_module(dotted_path: str) -> ModuleType:
    """The module of a model or a target, imported when it is first used."""
    return importlib.import_module(dotted_path)

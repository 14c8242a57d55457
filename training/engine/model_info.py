"""What the catalogue says of one model: torch-free, so that the web process can show and check it."""

from dataclasses import dataclass

from annotations.dataset.records import Task
from training.engine.config import Config

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

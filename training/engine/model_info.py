"""What the catalogue says of one model: torch-free, so that the web process can show and check it."""

import re
from dataclasses import dataclass
from pathlib import Path

from annotations.dataset.records import Task
from training.engine.anchor_layout import AnchorLayout
from training.engine.config import Config, Optimizer
from training.engine.errors import ConfigError, TargetError
from training.engine.scoring import Scoring
from training.engine.targets import TARGETS, TargetInfo

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BaseWeights:
    """Published weights that a run of the model can start from."""

    source: str
    """A URL, or who knows it: `torchvision:VGG11_Weights.IMAGENET1K_V1`, `timm:resnet18.a1_in1k`."""
    file_name: str
    """Name of the published file: `vgg11-8a719046.pth`."""
    size: int
    """Bytes, to within a kilobyte: what the progress of a download is measured by; 0 where it is not known."""
    sha256: str
    """What the hash of the published file begins with; `any` where it is not known."""
    trained_on: str
    label_count: int
    """Labels that the published head tells apart, without the background."""
    other_file_names: tuple[str, ...] = ()
    """Files that hold weights of the same network: an earlier edition, a conversion."""
    key_map: tuple[tuple[str, str | None], ...] = ()
    """From the file's state dict names to ours: (regular expression, replacement), in order; None drops the tensor."""
    reader: str = "training.engine.weight_files"
    """Dotted path of what reads the files: see `weight_files.WeightReader`."""
    may_be_partial: bool = False
    """Whether a file may lack layers, which then start from random weights."""


@dataclass(frozen=True, slots=True)
class ImageSizes:
    """Sides in pixels of the squares that a network takes: from `least` to `most` in steps of `step`."""

    least: int = 64
    most: int = 1280
    step: int = 32

    def __contains__(self, size: int) -> bool:
        return size in range(self.least, self.most + 1, self.step)

    def at_most(self, size: int) -> int:
        """The largest of them that is not larger than `size`, or the least."""
        fitting = range(self.least, min(size, self.most) + 1, self.step)
        return fitting[-1] if fitting else self.least

    def __str__(self) -> str:
        """`300`, or `from 64 to 1280 in steps of 32`."""
        return (
            str(self.least) if self.least == self.most else f"from {self.least} to {self.most} in steps of {self.step}"
        )


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as the catalogue page shows it and as the engine finds it."""

    name: str
    title: str
    task: Task
    module: str
    """Dotted path of the family's module: see `families.Family`."""
    default_config: Config
    scoring: Scoring
    """What the scores of its networks mean."""
    weights: BaseWeights
    licence: str
    mean: Rgb
    """Input normalisation on pixels 0..255, RGB: `(pixel - mean) / std`."""
    std: Rgb
    images_per_second: float
    """Training speed of one quiet 2020s core at the default config, for estimates."""
    image_sizes: ImageSizes = ImageSizes()
    optimizers: tuple[Optimizer, ...] = ("sgd", "adamw")
    quick_on_crops: bool = False
    """Whether the epochs of its default are enough for crops that leave no box out: else they are more."""
    anchors: AnchorLayout | None = None
    """Where its anchors lie, of a detector to which finer ones can be added: see `anchor_fit`."""
    not_to: tuple[tuple[str, str], ...] = ()
    """(target, quantization) that the network can't be converted to, of all that `targets.TARGETS` offers."""
    forbids_commerce: bool = False
    """Whether the weights' licence forbids commercial use: whoever starts from them has to say that they know."""
    remark: str = ""
    """What whoever chooses it should know beforehand: `trains in 4 GB of memory`."""

    @property
    def image_size(self) -> int:
        return self.default_config.image_size

    @property
    def weight_files(self) -> tuple[str, ...]:
        """The exact names that a file of base weights may have, the published one first."""
        published, ending = self.weights.file_name, Path(self.weights.file_name).suffix
        stem = re.sub(r"-[0-9a-f]+$", "", published.removesuffix(ending))
        names = (published, *self.weights.other_file_names, f"{stem}{ending}", f"{self.name}.pth")
        return tuple(dict.fromkeys(names))

    def check(self, config: Config) -> None:
        """Raises ConfigError, naming the field, where the network can't do what `config` asks."""
        if config.image_size not in self.image_sizes:
            raise ConfigError(f"image_size must be {self.image_sizes} for {self.title}, not {config.image_size}.")
        if config.crop and config.crop not in self.image_sizes:
            raise ConfigError(f"crop must be 0 or {self.image_sizes} for {self.title}, not {config.crop}.")
        if config.fits_anchors and self.anchors is None:
            raise ConfigError(
                f"{self.title} takes no other anchors: leave out fine_anchors, anchor_scale, crop and magnify."
            )
        if config.tiles > 1 and self.task != "detection":
            raise ConfigError(f"tiles must be 1 for {self.title}: only a detector looks at an image in parts.")
        if config.mosaic_chance and self.task != "detection":
            raise ConfigError(f"mosaic_chance must be 0 for {self.title}: a label of a whole image has no place.")
        if config.optimizer not in self.optimizers:
            choices = ", ".join(self.optimizers)
            raise ConfigError(f"optimizer must be one of {choices} for {self.title}, not {config.optimizer!r}.")

    def quantizations_of(self, target: TargetInfo) -> list[str]:
        """Those of the target that the network can be converted to."""
        if self.task not in target.tasks:
            return []
        return [name for name in target.quantizations if (target.name, name) not in self.not_to]

    def check_target(self, target: str, quantization: str) -> None:
        """Raises TargetError, naming those that can be, where the network can't be converted to it."""
        if quantization in self.quantizations_of(TARGETS[target]):
            return
        offered = {info.name: self.quantizations_of(info) for info in TARGETS.values()}
        others = ", ".join(f"{name} ({', '.join(ways)})" for name, ways in offered.items() if ways)
        raise TargetError(
            f"{self.title} can't be converted to {target} with quantization {quantization!r}, but to {others}."
        )

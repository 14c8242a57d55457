"""What the catalogue says of one model: torch-free, so that the web process can show and check it."""

from dataclasses import dataclass

from annotations.dataset.records import Task
from training.engine.config import Config

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BaseWeights:
    """Published weights that a run of the model can start from."""

    source: str
    """A URL, or `torchvision:VGG11_Weights.IMAGENET1K_V1` where torchvision knows the URL."""
    file_name: str
    """Name of the published file: `vgg11-8a719046.pth`."""
    size: int
    """Bytes, to within a kilobyte: what the progress of a download is measured by."""
    sha256: str
    """What the hash of the published file begins with; `any` where it is not known."""
    trained_on: str
    label_count: int
    """Labels that the published head tells apart, without the background."""
    other_file_names: tuple[str, ...] = ()
    """Files that hold weights of the same network: an earlier edition, a conversion."""
    key_map: tuple[tuple[str, str | None], ...] = ()
    """From the file's state dict names to ours: (regular expression, replacement), in order; None drops the tensor."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as the catalogue page shows it and as the engine finds it."""

    name: str
    title: str
    task: Task
    module: str
    """Dotted path of the family's module: see `families.Family`."""
    default_config: Config
    weights: BaseWeights
    licence: str
    mean: Rgb
    """Input normalisation on pixels 0..255, RGB: `(pixel - mean) / std`."""
    std: Rgb
    images_per_second: float
    """Training speed of one quiet 2020s core at the default config, for estimates."""

    @property
    def image_size(self) -> int:
        return self.default_config.image_size

    @property
    def weight_files(self) -> tuple[str, ...]:
        """The exact names that a file of base weights may have, the published one first."""
        stem = self.weights.file_name.removesuffix(".pth").rsplit("-", 1)[0]
        names = (self.weights.file_name, *self.weights.other_file_names, f"{stem}.pth", f"{self.name}.pth")
        return tuple(dict.fromkeys(names))

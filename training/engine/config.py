"""The settings of one run: torch-free, so that the web process can show and check them."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from training.engine.errors import ConfigError

Base = Literal["catalogue", "checkpoint", "none"]
Freeze = Literal["none", "trunk"]
Optimizer = Literal["sgd", "adamw"]
Fit = Literal["auto", "anchors", "none"]

FEWEST_STEPS = 6
"""Steps of an epoch over a few images, each of which is then seen several times, always in another view."""

CHILD_ENVIRONMENT = {
    # glibc otherwise maps and unmaps every large activation: a third of the training speed
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "67108864",
    # threads that wait must not spin: on a busy machine that costs 3-8 times the whole run
    "OMP_WAIT_POLICY": "PASSIVE",
}
"""What whoever starts `python -m training.engine` adds to its environment; read by libraries at process start."""


ANCHOR_SCALE = ("anchor_scale", "a number over 0 and at most 1")
MOST_FINE_ANCHORS = 8


@dataclass(frozen=True, slots=True)
class Config:
    """What a run is asked to do; `catalog.complete_config` also checks it against what the model can take."""

    model: str
    """Name of a model in `catalog.MODELS`."""

    base: Base = "catalogue"
    """Weights to start from: published ones, an earlier run's checkpoint (`base.pt`), or random."""

    epochs: int = 8
    """How often every training image is seen; the images of a very small set are seen several times an epoch."""

    batch_size: int = 16
    """Images per step."""

    learning_rate: float = 0.01
    """Peak rate of the heads, which warms up from zero and falls to zero along a cosine; the trunk learns slower."""

    optimizer: Optimizer = "sgd"
    """`adamw` wants about a tenth of the learning rate that suits `sgd`."""

    freeze: Freeze = "none"
    """`trunk` trains only the layers after the trunk: 2-3 times the speed, a little less accurate."""

    image_size: int = 320
    """Side in pixels of the square that every image is stretched to: one of the model's `image_sizes`."""

    fit: Fit = "auto"
    """Whether a set of small boxes gets finer anchors and a larger image (`auto`), only the anchors, or neither."""

    fine_anchors: tuple[tuple[float, float], ...] = ()
    """Width and height, as shares of the image, of anchors beside the model's own: see `anchor_fit`."""

    anchor_scale: float = 1.0
    """By what the model's own anchors, which are shares of the image, are multiplied."""

    crop: int = 0
    """Side in pixels of the squares that training cuts out of each image; 0 trains on whole images."""

    seed: int = 0
    """Seed of the order, the augmentation and new weights: the same seed gives the same run, up to thread noise."""

    threads: int = 0
    """CPU threads; 0 takes as many as the process may use."""

    def __post_init__(self) -> None:
        _expect(isinstance(self.model, str) and bool(self.model), "model", "a model's name", self.model)
        _expect(self.base in get_args(Base), "base", "one of catalogue, checkpoint, none", self.base)
        _expect(self.optimizer in get_args(Optimizer), "optimizer", "one of sgd, adamw", self.optimizer)
        _expect(self.freeze in get_args(Freeze), "freeze", "one of none, trunk", self.freeze)
        if self.base == "none" and self.freeze == "trunk":
            raise ConfigError("A trunk of random weights can't be frozen: it has to learn.")
        _expect_whole("epochs", self.epochs, 1, 1000)
        _expect_whole("batch_size", self.batch_size, 1, 512)
        _expect_whole("image_size", self.image_size, 64, 1024)
        _expect(self.fit in get_args(Fit), "fit", "one of auto, anchors, none", self.fit)
        object.__setattr__(self, "fine_anchors", _shapes(self.fine_anchors))
        _expect(_is_number(self.anchor_scale) and 0 < self.anchor_scale <= 1, *ANCHOR_SCALE, self.anchor_scale)
        _expect_whole("crop", self.crop, 0, self.image_size)
        _expect_whole("seed", self.seed, 0, 2**31 - 1)
        _expect_whole("threads", self.threads, 0, 512)
        rate = self.learning_rate
        _expect(_is_number(rate) and 0 < rate <= 1, "learning_rate", "a number over 0 and at most 1", rate)

    @property
    def fits_anchors(self) -> bool:
        """Whether the network's anchors are not just the model's own on whole images."""
        return bool(self.fine_anchors or self.crop or self.anchor_scale != 1.0)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The config that `values` (parsed JSON) describes. Raises ConfigError on an unknown key or a bad value."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError(f"Unknown setting {', '.join(unknown)}: known are {', '.join(sorted(known))}.")
        if "model" not in values:
            raise ConfigError("The setting model is missing.")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def _expect(holds: bool, name: str, expected: str, value: object) -> None:
    if not holds:
        raise ConfigError(f"{name} must be {expected}, not {value!r}.")


def _expect_whole(name: str, value: object, least: int, most: int) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    in_range = is_whole and least <= value <= most  # type: ignore[operator]
    _expect(in_range, name, f"a whole number from {least} to {most}", value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shapes(value: object) -> tuple[tuple[float, float], ...]:
    """`[[w, h], …]`, as JSON has it, or tuples. Raises ConfigError."""
    shapes = tuple(tuple(shape) if isinstance(shape, list | tuple) else () for shape in _listed(value))
    holds = len(shapes) <= MOST_FINE_ANCHORS and all(
        len(shape) == 2 and all(_is_number(side) and 0 < side <= 1 for side in shape) for shape in shapes
    )
    _expect(
        holds, "fine_anchors", f"at most {MOST_FINE_ANCHORS} pairs of width and height, over 0 and at most 1", value
    )
    return shapes


def _listed(value: object) -> Any:
    _expect(isinstance(value, list | tuple), "fine_anchors", "a list", value)
    return value

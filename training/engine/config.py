"""The settings of one run: torch-free, so that the web process can show and check them."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from training.engine import freezing
from training.engine.errors import ConfigError

Base = Literal["catalogue", "checkpoint", "none"]
Optimizer = Literal["sgd", "adamw"]

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

    freeze: str = "none"
    """What stays as the base has it, see `freezing`: without the trunk a step takes a half to a third of the time."""

    image_size: int = 320
    """Side in pixels of the square that every image is stretched to: one of the model's `image_sizes`."""

    seed: int = 0
    """Seed of the order, the augmentation and new weights: the same seed gives the same run, up to thread noise."""

    threads: int = 0
    """CPU threads; 0 takes as many as the process may use."""

    def __post_init__(self) -> None:
        _expect(isinstance(self.model, str) and bool(self.model), "model", "a model's name", self.model)
        _expect(self.base in get_args(Base), "base", "one of catalogue, checkpoint, none", self.base)
        _expect(self.optimizer in get_args(Optimizer), "optimizer", "one of sgd, adamw", self.optimizer)
        freezing.check(self.freeze)
        if self.base == "none" and self.freeze != "none":
            raise ConfigError("freeze: random weights can't be frozen, they have to learn.")
        _expect_whole("epochs", self.epochs, 1, 1000)
        _expect_whole("batch_size", self.batch_size, 1, 512)
        _expect_whole("image_size", self.image_size, 64, 1024)
        _expect_whole("seed", self.seed, 0, 2**31 - 1)
        _expect_whole("threads", self.threads, 0, 512)
        rate = self.learning_rate
        is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
        _expect(is_number and 0 < rate <= 1, "learning_rate", "a number over 0 and at most 1", rate)

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

"""The settings of one run: torch-free, so that the web process can show and check them."""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from training.engine import freezing, tiles
from training.engine.errors import ConfigError

Base = Literal["catalogue", "checkpoint", "none"]
Optimizer = Literal["sgd", "adamw"]
Fit = Literal["auto", "anchors", "none"]
Schedule = Literal["cosine", "step"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]

REPLAY = 0.5
"""As many old images as new ones."""

SCORE_THRESHOLD = 0.01
"""Low, so that AP sees the whole precision-recall curve."""
NMS_THRESHOLD = 0.55

WHOLE = {
    "epochs": (1, 1000),
    "batch_size": (1, 512),
    "image_size": (64, 1280),
    "crop": (0, 1280),
    "magnify": (1, 2),
    "tiles": (1, 8),
    "seed": (0, 2**31 - 1),
    "threads": (0, 512),
    "iterations": (0, 1_000_000),
    "reference_batch": (0, 4096),
    "warmup_steps": (0, 1_000_000),
    "patience": (0, 1000),
}
NUMBERS = {
    "learning_rate": (0.0, 1.0),
    "anchor_scale": (0.0, 1.0),
    "warmup_epochs": (0.0, 1000.0),
    "momentum": (0.0, 0.999),
    "weight_decay": (0.0, 1.0),
    "average_decay": (0.0, 0.99999),
    "zoom_min": (0.1, 4.0),
    "zoom_max": (0.1, 4.0),
    "flip_chance": (0.0, 1.0),
    "colour_chance": (0.0, 1.0),
    "mosaic_chance": (0.0, 1.0),
    "rare_share": (0.0, 1.0),
    "score_threshold": (0.0, 0.99),
    "nms_threshold": (0.05, 1.0),
    "train_share": (0.0, 1.0),
    "replay": (0.0, 0.9),
}
"""The least and the most of each setting."""
MOST_FINE_ANCHORS = 8
MOST_PICTURE = 3072
"""Side in pixels of the largest picture that is cut into tiles: 28 MB, of which several are in memory."""
UNSET = ("warmup_steps", "warmup_epochs", "weight_decay")
"""Settings that may be None."""

CHILD_ENVIRONMENT = {
    # glibc otherwise maps and unmaps every large activation: a third of the training speed
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "67108864",
    # threads that wait must not spin: on a busy machine that costs 3-8 times the whole run
    "OMP_WAIT_POLICY": "PASSIVE",
}
"""What whoever starts `python -m training.engine` adds to its environment; read by libraries at process start."""

TRAINING_ENVIRONMENT = CHILD_ENVIRONMENT | {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""The same of a child that trains: in large pages a step of SSDlite takes 0.84 to 0.87 of the CPU seconds.

An export gains nothing and would take 18 to 38 MB more.
"""


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

    freeze: str = "auto"
    """What stays as the base has it, see `freezing`; `auto` is chosen at the run's start, see `transfer`."""

    image_size: int = 320
    """Side in pixels of what the network sees, an image or a tile stretched to a square: one of `image_sizes`."""

    fit: Fit = "auto"
    """Whether a set of small boxes gets finer anchors and a larger image (`auto`), only the anchors, or neither."""

    fine_anchors: tuple[tuple[float, float], ...] = ()
    """Width and height, as shares of the image, of anchors beside the model's own: see `anchor_fit`."""

    anchor_scale: float = 1.0
    """By what the model's own anchors, which are shares of the image, are multiplied."""

    crop: int = 0
    """Side in pixels of the squares that training cuts out of each image; 0 trains on whole images."""

    magnify: int = 1
    """How many times larger the network makes what it sees, across and down: for objects of a few pixels."""

    tiles: int = 1
    """Overlapping tiles along each side of an image, each of `image_size` pixels: a detector learns from cut-outs of
    their scale and looks at all of them. 1: at the whole image."""

    seed: int = 0
    """Seed of the order, the augmentation and new weights: the same seed gives the same run, up to thread noise."""

    threads: int = 0
    """CPU threads; 0 takes as many as the process may use."""

    iterations: int = 0
    """Steps of the whole run, instead of `epochs`; 0: `epochs` holds."""

    reference_batch: int = 0
    """The batch size that `learning_rate` is meant for: another one scales it. 0: it is the rate as it stands."""

    schedule: Schedule = "cosine"
    """How the rate falls after the warm-up: `step` takes a tenth of it after 2/3 and again after 8/9 of the run."""

    warmup_steps: int | None = None
    """Steps until the rate is reached; None: a tenth of the run, at least three."""

    warmup_epochs: float | None = None
    """The same in epochs; one of both."""

    momentum: float = 0.9
    """Of `sgd`; `adamw` keeps its own."""

    weight_decay: float | None = None
    """None: 0.0001 for `sgd`, 0.01 for `adamw`."""

    average_decay: float = 0.99
    """Of the moving average of the weights, which is evaluated and kept; 0: the weights of the last step."""

    zoom_min: float = 0.6
    """How far a picture shrinks at most in a random view."""

    zoom_max: float = 1.5
    """How far it grows at most."""

    flip_chance: float = 0.5
    """Of being mirrored left to right."""

    colour_chance: float = 0.8
    """Of another light."""

    mosaic_chance: float = 0.0
    """Of standing with three others in one square, for a detector; where crops are cut out, squares hold several."""

    rare_share: float = 0.0
    """Images of labels that fewer than this share of the images have are seen more often; 0: none."""

    train_share: float = 1.0
    """How much of the training images the run learns from: the seed chooses, and a larger share holds a smaller."""

    replay: float = 0.0
    """The run sees what is new to its base, and in this share of an epoch what the base has seen; 0: all images."""

    precision: Precision = "auto"
    """`auto`: bf16 on CUDA, and on CPUs that have it where a step of the model is quicker, else fp32; `fp16`, for GPUs
    without bf16, scales the loss."""

    patience: int = 0
    """The run ends after so many epochs without a better one; 0: it never does."""

    score_threshold: float = SCORE_THRESHOLD
    """A detector's boxes below it are dropped, in evaluation and in artifacts: a higher one costs AP."""

    nms_threshold: float = NMS_THRESHOLD
    """Of two boxes of one label whose IoU is larger, the better one stays, in evaluation and in artifacts."""

    def __post_init__(self) -> None:
        _expect(isinstance(self.model, str) and bool(self.model), "model", "a model's name", self.model)
        _expect(self.base in get_args(Base), "base", "one of catalogue, checkpoint, none", self.base)
        _expect(self.optimizer in get_args(Optimizer), "optimizer", "one of sgd, adamw", self.optimizer)
        freezing.check(self.freeze)
        if self.base == "none" and self.freeze not in ("auto", "none"):
            raise ConfigError("freeze: random weights can't be frozen, they have to learn.")
        if self.base != "checkpoint" and self.replay:
            raise ConfigError("replay: only a run that starts from another run can replay what that one has seen.")
        _expect(self.fit in get_args(Fit), "fit", "one of auto, anchors, none", self.fit)
        object.__setattr__(self, "fine_anchors", _shapes(self.fine_anchors))
        for name, (least, most) in WHOLE.items():
            _expect_whole(name, getattr(self, name), least, most)
        for name, (lowest, highest) in NUMBERS.items():
            _expect_number(name, getattr(self, name), lowest, highest)
        _expect(self.learning_rate > 0, "learning_rate", "a number over 0 and at most 1", self.learning_rate)
        _expect(self.train_share > 0, "train_share", "a number over 0 and at most 1", self.train_share)
        _expect(self.schedule in get_args(Schedule), "schedule", "one of cosine, step", self.schedule)
        _expect(
            self.precision in get_args(Precision),
            "precision",
            f"one of {', '.join(get_args(Precision))}",
            self.precision,
        )
        if self.warmup_steps is not None and self.warmup_epochs is not None:
            raise ConfigError("warmup_steps and warmup_epochs say the same: give one of them.")
        if self.zoom_min > self.zoom_max:
            raise ConfigError(f"zoom_min must be at most zoom_max, {self.zoom_max}, not {self.zoom_min}.")
        _expect(self.anchor_scale > 0, "anchor_scale", "a number over 0 and at most 1", self.anchor_scale)
        _expect(self.crop <= self.image_size, "crop", f"at most image_size, {self.image_size}", self.crop)
        if self.tiles > 1 and self.picture_size > MOST_PICTURE:
            raise ConfigError(
                f"tiles: {self.tiles} of {self.image_size} px along a side make an image of {self.picture_size} px; "
                f"{MOST_PICTURE} px are the most: choose fewer tiles or a smaller image_size."
            )

    @property
    def fits_anchors(self) -> bool:
        """Whether the network's anchors are not just the model's own on whole images."""
        return bool(self.fine_anchors or self.crop or self.anchor_scale != 1.0 or self.magnify != 1)

    @property
    def form(self) -> freezing.Form:
        """Which of the model's tables of parameters is this network's."""
        if not self.fine_anchors:
            return "own"
        return "magnified" if self.magnify > 1 else "fine"

    @property
    def picture_size(self) -> int:
        """Side in pixels of the square that every image is stretched to: `image_size`, or what the tiles cover."""
        return tiles.picture_side(self.image_size, self.tiles)

    @property
    def magnified_size(self) -> int:
        """Side in pixels of an image, or a tile, as the network's layers see it."""
        return self.image_size * self.magnify

    @property
    def cut_out(self) -> int:
        """Side in pixels of what training cuts out of each image; 0: it sees whole images."""
        return self.crop or (self.image_size if self.tiles > 1 else 0)

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

    def continued(self) -> "Config":
        """What a run that goes on from one with this config does: see `replay`. Going on once more changes nothing."""
        if self.replay:
            return self
        return replace(
            self,
            base="checkpoint",
            replay=REPLAY,
            epochs=math.ceil(self.epochs / 2),
            iterations=math.ceil(self.iterations / 2),
            learning_rate=self.learning_rate / 2,
        )

    def learning_images(self, images: int) -> int:
        """How many of so many training images the run learns from."""
        return max(1, round(self.train_share * images)) if images else 0


def _expect(holds: bool, name: str, expected: str, value: object) -> None:
    if not holds:
        raise ConfigError(f"{name} must be {expected}, not {value!r}.")


def _expect_whole(name: str, value: object, least: int, most: int) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    in_range = (value is None and name in UNSET) or (is_whole and least <= value <= most)  # type: ignore[operator]
    _expect(in_range, name, f"a whole number from {least} to {most}", value)


def _expect_number(name: str, value: object, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    in_range = (value is None and name in UNSET) or (is_number and least <= value <= most)  # type: ignore[operator]
    _expect(in_range, name, f"a number from {least:g} to {most:g}", value)


def _shapes(value: object) -> tuple[tuple[float, float], ...]:
    """`[[w, h], …]`, as JSON has it, or tuples. Raises ConfigError."""
    shapes = tuple(tuple(shape) if isinstance(shape, list | tuple) else () for shape in _listed(value))
    pairs = all(len(shape) == 2 and all(map(_is_share, shape)) for shape in shapes)
    expected = f"at most {MOST_FINE_ANCHORS} pairs of width and height, over 0 and at most 1"
    _expect(pairs and len(shapes) <= MOST_FINE_ANCHORS, "fine_anchors", expected, value)
    return shapes


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _listed(value: object) -> Any:
    _expect(isinstance(value, list | tuple), "fine_anchors", "a list", value)
    return value

"""What learns where nobody chose: by how many images there are, and how many of them the base knows. Torch-free.

The rule of thumb has four cases: few or many images, like or unlike those of the base. What each gave is in
decisions.md; `bench.training.transfer` measures it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from annotations.dataset.records import Task
from training.engine.config import Config

Way = Literal["heads", "all"]
FREEZES: Mapping[Way, str] = {"heads": "trunk", "all": "none"}

MANY_IMAGES = 50
"""From so many training images on everything learns."""
KNOWN = 0.5
"""From this share on the base knows the images: see `familiarity`."""
SAID: Mapping[Task, str] = {
    "detection": "the base finds {:.0%} of their boxes",
    "classification": "the base tells {:.0%} of their labels",
}
DONE: Mapping[Way, str] = {
    "heads": "the trunk stays as it is, and the heads learn",
    "all": "everything learns, from the base",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rule chose, and from which figures."""

    way: Way
    images: int
    known: float
    """The base's share of known images, 0 to 1."""
    reason: str

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def is_open(config: Config) -> bool:
    """Whether the rule is to choose. Random weights have to learn."""
    return config.freeze == "auto" and config.base != "none"


def chosen(config: Config, task: Task, images: int, known: float) -> tuple[Config, Choice]:
    """Of a config that `is_open`: with its choice, for `images` training images."""
    few = images < MANY_IMAGES
    way: Way = "heads" if few and known >= KNOWN and not config.fine_anchors else "all"
    figures = f"{images} training images are {_size(few)}, and {SAID[task].format(known)} already"
    why = f"{figures}, but finer anchors have to learn" if config.fine_anchors else figures
    reason = f"{why}: {DONE[way]}."
    return replace(config, freeze=FREEZES[way]), Choice(way, images, round(known, 4), reason)


def expected(config: Config, task: Task, images: int) -> str:
    """What can be said of the choice before the run starts; empty where there is nothing to choose."""
    if not is_open(config):
        return ""
    if images >= MANY_IMAGES:
        return f"{images} training images are {_size(few=False)}: {DONE['all']}."
    if config.fine_anchors:
        return f"Finer anchors have to learn: {DONE['all']}."
    found = SAID[task].format(KNOWN)
    return f"{images} training images are {_size(few=True)}: if {found} or more, {DONE['heads']}; else {DONE['all']}."


def _size(few: bool) -> str:
    return f"few (under {MANY_IMAGES})" if few else f"many ({MANY_IMAGES} or more)"

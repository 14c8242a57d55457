"""What weights have learned from, and which of it a run that goes on from there sees again.

Each epoch of such a run sees all images that are new or labelled anew, and beside them some old ones, taken in turn, so
that what they taught is not forgotten. Source: Rolnick et al., Experience Replay for Continual Learning (2019).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotations.dataset.manifest import SIDES, canonical
from annotations.dataset.records import ImageRecord
from training.engine.config import Config
from training.engine.effort import FEWEST_STEPS

Learned = Mapping[str, str]
"""Of each image that weights learned from the beginning of its hash, and of that of its annotations."""

LETTERS = 16
"""Of a hash: no two of a billion images begin alike by chance."""


def learned_from(images: Iterable[ImageRecord]) -> dict[str, str]:
    return {image.sha256[:LETTERS]: _truth(image) for image in images}


def has_seen(learned: Learned, image: ImageRecord) -> bool:
    """However it was labelled."""
    return image.sha256[:LETTERS] in learned


def knows(learned: Learned, image: ImageRecord) -> bool:
    """As it is labelled now."""
    return learned.get(image.sha256[:LETTERS]) == _truth(image)


def _truth(image: ImageRecord) -> str:
    marks = sorted([one.label, *(getattr(one.box, side) for side in SIDES if one.box)] for one in image.annotations)
    return hashlib.sha256(canonical(marks).encode()).hexdigest()[:LETTERS]


@dataclass(frozen=True, slots=True)
class Pool:
    """The training images of an epoch, by index; those of rare labels may come several times."""

    new: tuple[int, ...]
    old: tuple[int, ...] = ()
    replayed: int = 0
    """How many of the old ones an epoch sees."""
    seed: int = 0

    def __len__(self) -> int:
        return len(self.new) + self.replayed

    def to_dict(self) -> dict[str, int]:
        """Images that are new, images that are old, and how many of the old ones an epoch sees."""
        return {"new": len(set(self.new)), "old": len(set(self.old)), "replayed": self.replayed}

    def of(self, epoch: int) -> list[int]:
        """The new ones and this epoch's old ones: a function of seed and epoch alone. Epochs count from 1."""
        first = (epoch - 1) * self.replayed
        places = range(first, first + self.replayed)
        rounds = {place // len(self.old) for place in places}
        orders = {one: np.random.default_rng((self.seed, one)).permutation(len(self.old)) for one in rounds}
        return [*self.new, *(self.old[orders[at // len(self.old)][at % len(self.old)]] for at in places)]


def pool_of(indices: Sequence[int], is_old: Sequence[bool], config: Config) -> Pool:
    """Of an epoch over `indices`; without a share to replay all are new. `is_old`: by image.

    Beside a few new ones come as many old ones as the share of the epoch's fewest steps asks for.
    """
    old = [i for i in indices if config.replay and is_old[i]]
    new = [i for i in indices if not (config.replay and is_old[i])]
    if not old or not new:
        return Pool(tuple(new), tuple(old), 0, config.seed)
    places = max(round(len(new) / (1 - config.replay)), FEWEST_STEPS * config.batch_size)
    replayed = min(len(old), max(1, round(config.replay * places)))
    return Pool(tuple(new), tuple(old), replayed, config.seed)

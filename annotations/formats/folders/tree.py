"""Where the labels are among an archive's folders."""

from collections.abc import Iterable
from functools import cached_property
from posixpath import dirname

from annotations.dataset.records import Split
from annotations.formats.listing import Listing
from annotations.formats.splits import split_named

NO_LABELS = frozenset(
    {
        "images",
        "image",
        "imgs",
        "img",
        "jpegimages",
        "pictures",
        "photos",
        "data",
        "dataset",
        "raw",
        "unlabelled",
        "unlabeled",
    }
)
"""What people call folders of images that have no label. A folder in that of a split is a label whatever its name."""


class Tree:
    """`root`: names of the folders above those of splits or labels. `labels_file`: a list of labels there."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.paths = sorted({dirname(name) for name in listing.images})
        self.root = _root([path.split("/") if path else [] for path in self.paths])

    @cached_property
    def labels_file(self) -> str | None:
        wanted = "/".join([*self.root, "labels.txt"]).lower()
        return next((name for name in self.listing.texts_ending(wanted) if name.lower() == wanted), None)

    @cached_property
    def has_splits(self) -> bool:
        return any(split for split, folder in map(self._placed, self.paths) if folder)

    @property
    def folders(self) -> frozenset[str]:
        """Those that are named after labels."""
        return frozenset(folder for split, folder in map(self._placed, self.paths) if folder and self._counts(split))

    def of(self, image: str) -> tuple[Split | None, str]:
        """The split of an image, and the folder that is named after its label; "" where none is."""
        split, folder = self._placed(dirname(image))
        return (split, folder) if self._counts(split) else (None, "")

    def _counts(self, split: Split | None) -> bool:
        """Beside folders of splits there are no labels."""
        return split is not None or not self.has_splits

    def _placed(self, path: str) -> tuple[Split | None, str]:
        below = path.split("/")[len(self.root) :] if path else []
        split = split_named(below[0]) if below else None
        if split:
            return split, below[1] if len(below) > 1 else ""
        return None, below[0] if below and below[0].lower() not in NO_LABELS else ""


def _root(folders: list[list[str]]) -> list[str]:
    """What all share, above a folder that names a split; the last of it is a label where all images lie in it."""
    shared = _shared(folders)
    for place, name in enumerate(shared):
        if split_named(name):
            return shared[:place]
    everything_in_it = bool(shared) and all(len(folder) == len(shared) for folder in folders)
    return shared[:-1] if everything_in_it else shared


def _shared(folders: Iterable[list[str]]) -> list[str]:
    first, *others = list(folders) or [[]]
    for other in others:
        same = (one == its for one, its in zip(first, other, strict=False))
        first = first[: next((place for place, is_same in enumerate(same) if not is_same), min(len(first), len(other)))]
    return first

"""Folders named after labels, in folders of splits: `train/cat/a.jpg`, or `cat/a.jpg`. Labels of whole images.

As torchvision, Keras and Ultralytics' classification read them. `labels.txt` beside the splits is ours: all labels in
their order, also those whose folder has another name, since no folder can be called "a/b".
"""

from collections.abc import Iterable, Iterator
from posixpath import basename

from annotations.dataset.findings import Finding
from annotations.dataset.records import ImageRecord, Split
from annotations.formats.folders.folder_names import folder_of
from annotations.formats.folders.tree import Tree
from annotations.formats.image_names import plain
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, RawAnnotation, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.texts import text_of
from annotations.formats.written_names import WrittenNames

LABELS = "labels.txt"
BESIDE = (".md", ".pdf", ".html", ".log", ".py", ".ipynb", ".cache")
"""Texts that say nothing of images."""


class Folders(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        if other := next((name for name in listing.texts if not _says_nothing(name)), None):
            return Recognition(0.0, f"there are other files than images, such as {other}")
        tree = Tree(listing)
        labels = sorted(tree.folders)
        if not labels:
            return Recognition(0.0, "no images lie in folders that may be named after labels")
        many = "1 folder" if len(labels) == 1 else f"{len(labels)} folders"
        reason = f"images lie in {many} named after labels, such as {labels[0]}"
        return Recognition(0.9 if tree.has_splits and tree.labels_file else 0.6 if tree.has_splits else 0.4, reason)

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        tree = Tree(listing)
        labels, finding = _listed(listing, tree, limits)
        return Header("classification", labels), _entries(listing, tree, labels, finding)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        """Images without a label, looked at or not, lie apart from the splits."""
        names = WrittenNames()
        for image in images:
            folder = f"{image.split}/{folder_of(image.annotations[0].label)}" if image.annotations else "unlabelled"
            yield f"{folder}/{names.of(image)}", image
        yield LABELS, "".join(f"{label}\n" for label in header.labels).encode()

    def loses(self, header: Header, image: ImageRecord) -> Iterable[str]:
        if len(image.annotations) > 1:
            yield "images with several labels: only the first is written"


def _says_nothing(name: str) -> bool:
    own = basename(name).lower()
    return own in {LABELS, "classes.txt"} or own.startswith(("readme", "license", "licence")) or own.endswith(BESIDE)


def _listed(listing: Listing, tree: Tree, limits: ReadLimits) -> tuple[tuple[str, ...], Finding | None]:
    if tree.labels_file is None:
        return (), None
    text, finding = text_of(listing, tree.labels_file, limits.text_bytes)
    lines = (line.strip() for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line)), finding


def _entries(listing: Listing, tree: Tree, labels: tuple[str, ...], finding: Finding | None) -> Iterator[Parsed]:
    if finding:
        yield finding
    named = {plain(folder_of(label)): label for label in labels}
    for image in listing.images:
        split, folder = tree.of(image)
        if folder:
            yield _entry(image, named.get(plain(folder), folder), split)


def _entry(image: str, label: str, split: Split | None) -> Entry:
    return Entry(image, (image,), (RawAnnotation(label),), split=split)

"""A second format for the table, small enough to read at once: whole-image labels, one folder a label.

`set/train/cat/a.jpg`; images that nobody has labelled lie beside the folder `set`; `set/labels.txt` lists the labels
in their order, which shows that a layout with text of its own fits as well.
"""

from collections.abc import Iterable, Iterator

from annotations.dataset.records import ImageRecord, Split
from annotations.formats import Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import Entry, Header, Layout, Parsed, Part, RawAnnotation, ReadLimits, Recognition
from annotations.formats.listing import Listing
from annotations.formats.written_names import WrittenNames

LABELS = "set/labels.txt"
SPLITS: tuple[Split, ...] = ("train", "val", "test")


class Folders(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        if LABELS in listing.texts:
            return Recognition(1.0, f"{LABELS} lists labels")
        return Recognition(0.0, f"there is no {LABELS}")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        labels = self._labels(listing, limits)
        return Header("classification", labels), self._entries(listing)

    def _labels(self, listing: Listing, limits: ReadLimits) -> tuple[str, ...]:
        try:
            return tuple(listing.read(LABELS, limits.text_bytes).decode().splitlines())
        except UnicodeDecodeError as error:
            raise FormatError("expected UTF-8, one label a line", 1, LABELS) from error

    def _entries(self, listing: Listing) -> Iterator[Parsed]:
        for image in listing.images:
            match image.split("/"):
                case ["set", ("train" | "val" | "test") as split, label, _]:
                    yield Entry(image, (image,), (RawAnnotation(label),), split=split)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        names = WrittenNames()
        for image in images:
            (label,) = [one.label for one in image.annotations] or [""]
            yield (f"set/{image.split}/{label}/" if label else "") + names.of(image), image
        yield LABELS, "".join(f"{label}\n" for label in header.labels).encode()


FOLDERS = Format(
    "folders",
    "One folder a label",
    "plain",
    "a folder for each label",
    "tests.annotations.formats.folders.Folders",
    ("classification",),
    0.0,
    frozenset({"splits", "labels", "unlabelled"}),
)

"""`labelmap.txt`, as Datumaro and CVAT lay it beside Pascal VOC: they refuse labels that it lacks and VOC has not."""

from collections.abc import Iterable, Iterator
from posixpath import basename

from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.placing import LONGEST_LABEL
from annotations.formats.texts import text_of
from annotations.formats.xml_texts import clean

NAME = "labelmap.txt"
HEAD = "# label:color_rgb:parts:actions\n"
BACKGROUND = "background"
"""Theirs has it for the pixels of masks: no box is called so."""


def written(labels: Iterable[str]) -> bytes:
    return (HEAD + "".join(f"{label}:::\n" for label in labels if holds(label))).encode("utf-8", "replace")


def holds(label: str) -> bool:
    return label == clean(label).strip() and ":" not in label and not label.startswith("#") and label != BACKGROUND


class LabelMap:
    """`labels` in their order; `said`: what can't be read."""

    def __init__(self, listing: Listing, limits: ReadLimits) -> None:
        self.said: list[Unreadable] = []
        names = [name for name in listing.texts_ending(NAME) if basename(name).lower() == NAME]
        self.labels = tuple(dict.fromkeys(label for name in names for label in self._labels(listing, name, limits)))

    def _labels(self, listing: Listing, name: str, limits: ReadLimits) -> Iterator[str]:
        try:
            text, _ = text_of(listing, name, limits.text_bytes)
        except FormatError as error:
            self.said.append(Unreadable(name, error.reason, error.line))
            return
        for line in text.lstrip("\ufeff").splitlines():
            label = line.partition(":")[0].strip()[:LONGEST_LABEL]
            if label and label != BACKGROUND and not line.lstrip().startswith("#"):
                yield label

"""COCO: one JSON a split that lists images, annotations with boxes in pixels, and categories.

As the COCO team, Roboflow, CVAT, Datumaro, Label Studio and FiftyOne write it. A box is its upper left corner, width
and height. What images carry beside boxes (masks, key points, captions) is told and left out.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import ImageRecord
from annotations.formats.coco.categories import Categories, labels_of
from annotations.formats.coco.kinds import NO_IMAGES, Kind, kind_of, overshadowed
from annotations.formats.coco.reading import entries_of
from annotations.formats.coco.writing import write
from annotations.formats.errors import FormatError
from annotations.formats.json_stream import JsonFile
from annotations.formats.layout import Header, Layout, Parsed, Part, ReadLimits, Recognition, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.several import one_after_other


class Coco(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        kinds = {name: kind_of(listing, name) for name in listing.texts_ending(".json")}
        if not kinds:
            return Recognition(0.0, "there is no JSON file")
        found = [name for name, kind in kinds.items() if kind is Kind.IMAGES]
        if found:
            return Recognition(1.0, f"{found[0]} lists images and annotations as COCO does")
        if results := next((name for name, kind in kinds.items() if kind is Kind.RESULTS), None):
            return Recognition(0.5, f"{results} lists predictions as COCO's result files do")
        return Recognition(0.0, NO_IMAGES.format(next(iter(kinds))))

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        kinds = {name: kind_of(listing, name) for name in listing.texts_ending(".json")}
        passed = overshadowed([name for name, kind in kinds.items() if kind is Kind.IMAGES])
        sheets: dict[str, Categories] = {}
        said: list[Parsed] = [finding for name in kinds if (finding := passed.get(name))]
        for name, kind in kinds.items():
            if kind is Kind.IMAGES and name not in passed:
                try:
                    sheets[name] = Categories(JsonFile(listing, name, limits.text_bytes), limits.labels)
                except FormatError as error:
                    said.append(Unreadable(name, error.reason, error.line))
            elif kind is not Kind.IMAGES:
                said.append(_not_taken(name, kind))
        if not sheets:
            raise _nothing(said, list(kinds))
        header = Header("detection", labels_of(sheets.values()))
        read = one_after_other(list(sheets), lambda name: entries_of(listing, limits, sheets[name]))
        return header, chain(said, read)

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        return write(header, images)


def _not_taken(name: str, kind: Kind) -> Parsed:
    if kind is Kind.OTHER:
        return Finding(Rule.NOT_THIS_FORMAT, name, "is no COCO file; passed over")
    return Unreadable(name, kind.value)


def _nothing(said: list[Parsed], names: list[str]) -> FormatError:
    """The first file that should have been one, else the first."""
    wrong = next((one for one in said if isinstance(one, Unreadable)), None)
    if wrong:
        return FormatError(wrong.reason, wrong.line, wrong.source)
    return FormatError(NO_IMAGES.format(names[0]), file=names[0]) if names else FormatError("there is no JSON file")

"""CreateML, Apple's trainer: in each split's folder a JSON that lists images, with boxes by their centres in pixels.

[{"image": "a.jpg", "annotations": [{"label": "cat", "coordinates": {"x", "y", "width", "height"}}]}], or
"imagefilename" and "annotation" as in Apple's documentation. Images as a whole: {"image": "a.jpg", "label": "cat"}.
"""

import json
from collections.abc import Iterable, Iterator, Set
from functools import partial
from itertools import chain
from posixpath import basename
from typing import Any

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split, Task
from annotations.formats.errors import FormatError
from annotations.formats.image_names import as_path
from annotations.formats.json_stream import JsonFile, beginning, shown
from annotations.formats.layout import (
    Entry,
    Header,
    Layout,
    Parsed,
    Part,
    RawAnnotation,
    ReadLimits,
    Recognition,
    Unreadable,
)
from annotations.formats.listing import Listing
from annotations.formats.numbers import has_comma, number, shortest
from annotations.formats.several import one_after_other
from annotations.formats.split_paths import split_of
from annotations.formats.spooled import Spooled, stream
from annotations.formats.tally import Tally
from annotations.formats.written_names import WrittenNames

NAME = "_annotations.createml.json"
FOLDERS: dict[Split, str] = {"train": "train", "val": "valid", "test": "test"}
UNLABELLED = "unlabelled"

NAMES = ("image", "imagefilename", "imageURL")
LISTS = ("annotations", "annotation", "label")
SIDES = ("x", "y", "width", "height")
BOXES = frozenset(f"item.{field}.item.coordinates" for field in LISTS)
OF_LABEL_STUDIO = frozenset({"item.annotation_id", "item.annotator", "item.lead_time", "item.data"})
FIELDS = frozenset({"label", "coordinates", "confidence"})
NOT_THIS = "lists no images with annotations as CreateML does"


class CreateML(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = list(listing.texts_ending(".json"))
        if not names:
            return Recognition(0.0, "there is no JSON file")
        sure, name = max((_sureness(listing, name), name) for name in names)
        return Recognition(sure, f"{name} lists images with annotations as CreateML does" if sure else NONE)

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        names = list(listing.texts_ending(".json"))
        ours = [name for name in names if _sureness(listing, name)]
        said = [Unreadable(name, NOT_THIS) for name in names if name not in ours]
        if not ours:
            raise FormatError(NOT_THIS, file=names[0]) if names else FormatError("there is no JSON file")
        tasks = (_task(listing, name) for name in ours)
        return Header(next((task for task in tasks if task), None)), chain(
            said, one_after_other(ours, partial(_entries, listing, limits))
        )

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        names, sheets = WrittenNames(), dict[Split, Spooled]()
        for image in images:
            name = names.of(image)
            yield f"{FOLDERS[image.split] if image.is_labelled else UNLABELLED}/{name}", image
            if image.is_labelled:
                said = json.dumps(_written(name, image), ensure_ascii=False)
                sheets.setdefault(image.split, Spooled()).add(said.encode())
        for split, sheet in sorted((sheets or {"train": Spooled()}).items()):
            yield f"{FOLDERS[split]}/{NAME}", stream(b"[\n", sheet, b"\n]\n")


NONE = "no JSON file lists images with annotations as CreateML does"


def _written(name: str, image: ImageRecord) -> dict[str, Any]:
    whole = [one.label for one in image.annotations if one.box is None]
    if whole:
        return {"image": name, "label": whole[0]}
    return {"image": name, "annotations": [_boxed(one, one.box) for one in image.annotations if one.box]}


def _boxed(one: AnnotationRecord, box: Box) -> dict[str, Any]:
    centre = ((box.x_min + box.x_max) / 2, (box.y_min + box.y_max) / 2)
    said = map(shortest, (*centre, box.width, box.height))
    return {"label": one.label, "coordinates": dict(zip(SIDES, said, strict=True))}


def _sureness(listing: Listing, name: str) -> float:
    events = beginning(listing, name)
    places = {place for place, _, _ in events}
    if not events or events[0][1] != "start_array" or OF_LABEL_STUDIO & places:
        return 0.0
    if basename(name).lower().endswith(".createml.json"):
        return 1.0
    if not any(f"item.{field}" in places for field in NAMES):
        return 0.0
    if BOXES & places:
        return 1.0
    texts = {place for place, kind, _ in events if kind == "string"}
    whole = {f"item.{field}{inner}" for field in LISTS for inner in ("", ".item", ".item.label")}
    lists = {place for place, kind, _ in events if kind == "start_array"}
    return 0.5 if whole & texts or {"item.annotations", "item.annotation"} & lists else 0.0


def _task(listing: Listing, name: str) -> Task | None:
    """As the file begins; None where its first images carry nothing."""
    events = beginning(listing, name)
    if BOXES & {place for place, _, _ in events}:
        return "detection"
    texts = {place for place, kind, _ in events if kind == "string"}
    return "classification" if any(f"item.{field}" in place for field in LISTS for place in texts) else None


def _entries(listing: Listing, limits: ReadLimits, name: str) -> Iterator[Parsed]:
    file, split, tally = JsonFile(listing, name, limits.text_bytes), split_of(name), Tally()
    if file.finding:
        yield file.finding
    for place, said in enumerate(file.items("item")):
        image = _image_of(said) if isinstance(said, dict) else ""
        found = _annotations_of(said) if image else None
        if found is None:
            names = (image,) if image else ()
            yield Unreadable(name, f"[{place}] needs an image and its annotations: {shown(said)}", names=names)
        else:
            _note_fields(said, {*NAMES, *LISTS}, "images", tally)
            taken = tuple(_annotation(f"[{place}]", one, tally) for one in found[: limits.annotations + 1])
            yield Entry(name, (image,), taken, split=split)
    yield from tally.findings(name)


def _note_fields(said: dict[str, Any], known: Set[str], of: str, tally: Tally) -> None:
    for field in sorted(said.keys() - known):
        tally.field(field, of)


def _image_of(said: dict[str, Any]) -> str:
    name = next((said[field] for field in NAMES if isinstance(said.get(field), str)), "")
    return name if as_path(name) else ""


def _annotations_of(said: dict[str, Any]) -> list[Any] | None:
    """None where it has none of the fields; a label alone is one."""
    found = next((said[field] for field in LISTS if said.get(field) is not None), None)
    return found if isinstance(found, list) else [found] if isinstance(found, str | dict) else None


def _annotation(where: str, said: Any, tally: Tally) -> RawAnnotation:
    if isinstance(said, str):
        return RawAnnotation(said)
    if not isinstance(said, dict):
        return RawAnnotation("", problem=f"{where} has an annotation without a label: {shown(said)}")
    label, sides = said.get("label"), said.get("coordinates")
    label = label.strip() if isinstance(label, str) else ""
    _note_fields(said, FIELDS, "annotations", tally)
    if sides is None:
        return RawAnnotation(label)
    try:
        return RawAnnotation(label, _box(sides, tally), score=said.get("confidence"))
    except (ValueError, OverflowError):
        problem = f"{where}: the box of {label!r} needs numbers in {', '.join(SIDES)}: {shown(sides)}"
        return RawAnnotation(label, problem=problem)


def _box(sides: Any, tally: Tally) -> Box:
    """Raises ValueError or OverflowError."""
    if not isinstance(sides, dict):
        raise ValueError("no object")  # noqa: TRY004 - a reader asks for one kind of error
    said = [sides.get(side) for side in SIDES]
    if any(map(has_comma, said)):
        tally.add(Rule.DECIMAL_COMMA, "boxes have numbers with a decimal comma")
    x, y, width, height = map(number, said)
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

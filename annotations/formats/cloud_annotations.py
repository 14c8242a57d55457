"""Cloud Annotations, IBM's tool: `_annotations.json` in the bucket's root, beside the images.

{"version": "1.0", "type": "localization", "labels": [], "annotations": {"a.jpg": [{"label", "x", "y", "x2", "y2"}]}}:
corners in shares of the image's sides. In "classification" annotations have a label alone. An image that the file does
not name is unlabelled. Its command line renames the file to `annotations.json` on export.
"""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from posixpath import basename
from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Task
from annotations.formats.errors import FormatError
from annotations.formats.json_stream import Event, JsonFile, beginning, shown
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
from annotations.formats.numbers import number, shortest
from annotations.formats.several import one_after_other
from annotations.formats.spooled import Spooled, stream
from annotations.formats.written_names import WrittenNames

NAME, VERSION = "_annotations.json", "1.0"
TASKS: dict[Any, Task] = {"localization": "detection", "classification": "classification"}
TYPES = {task: name for name, task in TASKS.items()}
SIDES = ("x", "y", "x2", "y2")
FIELDS = frozenset({"id", "label", *SIDES})
NOT_THIS = "is no file of Cloud Annotations: it says no annotations by image"
SECOND_VERSION = "is of Cloud Annotations' second version, which was never released; only the first is read"


class CloudAnnotations(Layout):
    def recognise(self, listing: Listing) -> Recognition:
        names = list(listing.texts_ending(".json"))
        if not names:
            return Recognition(0.0, "there is no JSON file")
        for name in names:
            events = beginning(listing, name)
            if _is_ours(events):
                sure = basename(name) == NAME or _task(events) is not None
                return Recognition(1.0 if sure else 0.5, f"{name} has labels, and annotations by image")
        return Recognition(0.0, "no JSON file has labels, and annotations by image")

    def read(self, listing: Listing, limits: ReadLimits) -> tuple[Header, Iterator[Parsed]]:
        heads = {name: beginning(listing, name) for name in listing.texts_ending(".json")}
        ours = [name for name, events in heads.items() if _is_ours(events)]
        said = [Unreadable(name, _why_not(events)) for name, events in heads.items() if name not in ours]
        if not ours:
            raise FormatError(said[0].reason, file=said[0].source) if said else FormatError("there is no JSON file")
        labels = dict.fromkeys(label for name in ours for label in _labels(listing, name, limits))
        header = Header(next(filter(None, map(_task, map(heads.get, ours))), None), tuple(labels))
        return header, chain(said, one_after_other(ours, partial(_entries, listing, limits)))

    def write(self, header: Header, images: Iterable[ImageRecord]) -> Iterator[Part]:
        names, said = WrittenNames(), Spooled()
        for image in images:
            name = names.of(image)
            yield name, image
            if image.is_labelled:
                annotations = [_written(one, image) for one in image.annotations]
                said.add(f"{_json(name)}: {_json(annotations)}".encode())
        task = TYPES[header.task or "detection"]
        head = f'{{"version": "{VERSION}", "type": "{task}", "labels": {_json(header.labels)}, "annotations": {{\n'
        yield NAME, stream(head.encode(), said, b"\n}}\n")


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False)


def _written(one: AnnotationRecord, image: ImageRecord) -> dict[str, Any]:
    box = one.box
    if box is None:
        return {"label": one.label}
    shares = (box.x_min / image.width, box.y_min / image.height, box.x_max / image.width, box.y_max / image.height)
    return {"label": one.label} | dict(zip(SIDES, map(shortest, shares), strict=True))


def _is_ours(events: list[Event]) -> bool:
    kinds = {place: kind for place, kind, _ in events if kind in {"start_map", "start_array"}}
    has_labels, has_type = kinds.get("labels") == "start_array", _task(events) is not None
    if "annotations" not in kinds:  # behind many labels
        return has_labels and has_type
    return kinds["annotations"] == "start_map" and (has_labels or has_type)


def _why_not(events: list[Event]) -> str:
    if {("labels", "start_map"), ("annotations", "start_map")} <= {(place, kind) for place, kind, _ in events}:
        return SECOND_VERSION
    return NOT_THIS if events else "not readable as JSON"


def _task(events: list[Event] | None) -> Task | None:
    said = (value for place, kind, value in events or () if (place, kind) == ("type", "string"))
    return next((TASKS[value] for value in said if value in TASKS), None)


def _labels(listing: Listing, name: str, limits: ReadLimits) -> Iterator[str]:
    """Raises FormatError at one too many."""
    said = JsonFile(listing, name, limits.text_bytes).items("labels.item")
    for place, one in enumerate(said):
        if place >= limits.labels:
            raise FormatError(f"lists more than {limits.labels} labels", file=name)
        if label := _text(one.get("name") if isinstance(one, dict) else one):
            yield label


def _entries(listing: Listing, limits: ReadLimits, name: str) -> Iterator[Parsed]:
    file = JsonFile(listing, name, limits.text_bytes)
    if file.finding:
        yield file.finding
    for image, said in file.pairs("annotations"):
        if not isinstance(said, list):
            yield Unreadable(name, f"expected a list of annotations for {image[:100]}: {shown(said)}", names=(image,))
        else:
            extra = sorted({key[:60] for one in said if isinstance(one, dict) for key in one.keys() - FIELDS})
            annotations = tuple(_annotation(place, one) for place, one in enumerate(said[: limits.annotations + 1]))
            yield Entry(name, (image,), annotations, unit="shares", findings=_not_kept(name, image, extra))


def _not_kept(name: str, image: str, fields: list[str]) -> tuple[Finding, ...]:
    if not fields:
        return ()
    return (
        Finding(Rule.ATTRIBUTE, name, f"annotations of {image[:100]} have fields that are not kept: {shown(fields)}"),
    )


def _annotation(place: int, said: Any) -> RawAnnotation:
    label = _text(said.get("label")) if isinstance(said, dict) else ""
    if not isinstance(said, dict) or not any(side in said for side in SIDES):
        return RawAnnotation(label)
    try:
        return RawAnnotation(label, Box(*(number(said.get(side)) for side in SIDES)))
    except (ValueError, OverflowError):
        problem = f"annotation {place + 1}, {label!r}, needs numbers as {', '.join(SIDES)}"
        return RawAnnotation(label, problem=problem)


def _text(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""

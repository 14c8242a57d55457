"""Records as entries: pictures stay where they are until they are asked for."""

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import basename, dirname, splitext

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, OCCLUDED, POSE, TRUNCATED
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box, Task
from annotations.formats.errors import FormatError
from annotations.formats.image_names import as_path, plain, stem
from annotations.formats.inside import Inside
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing, is_image
from annotations.formats.split_paths import split_of
from annotations.formats.tfrecord.examples import Feature, NoExample, Window, parse, text
from annotations.formats.tfrecord.framing import Damage, Frame, frames_of, is_whole
from annotations.formats.tfrecord.label_maps import LabelMap
from annotations.formats.written_names import UNSAFE

FILE = re.compile(r".*(\.(tfrecords?|tfrec|records?)(-\d+-of-\d+)?|-\d{5}-of-\d{5})", re.IGNORECASE)
SIDES = ("xmin", "ymin", "xmax", "ymax")
FLAGS = {
    "difficult": DIFFICULT,
    "truncated": TRUNCATED,
    "occluded": OCCLUDED,
    "group_of": CROWD,
    "is_crowd": CROWD,
    "depiction": DEPICTION,
}
KNOWN = frozenset(
    {f"image/object/{name}" for name in (*FLAGS, "view", "score", "class/text", "class/label", "area", "weight")}
    | {f"image/object/bbox/{side}" for side in SIDES}
)
NO_SCORE = -1.0
"""Stands in a record of which others have one."""
NO_VIEW = frozenset({"", "Unspecified"})
MOST_PICTURES = 500_000
"""Their names are held."""
OF_PICTURE = frozenset({"image/encoded", "image/filename", "image/source_id", "image/format"})
OF_BOXES = {f"image/object/bbox/{side}" for side in SIDES}
OF_IMAGE = {"image/class/text", "image/class/label"}


def record_files(listing: Listing) -> list[str]:
    return [name for name in listing.texts if FILE.fullmatch(basename(name))]


class Records:
    """All records of a listing. Made, it has added their pictures to the listing: nothing but their places is kept."""

    def __init__(self, listing: Listing, limits: ReadLimits, labels: LabelMap) -> None:
        self.listing, self.limits, self.labels = listing, limits, labels
        self.files = record_files(listing)
        self.task: Task | None = None
        self.strange: Counter[str] = Counter()
        self.names: dict[Inside, str] = {}
        """Of each picture in the listing"""
        for inside, name in (found for file in self.files for found in self._pictures(file)):
            self.names[inside] = name
            if len(self.names) > MOST_PICTURES:
                raise FormatError(f"more than {MOST_PICTURES:,} pictures in records", file=inside.file)
        listing.add_inside({name: inside for inside, name in self.names.items()})

    def _pictures(self, file: str) -> Iterator[tuple[Inside, str]]:
        """With a name of its own for each: that of its record, and the record's number where another has it."""
        used: set[str] = set()
        with self.listing.path(file).open("rb") as opened:
            data = Window(opened)
            for frame in frames_of(opened):
                features = self._features(data, frame) if isinstance(frame, Frame) else None
                if features is None or not isinstance(frame, Frame):
                    continue
                self._see_task(features)
                if inside := _picture(file, features):
                    name = _name(data, features, frame)
                    if plain(stem(name)) in used:
                        name = f"{stem(name)}-{frame.number:08}{splitext(name)[1]}"
                    used.add(plain(stem(name)))
                    yield inside, f"{file}/{name}"

    def _see_task(self, features: dict[str, Feature]) -> None:
        if "image/object/bbox/xmin" in features:
            self.task = "detection"
        elif self.task is None and features.keys() & OF_IMAGE:
            self.task = "classification"

    def _features(self, data: Window, frame: Frame) -> dict[str, Feature] | None:
        try:
            return parse(data, frame.start, frame.stop, 1, OF_PICTURE)
        except NoExample:
            return None

    def entries(self) -> Iterator[Parsed]:
        yield from self.labels.said
        for file in self.files:
            self.strange.clear()
            with self.listing.path(file).open("rb") as opened:
                if not opened.seek(0, 2):
                    yield Unreadable(file, "the file is empty")
                data = Window(opened)
                for frame in frames_of(opened):
                    if isinstance(frame, Damage):
                        yield Unreadable(file, frame.reason)
                    elif parsed := self._entry(file, data, frame):
                        yield parsed
            for name, count in self.strange.items():
                yield Finding(Rule.ATTRIBUTE, file, f"there is no place for {name} ({count} records)")

    def _entry(self, file: str, data: Window, frame: Frame) -> Parsed | None:
        """None: a picture, and nothing about it. Where other records have boxes it is one with nothing on it."""
        head = f"record {frame.number}"
        try:
            features = parse(data, frame.start, frame.stop, self.limits.annotations + 1)
        except NoExample as error:
            return Unreadable(file, f"{head} is no tf.train.Example: {error}")
        inside = _picture(file, features)
        if inside and inside in self.names:
            names: tuple[str, ...] = (self.names[inside].removeprefix(f"{dirname(file)}/"),)
        else:
            names = (as_path(_text(data, features, "image/filename")) or _name(data, features, frame),)
        if not is_whole(data.file, frame):
            return Unreadable(file, f"{head} is damaged: its sum is another", names=names)
        if self.task != "detection" and features.keys().isdisjoint(OF_BOXES | OF_IMAGE):
            return None
        size = _int(features, "image/width"), _int(features, "image/height")
        task_of = self._boxes if self.task == "detection" else self._labels
        findings: list[Finding] = []
        annotations = tuple(task_of(file, data, features, head, findings))
        group = _text(data, features, "image/group")
        found = size if all(side is not None for side in size) else None
        self.strange.update(name for name in features if _is_strange(name, self.task) and len(features[name]))
        declared = (max(0, found[0] or 0), max(0, found[1] or 0)) if found else None
        return Entry(file, names, annotations, declared, "shares", split_of(file), group, tuple(findings))

    def _boxes(
        self, file: str, data: Window, features: dict[str, Feature], head: str, findings: list[Finding]
    ) -> Iterator[RawAnnotation]:
        sides = [features.get(f"image/object/bbox/{side}", Feature()).floats for side in SIDES]
        names = self._names(file, data, features, "image/object/class", findings)
        views = [text(data, span) for span in features.get("image/object/view", Feature()).spans]
        scores = features.get("image/object/score", Feature()).floats
        flags = {name: features.get(f"image/object/{name}", Feature()).ints for name in FLAGS}
        for place in range(max(map(len, sides))):
            label = names[place] if place < len(names) else ""
            if any(len(side) <= place for side in sides):
                yield RawAnnotation(label, problem=f"{head}: box {place + 1} lacks a side")
                continue
            said = {FLAGS[name]: True for name, values in flags.items() if place < len(values) and values[place] == 1}
            view = {POSE: views[place]} if place < len(views) and views[place] not in NO_VIEW else {}
            box = Box(*(side[place] for side in sides))
            yield RawAnnotation(label, box, score=_score(scores, place), attributes={**said, **view})

    def _labels(
        self, file: str, data: Window, features: dict[str, Feature], head: str, findings: list[Finding]
    ) -> Iterator[RawAnnotation]:
        scores = features.get("image/class/score", Feature()).floats
        for place, label in enumerate(self._names(file, data, features, "image/class", findings)):
            yield RawAnnotation(label, score=_score(scores, place))

    def _names(
        self, file: str, data: Window, features: dict[str, Feature], where: str, findings: list[Finding]
    ) -> list[str]:
        """Labels by their texts, else by their numbers."""
        texts = [self.labels.label(text(data, span)) for span in features.get(f"{where}/text", Feature()).spans]
        numbers = features.get(f"{where}/label", Feature()).ints
        unnamed = [number for number in numbers[len(texts) :] if number not in self.labels.by_id]
        if unnamed:
            reason = f"no label map names {', '.join(map(str, sorted(set(unnamed))[:10]))}"
            findings.append(Finding(Rule.NO_NAMES, file, reason))
        return texts + [self.labels.by_id.get(number, f"class {number}") for number in numbers[len(texts) :]]


def _score(scores: list[float], place: int) -> float | None:
    return scores[place] if place < len(scores) and scores[place] != NO_SCORE else None


def _picture(file: str, features: dict[str, Feature]) -> Inside | None:
    spans = features.get("image/encoded", Feature()).spans
    return Inside(file, spans[0].start, spans[0].size) if spans and spans[0].size else None


def _name(data: Window, features: dict[str, Feature], frame: Frame) -> str:
    """A safe one; its record's number where it has none."""
    said = basename(as_path(_text(data, features, "image/filename") or _text(data, features, "image/source_id")))
    name = UNSAFE.sub("_", said).strip(" .") or f"{frame.number:08}"
    if not is_image(name):
        kind = _text(data, features, "image/format").lower()
        name += f".{kind}" if kind in {"png", "webp", "bmp"} else ".jpg"
    return name


def _text(data: Window, features: dict[str, Feature], name: str) -> str:
    spans = features.get(name, Feature()).spans
    return text(data, spans[0]) if spans else ""


def _int(features: dict[str, Feature], name: str) -> int | None:
    ints = features.get(name, Feature()).ints
    return ints[0] if ints else None


def _is_strange(name: str, task: Task | None) -> bool:
    if task == "detection":
        return name.startswith(("image/object/", "image/class/")) and name not in KNOWN
    return name.startswith("image/object/")

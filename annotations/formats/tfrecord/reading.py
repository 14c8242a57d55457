"""Records as entries: pictures stay where they are until they are asked for."""

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import basename, dirname
from typing import BinaryIO

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, OCCLUDED, POSE, TRUNCATED
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box, Split, Task
from annotations.formats.image_names import as_path
from annotations.formats.inside import Inside
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing, is_image
from annotations.formats.splits import split_named
from annotations.formats.tfrecord.examples import Feature, NoExample, parse, text
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
NO_VIEW = frozenset({"", "Unspecified"})
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
        listing.add_inside({name: inside for file in self.files for name, inside in self._pictures(file)})

    def _pictures(self, file: str) -> Iterator[tuple[str, Inside]]:
        with self.listing.path(file).open("rb") as data:
            for frame in frames_of(data):
                if isinstance(frame, Frame) and (features := self._features(data, frame)) is not None:
                    self._see_task(features)
                    encoded = features.get("image/encoded", Feature()).spans
                    if encoded and encoded[0].size:
                        yield _name(file, data, features, frame), Inside(file, encoded[0].start, encoded[0].size)

    def _see_task(self, features: dict[str, Feature]) -> None:
        if "image/object/bbox/xmin" in features:
            self.task = "detection"
        elif self.task is None and features.keys() & OF_IMAGE:
            self.task = "classification"

    def _features(self, data: BinaryIO, frame: Frame) -> dict[str, Feature] | None:
        try:
            return parse(data, frame.start, frame.stop, self.limits.annotations + 1)
        except NoExample:
            return None

    def entries(self) -> Iterator[Parsed]:
        yield from self.labels.said
        for file in self.files:
            self.strange.clear()
            with self.listing.path(file).open("rb") as data:
                if not data.seek(0, 2):
                    yield Unreadable(file, "the file is empty")
                for frame in frames_of(data):
                    yield (
                        Unreadable(file, frame.reason) if isinstance(frame, Damage) else self._entry(file, data, frame)
                    )
            for name, count in self.strange.items():
                yield Finding(Rule.ATTRIBUTE, file, f"there is no place for {name} ({count} records)")

    def _entry(self, file: str, data: BinaryIO, frame: Frame) -> Parsed:
        head = f"record {frame.number}"
        try:
            features = parse(data, frame.start, frame.stop, self.limits.annotations + 1)
        except NoExample as error:
            return Unreadable(file, f"{head} is no tf.train.Example: {error}")
        inside = _name(file, data, features, frame)
        names: tuple[str, ...] = (inside.removeprefix(f"{dirname(file)}/"),)
        if inside not in self.listing.inside:
            names = (as_path(_text(data, features, "image/filename")) or basename(inside), basename(inside))
        if not is_whole(data, frame):
            return Unreadable(file, f"{head} is damaged: its sum is another", names=names)
        size = _int(features, "image/width"), _int(features, "image/height")
        task_of = self._boxes if self.task == "detection" else self._labels
        findings: list[Finding] = []
        annotations = tuple(task_of(file, data, features, head, findings))
        group = _text(data, features, "image/group")
        found = size if all(side is not None for side in size) else None
        self.strange.update(name for name in features if _is_strange(name, self.task) and len(features[name]))
        declared = (max(0, found[0] or 0), max(0, found[1] or 0)) if found else None
        return Entry(file, names, annotations, declared, "shares", _split(file), group, tuple(findings))

    def _boxes(
        self, file: str, data: BinaryIO, features: dict[str, Feature], head: str, findings: list[Finding]
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
        self, file: str, data: BinaryIO, features: dict[str, Feature], head: str, findings: list[Finding]
    ) -> Iterator[RawAnnotation]:
        scores = features.get("image/class/score", Feature()).floats
        for place, label in enumerate(self._names(file, data, features, "image/class", findings)):
            yield RawAnnotation(label, score=_score(scores, place))

    def _names(
        self, file: str, data: BinaryIO, features: dict[str, Feature], where: str, findings: list[Finding]
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
    """Negative: there is none."""
    return scores[place] if place < len(scores) and 0 <= scores[place] <= 1 else None


def _name(file: str, data: BinaryIO, features: dict[str, Feature], frame: Frame) -> str:
    """In the listing: as in a folder that is called as the file of records; by its number where it has no name."""
    said = basename(as_path(_text(data, features, "image/filename") or _text(data, features, "image/source_id")))
    name = UNSAFE.sub("_", said).strip(" .") or f"{frame.number:08}"
    if not is_image(name):
        kind = _text(data, features, "image/format").lower()
        name += f".{kind}" if kind in {"png", "webp", "bmp"} else ".jpg"
    return f"{file}/{name}"


def _text(data: BinaryIO, features: dict[str, Feature], name: str) -> str:
    spans = features.get(name, Feature()).spans
    return text(data, spans[0]) if spans else ""


def _int(features: dict[str, Feature], name: str) -> int | None:
    ints = features.get(name, Feature()).ints
    return ints[0] if ints else None


def _is_strange(name: str, task: Task | None) -> bool:
    if task == "detection":
        return name.startswith(("image/object/", "image/class/")) and name not in KNOWN
    return name.startswith("image/object/")


def _split(file: str) -> Split | None:
    """From the file's name, else from the nearest folder that says one."""
    words = [*re.split(r"[-_.]", basename(file)), *reversed(dirname(file).split("/"))]
    return next((split for word in words if (split := split_named(word))), None)

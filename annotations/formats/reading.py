"""From a layout's entries to records: the image that is meant, boxes brought onto it and cut to it, and findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename

from annotations.dataset.boxes import fit
from annotations.dataset.findings import Finding, Severity
from annotations.dataset.records import AnnotationRecord, Box, Split
from annotations.formats.layout import Entry, Header, Layout, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing, stem
from annotations.formats.sizes import Placing, bring_onto
from annotations.imaging import Probe, Refused, probe

LONGEST_LABEL = 300
"""Characters kept of a label's name: no label has so many, and each stands in findings."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a reader came across, in an order that is the same each time.

    `image` is None when there is nothing to store, else its name in the listing. `annotated`: a file speaks of the
    image, so that no annotations mean "nothing here"; `left_out` counts the annotations that it named and that could
    not be taken. `lines` are those of `source` where each annotation stands.
    """

    image: str | None = None
    annotations: tuple[AnnotationRecord, ...] = ()
    annotated: bool = False
    left_out: int = 0
    source: str = ""
    lines: tuple[int | None, ...] = ()
    split: Split | None = None
    group: str = ""
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Reading:
    header: Header
    records: Iterator[Found]


def read(layout: Layout, listing: Listing, limits: ReadLimits) -> Reading:
    """One record an entry, then one for each image that has none.

    Raises FormatError, also while the records are drawn, where nothing more can be read.
    """
    header, entries = layout.read(listing, limits)
    return Reading(header, _Records(listing, limits).of(entries))


class _Records:
    """Remembers which file has which image."""

    def __init__(self, listing: Listing, limits: ReadLimits) -> None:
        self.listing, self.limits = listing, limits
        self.taken: dict[str, str] = {}

    def of(self, entries: Iterator[Parsed]) -> Iterator[Found]:
        for entry in entries:
            yield self._held_back(entry) if isinstance(entry, Unreadable) else self._found(entry)
        for image in self.listing.images:
            if image not in self.taken:
                yield Found(image, source=image)

    def _held_back(self, unread: Unreadable) -> Found:
        """With the image: as it stands it would look unlabelled."""
        findings = [Finding("error", unread.source, unread.reason, unread.line)]
        image = self.listing.find_image(unread.source, unread.names)
        if image and image not in self.taken:
            self.taken[image] = unread.source
            findings.append(Finding("error", image, f"left out with its annotation file {unread.source}"))
        return Found(source=unread.source, findings=tuple(findings))

    def _found(self, entry: Entry) -> Found:
        image = self.listing.find_image(entry.source, entry.names)
        if image is None:
            return _nothing(entry.source, f"the archive has no image {entry.names[0]}")
        if image in self.taken:
            there = f"{basename(image)} already has annotations from {self.taken[image]}"
            return _nothing(entry.source, f"{there}; these are left out")
        if len(entry.annotations) > self.limits.annotations:
            many = f"{len(entry.annotations)} annotations; an image may carry {self.limits.annotations}"
            return self._held_back(Unreadable(entry.source, many, names=entry.names))
        self.taken[image] = entry.source
        try:
            with self.listing.path(image).open("rb") as file:
                return _Placement(entry, image, probe(file, self.limits.picture)).found()
        except Refused as refusal:
            return Found(source=entry.source, findings=(Finding("error", image, refusal.reason),))


def _nothing(source: str, reason: str) -> Found:
    return Found(source=source, findings=(Finding("error", source, reason),))


class _Placement:
    """The annotations of one file on their image."""

    def __init__(self, entry: Entry, image: str, picture: Probe) -> None:
        self.entry, self.image, self.picture = entry, image, picture
        self.findings: list[Finding] = []

    def found(self) -> Found:
        entry = self.entry
        if stem(entry.names[0]).lower() != stem(self.image).lower():
            here = f"{basename(self.image)} is taken"
            self._note("warning", f"names the image {entry.names[0]}, which is not there; {here}")
        placing = bring_onto(entry.size, entry.unit, self.picture, self._note)
        taken = [(record, one.line) for one in entry.annotations if (record := self._record(one, placing))]
        return Found(
            self.image,
            tuple(record for record, _ in taken),
            annotated=True,
            left_out=len(entry.annotations) - len(taken),
            source=entry.source,
            lines=tuple(line for _, line in taken),
            split=entry.split,
            group=entry.group,
            findings=tuple(self.findings),
        )

    def _record(self, one: RawAnnotation, placing: Placing) -> AnnotationRecord | None:
        label = one.label.strip()[:LONGEST_LABEL]
        inside = self._inside(one.box, placing) if one.box else None
        if problem := one.problem or self._problem(label, one.box, inside):
            self._note("error", f"{problem}; left out", one.line)
            return None
        if one.box and inside != placing(one.box):
            self._note("warning", f"the box of {label!r} reached outside {self._canvas}; cut to it", one.line)
        return AnnotationRecord(label, inside, score=one.score, source="import")

    def _inside(self, box: Box, placing: Placing) -> Box | None:
        return fit(placing(box), self.picture.width, self.picture.height)

    def _problem(self, label: str, box: Box | None, inside: Box | None) -> str:
        if not label:
            return "an annotation without a label"
        if box is None or inside:
            return ""
        if not (box.width > 0 and box.height > 0):
            return f"the box of {label!r} has no area: {show(box)}"
        return f"the box of {label!r} lies {show(box)} outside {self._canvas}"

    @property
    def _canvas(self) -> str:
        return f"the image of {self.picture.width}×{self.picture.height}"

    def _note(self, severity: Severity, reason: str, line: int | None = None) -> None:
        self.findings.append(Finding(severity, self.entry.source, reason, line))


def show(box: Box) -> str:
    return f"({box.x_min:g}, {box.y_min:g}) to ({box.x_max:g}, {box.y_max:g})"

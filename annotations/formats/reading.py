"""From a layout's entries to records: the image that is meant, its annotations brought onto it, and findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from posixpath import basename
from typing import Protocol

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import AnnotationRecord, Split
from annotations.formats.errors import FormatError
from annotations.formats.image_names import is_same_name, original_of
from annotations.formats.inside import Inside
from annotations.formats.layout import Entry, Header, Layout, Parsed, ReadLimits, Size, Unreadable
from annotations.formats.listing import Listing, picture_name
from annotations.formats.placing import OnImage
from annotations.formats.unread import unread_files
from annotations.imaging import Probe, Refused, probe


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a reader came across, in an order that is the same each time.

    `image` is None when the archive brings no picture, else its name in the listing; `known`: the sha256 of one that is
    elsewhere. `name`: what the image is to be called. `annotated`: a file speaks of the image, so that no annotations
    mean "nothing here"; `left_out` counts the annotations that it named and that could not be taken. `lines` are those
    of `source` where each annotation stands.
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
    known: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An image that is not in the archive. `probe` may raise Refused."""

    sha256: str
    name: str
    probe: Probe


class Elsewhere(Protocol):
    """Where images are that an archive of mere annotations means."""

    def find(self, names: Sequence[str], declared: Size | None) -> Sequence[Known]:
        """Those that the likeliest of `names` fits; several where they can't be told apart. Raises Refused.

        `declared`: the size that the file says the image has.
        """


class Nowhere:
    def find(self, _names: Sequence[str], _declared: Size | None) -> Sequence[Known]:
        return ()


@dataclass(frozen=True, slots=True)
class Reading:
    header: Header
    records: Iterator[Found]


def read(layout: Layout, listing: Listing, limits: ReadLimits, elsewhere: Elsewhere | None = None) -> Reading:
    """One record an entry, then one for each image that has none, and one of findings on files that nobody read.

    Raises FormatError, also while the records are drawn, where nothing more can be read.
    """
    header, entries = layout.read(listing, limits)
    if len(header.labels) > limits.labels:
        raise FormatError(f"the files list {len(header.labels)} labels; at most {limits.labels} are read")
    return Reading(header, _Records(listing, limits, elsewhere or Nowhere()).of(entries))


class _Records:
    """Remembers which file has which image."""

    def __init__(self, listing: Listing, limits: ReadLimits, elsewhere: Elsewhere) -> None:
        self.listing, self.limits, self.elsewhere = listing, limits, elsewhere
        self.taken: dict[str, str] = {}
        """By name, or by hash where the image is elsewhere: the file that speaks of it."""

    def of(self, entries: Iterator[Parsed]) -> Iterator[Found]:
        for entry in entries:
            if isinstance(entry, Finding):
                self.listing.see(entry.file)
                yield Found(source=entry.file, findings=(entry,))
            elif isinstance(entry, Unreadable):
                self.listing.see(entry.source)
                yield self._held_back(entry, Rule.UNREADABLE)
            else:
                yield self._found(entry)
        for image in self.listing.images:
            if image not in self.taken:
                name, group = original_of(basename(image))
                yield Found(image, source=image, name=name, group=group)
        if unread := tuple(unread_files(self.listing)):
            yield Found(source=unread[0].file, findings=unread)

    def _held_back(self, unread: Unreadable, rule: Rule) -> Found:
        """With the image: as it stands it would look unlabelled."""
        findings = [Finding(rule, unread.source, unread.reason, unread.line)]
        image = self.listing.find_image(unread.source, unread.names)
        if image and image not in self.taken:
            self.taken[image] = unread.source
            findings.append(Finding(Rule.HELD_BACK, image, f"left out with its annotation file {unread.source}"))
        return Found(source=unread.source, findings=tuple(findings))

    def _found(self, entry: Entry) -> Found:
        image = self.listing.find_image(entry.source, entry.names)
        if image is None:
            return self._found_elsewhere(entry)
        return self._left(entry, image) or self._brought(entry, image)

    def _brought(self, entry: Entry, image: str) -> Found:
        """From the archive."""
        try:
            with self.listing.path(image).open("rb") as file:
                picture = probe(file, self.limits.picture)
        except Refused as refusal:
            refused = Finding(Rule.IMAGE_REFUSED, image, refusal.reason)
            return Found(source=entry.source, findings=(*entry.findings, refused))
        name, group = original_of(basename(image))
        record = partial(Found, image, name=name, group=entry.group or group)
        return self._placed(entry, basename(image), picture, record)

    def _found_elsewhere(self, entry: Entry) -> Found:
        names = [variant for name in entry.names for variant in {original_of(basename(name))[0]: None, name: None}]
        try:
            found = self.elsewhere.find(names, entry.size)
        except Refused as refusal:
            return _nothing(entry, Rule.IMAGE_REFUSED, f"{entry.names[0]}: {refusal.reason}")
        if len(found) != 1:
            return self._found_not_one(entry, len(found))
        known = found[0]
        if left := self._left(entry, known.sha256, known.name):
            return left
        record = partial(Found, known=known.sha256, name=known.name, group=entry.group)
        return self._placed(entry, known.name, known.probe, record)

    def _found_not_one(self, entry: Entry, count: int) -> Found:
        """None, or several, of the project: what lies in the file that speaks of it tells which is meant."""
        name = entry.names[0]
        why = f"{count} images of the project are called {name}" if count else f"there is no image {name}"
        if entry.picture is None:
            return _nothing(entry, Rule.AMBIGUOUS_IMAGE if count else Rule.NO_IMAGE, why)
        taken = Finding(Rule.EMBEDDED, entry.source, f"{why}; the picture in the file is taken")
        return self._found_inside(replace(entry, findings=(*entry.findings, taken)), entry.picture)

    def _found_inside(self, entry: Entry, picture: Inside) -> Found:
        """Its size is looked at before it is decoded."""
        most = self.limits.picture.max_bytes
        if picture.decoded_size > most:
            many = f"{picture.decoded_size / 2**20:.0f} MB is more than the {most / 2**20:.0f} MB allowed for one image"
            return _nothing(entry, Rule.IMAGE_REFUSED, many)
        image = f"{entry.source}/{picture_name(entry.names[0], entry.source)}"
        self.listing.take_inside(image, picture)
        return self._left(entry, image) or self._brought(entry, image)

    def _left(self, entry: Entry, image: str, name: str = "") -> Found | None:
        """Where the entry's annotations are not taken, why; else the image is its own from now on."""
        if image in self.taken:
            there = f"{name or basename(image)} already has annotations from {self.taken[image]}"
            return _nothing(entry, Rule.SECOND_FILE, f"{there}; these are left out")
        if len(entry.annotations) > self.limits.annotations:
            many = f"{len(entry.annotations)} annotations; an image may carry {self.limits.annotations}"
            return self._held_back(Unreadable(entry.source, many, names=entry.names), Rule.TOO_MANY)
        self.taken[image] = entry.source
        return None

    def _placed(self, entry: Entry, name: str, picture: Probe, record: "partial[Found]") -> Found:
        placed = OnImage(entry, picture, self.limits.choices)
        if not is_same_name(entry.names[0], name):
            reason = f"names the image {entry.names[0]}, which is not there; {name} is taken"
            placed.findings.insert(0, Finding(Rule.RENAMED, entry.source, reason))
        return record(
            annotations=placed.records,
            annotated=True,
            left_out=placed.left_out,
            source=entry.source,
            lines=placed.lines,
            split=entry.split,
            findings=tuple(placed.findings),
        )


def _nothing(entry: Entry, rule: Rule, reason: str) -> Found:
    return Found(source=entry.source, findings=(*entry.findings, Finding(rule, entry.source, reason)))

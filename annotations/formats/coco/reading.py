"""The images of one COCO file with their annotations, which stand in the file in any order."""

import math
from collections.abc import Iterator
from itertools import islice
from posixpath import basename
from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box
from annotations.formats.coco.boxes import annotation_of
from annotations.formats.coco.categories import Categories, Key, key_of
from annotations.formats.coco.kinds import NO_IMAGES
from annotations.formats.errors import FormatError
from annotations.formats.gathered import Gathered, gathered
from annotations.formats.image_names import as_path
from annotations.formats.json_stream import shown
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Size, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.numbers import number
from annotations.formats.split_paths import split_of, split_of_folders
from annotations.formats.tally import Tally

LINKS = ("coco_url", "path", "url", "flickr_url")
IMAGE_FIELDS = frozenset({"id", "file_name", "width", "height", "group", "license", "date_captured", "extra", *LINKS})
"""Read, or the same in each file; `extra` is Roboflow's, with the name that its own has too."""
LARGEST_SIDE = 10**6
LONGEST_NAME, MOST_TOLD = 1_000, 2_000
NAMED = 5
"""Ids that a finding names."""


def entries_of(listing: Listing, limits: ReadLimits, categories: Categories) -> Iterator[Parsed]:
    """Raises FormatError before the first entry where the file can't be read to its end."""
    with gathered(listing) as rows:
        file = _CocoFile(categories, rows)
        said = [*_at_most(file.images()), *file.annotations()]
        categories.tell_of_parents()
        yield from categories.findings
        if file.file.finding:
            yield file.file.finding
        yield from said
        if file.has_annotations:
            yield from file.entries(limits.annotations)


def _at_most(said: Iterator[Parsed]) -> Iterator[Parsed]:
    """What is told of a file's images is held until the file is read to its end."""
    yield from islice(said, MOST_TOLD)
    for _ in said:
        pass


class _CocoFile:
    def __init__(self, categories: Categories, rows: Gathered) -> None:
        self.categories, self.file, self.rows = categories, categories.file, rows
        self.name = categories.file.name
        self.split = split_of(self.name)
        self.ids: dict[str, Key] = {}
        """By file name: the id under which an image is gathered."""
        self.same: dict[Key, Key] = {}
        """Ids of images that are listed before under another one."""
        self.has_annotations = False

    def images(self) -> Iterator[Parsed]:
        """Raises FormatError where they are not listed."""
        tally, place = Tally(), -1
        for place, said in enumerate(self.file.items("images.item")):
            names = _names_of(said) if isinstance(said, dict) else ()
            key = key_of(said["id"]) if isinstance(said, dict) and "id" in said else None
            if not names or key is None:
                yield Unreadable(self.name, f"images[{place}] needs an id and a file_name: {shown(said)}", names=names)
            elif (first := self.ids.setdefault(names[0], key)) != key:
                self.same[key] = first
                why = f"{names[0]} is listed twice, as {first} and {key}; the annotations of both are taken"
                yield Finding(Rule.SAME_NAME, self.name, why)
            elif not self.rows.add_image(key, [names, _size_of(said), _group_of(said)]):
                yield self._told_twice(place, key, names[0])
            elif not IMAGE_FIELDS.issuperset(said):
                for field in sorted(said.keys() - IMAGE_FIELDS):
                    tally.field(field, "images")
        if place < 0:
            self._expect_list_of_images()
        yield from tally.findings(self.name)

    def _expect_list_of_images(self) -> None:
        said = next(self.file.items("images"), None)
        if not isinstance(said, list):
            why = NO_IMAGES if said is None else "the images in {} are no list"
            raise FormatError(why.format(self.name), file=self.name)

    def _told_twice(self, place: int, key: Key, name: str) -> Finding:
        return Finding(Rule.CONTRADICTION, self.name, f"images[{place}]: {name} has the id {key} of another image")

    def annotations(self) -> Iterator[Parsed]:
        tally, lost = Tally(), 0
        for place, said in enumerate(self.file.items("annotations.item")):
            self.has_annotations = True
            key = key_of(said.get("image_id")) if isinstance(said, dict) else None
            if key is None:
                lost += 1
            else:
                one = annotation_of(place, said, self.categories, tally)
                self.rows.add(self.same.get(key, key), _row(one))
        self.has_annotations = self.has_annotations or self._says_annotations()
        if lost:
            yield Finding(Rule.BAD_ANNOTATION, self.name, f"annotations without an image_id: {lost}; left out")
        yield from self._strays()
        yield from tally.findings(self.name)

    def _says_annotations(self) -> bool:
        """Whether the file has a list of them at all: without one its images are unlabelled. Raises FormatError."""
        said = next(self.file.items("annotations"), None)
        if said is not None and not isinstance(said, list):
            raise FormatError("its annotations are no list", file=self.name)
        return said is not None

    def _strays(self) -> Iterator[Finding]:
        count, ids = 0, list[str]()
        for key, rows, _ in self.rows.strays():
            count += rows
            ids += [str(key)[:40]] if len(ids) <= NAMED else []
        if count:
            named = ", ".join(ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
            why = f"{count} annotations name images that the file does not list ({named}); left out"
            yield Finding(Rule.NO_IMAGE, self.name, why)

    def entries(self, most: int) -> Iterator[Parsed]:
        for (names, size, group), rows in self.rows.images(most):
            annotations = tuple(map(_annotation, rows))
            split = self.split or split_of_folders(names[0])
            size = (size[0], size[1]) if size else None
            yield Entry(self.name, tuple(names), annotations, size, split=split, group=group)


def _row(one: RawAnnotation) -> list[Any]:
    box = one.box and [one.box.x_min, one.box.y_min, one.box.x_max, one.box.y_max]
    return [one.label, box, one.problem, one.score, one.attributes or None]


def _annotation(row: list[Any]) -> RawAnnotation:
    label, box, problem, score, attributes = row
    return RawAnnotation(label, Box(*box) if box else None, None, problem, score, attributes or {})


def _names_of(said: dict[str, Any]) -> tuple[str, ...]:
    """Of its file, else the last part of where it was fetched."""
    name = said.get("file_name")
    links = (said.get(field) for field in LINKS)
    found = [name] if isinstance(name, str) else [basename(link) for link in links if isinstance(link, str)]
    return tuple(text for text in found if len(text) <= LONGEST_NAME and as_path(text))


def _size_of(said: dict[str, Any]) -> Size | None:
    if "width" not in said and "height" not in said:
        return None
    return _side(said.get("width")), _side(said.get("height"))


def _side(said: Any) -> int:
    """0 where it is none that a picture can have."""
    try:
        side = number(said)
    except (ValueError, OverflowError):
        return 0
    return int(side) if math.isfinite(side) and 0 < side <= LARGEST_SIDE else 0


def _group_of(said: dict[str, Any]) -> str:
    group = said.get("group")
    return group if isinstance(group, str) else ""

"""Libraries that are not ours: what we write they open, what they write we read. The rows are those of `table`."""

from pathlib import Path
from shutil import copy

import pytest

from annotations.dataset.records import Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Choices, Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from tests.annotations.formats.laying import lay
from tests.peers.conftest import Peers
from tests.peers.environment import Data
from tests.peers.pets import ATTRIBUTES, BOXES, KINDS, PICTURES, PORTRAITS, sides, told
from tests.peers.table import OPENS, WRITES, Opens, Writes

pytestmark = pytest.mark.full

DATA: dict[str, tuple[Header, list[ImageRecord]]] = {
    "detection": (BOXES, PICTURES),
    "classification": (KINDS, PORTRAITS),
}
Marks = list[tuple[str, list[float]]]
Said = tuple[str | None, str | None, Marks]
"""An image's name and split, where they are told, and its labels with the sides of their boxes."""


@pytest.mark.parametrize("row", OPENS, ids=lambda row: f"{row.library}-{row.called}-{row.format}-{row.task}")
def test_a_library_opens_what_we_write(row: Opens, peers: Peers, tmp_path: Path) -> None:
    header, images = DATA[row.task]
    lay(FORMATS[row.format], header, images, tmp_path / "set")
    opened = peers(row.library).open(row.called, tmp_path / "set")
    expect_same([said(one, row) for one in opened["images"]], [written(one, row) for one in images], row.within)
    if "labels" in row.tells:
        assert tuple(opened["labels"]) == header.labels
    sizes = {one.name: (one.width, one.height) for one in images}
    assert [one["name"] for one in opened["images"] if "names" in row.tells and "width" in one] == [
        one["name"] for one in opened["images"] if (one.get("width"), one.get("height")) == sizes.get(one["name"])
    ]


@pytest.mark.parametrize("row", WRITES, ids=lambda row: f"{row.library}-{row.called}-{row.format}-{row.task}")
def test_what_a_library_writes_is_read(row: Writes, peers: Peers, tmp_path: Path) -> None:
    header, images = DATA[row.task]
    folder = tmp_path / "set"
    folder.mkdir()
    data = told(header, images, tmp_path / "pictures")
    peers(row.library).write(row.called, folder, data)
    if row.format != "tfrecord":
        lay_missing(data, folder)
    recognised = recognise(Listing(folder), row.task, FORMATS.values())
    assert recognised.format is FORMATS[row.format]
    limits = ReadLimits(choices=Choices(first_pixel=row.first_pixel))
    reading = read(FORMATS[row.format].layout, Listing(folder), limits)
    records = list(reading.records)
    assert {finding.rule.key for one in records for finding in one.findings} == row.findings
    came = [one for one in records if one.image]
    expect_same([read_of(one) for one in came], [kept(one, row) for one in images], row.within)
    assert {one.name for one in came if not one.annotated} == lost_negatives(row, images)
    if "labels" in row.keeps:
        assert reading.header.labels == header.labels


def test_attributes_come_through_datumaro_and_cvat(peers: Peers, tmp_path: Path) -> None:
    lay(FORMATS["cvat"], BOXES, PICTURES, tmp_path / "ours")
    opened = peers("datumaro").open("cvat", tmp_path / "ours")
    ((_, attributes),) = [one["attributes"] for one in opened["images"] if one["name"] == "a.jpg"]
    assert attributes == ATTRIBUTES
    (tmp_path / "theirs").mkdir()
    peers("datumaro").write("cvat", tmp_path / "theirs", told(BOXES, PICTURES, tmp_path / "pictures"))
    found = {one.name: one for one in read(FORMATS["cvat"].layout, Listing(tmp_path / "theirs"), ReadLimits()).records}
    assert dict(found["a.jpg"].annotations[1].attributes) == ATTRIBUTES


def test_label_studio_cuts_places_and_sizes_for_pascal_voc(peers: Peers, tmp_path: Path) -> None:
    """Each to whole pixels, so that a side moves by up to two; a box that has no area then is told."""
    folder = tmp_path / "set"
    folder.mkdir()
    data = told(BOXES, PICTURES, tmp_path / "pictures")
    peers("labelstudio").write("VOC", folder, data)
    lay_missing(data, folder)
    found = {one.name: one for one in read(FORMATS["voc"].layout, Listing(folder), ReadLimits()).records}
    assert [(one.label, one.box) for one in found["a.jpg"].annotations] == [
        ("dog", Box(1, 1, 30, 38)),
        ("cat", Box(8, 8, 63, 47)),
    ]
    assert [finding.reason for finding in found["d.jpg"].findings] == [
        "the box of 'dog' has no area: (10, 20) to (11, 20); left out"
    ]


def lay_missing(data: Data, folder: Path) -> None:
    """Where a library writes annotations alone, as Label Studio's converter does of names with blanks."""
    there = {Path(name).name for name in Listing(folder).images}
    for one in data["images"]:
        if one["name"] not in there:
            copy(one["path"], folder)


def written(image: ImageRecord, row: Opens) -> Said:
    marks = [
        (one.label, [side + shift for side, shift in zip(sides(one.box), (row.shifted,) * 2 + (0, 0), strict=True)])
        if one.box
        else (one.label, [])
        for one in image.annotations
    ]
    return image.name if "names" in row.tells else None, image.split if "splits" in row.tells else None, sorted(marks)


def said(one: Data, row: Opens) -> Said:
    marks: Marks = [(label, box) for label, *box in one["boxes"]] + [(label, []) for label in one["whole"]]
    return one["name"] if "names" in row.tells else None, one["split"] if "splits" in row.tells else None, sorted(marks)


def kept(image: ImageRecord, row: Writes) -> Said:
    split = image.split if "splits" in row.keeps and image.name not in lost_negatives(row, [image]) else None
    return image.name, split, sorted((one.label, list(sides(one.box)) if one.box else []) for one in image.annotations)


def read_of(one: Found) -> Said:
    marks = sorted((mark.label, list(sides(mark.box)) if mark.box else []) for mark in one.annotations)
    return one.name, one.split, marks


def lost_negatives(row: Writes, images: list[ImageRecord]) -> set[str]:
    return set() if "negatives" in row.keeps else {one.name for one in images if not one.annotations}


def expect_same(came: list[Said], expected: list[Said], within: float) -> None:
    came, expected = sorted(came, key=str), sorted(expected, key=str)
    assert [(name, split, [label for label, _ in marks]) for name, split, marks in came] == [
        (name, split, [label for label, _ in marks]) for name, split, marks in expected
    ]
    for (_, _, one), (_, _, other) in zip(came, expected, strict=True):
        assert [box for _, box in one] == [pytest.approx(box, abs=within, rel=0) for _, box in other]

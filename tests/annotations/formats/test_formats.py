"""What holds for each format of the table."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from annotations.dataset.manifest import SIDES
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Task
from annotations.formats import FORMATS, Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from tests.annotations.formats.laying import lay as lay_images
from tests.annotations.images import picture

ROOT = Path(__file__).parents[3]
ROWS = list(FORMATS.values())
CASES = [pytest.param(row, task, id=f"{row.name}-{task}") for row in ROWS for task in row.tasks]
LABELS = ("dog", "cat", "nobody has it")
CAT, DOG = Box(1, 2.25, 30, 40), Box(0.1, 0, 64, 47.875)

HOSTILE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00\x80",
    "the half": None,
    "markup": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation>&e;</annotation>',
    "numbers": b'{"images": 1e999, "annotations": [[[[[[null]]]]]]}',
    "one long line": b"9" * 100_000,
}

EMPTY_IS_NEGATIVE = {"yolo": "labels/", "darknet": "data/obj_"}
"""Where an empty text says that nothing is on its image, and takes nothing away."""


def images(task: Task) -> list[ImageRecord]:
    """Labelled in two splits under names that meet, one with nothing on it, one that nobody has labelled."""
    first: tuple[AnnotationRecord, ...] = (AnnotationRecord("cat", CAT), AnnotationRecord("dog", DOG))
    second = AnnotationRecord("cat", DOG)
    if task == "classification":
        first, second = (AnnotationRecord("cat"),), AnnotationRecord("dog")
    return [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=first),
        ImageRecord("A.png", "2" * 64, 64, 48, queue="review", split="val", annotations=(second,)),
        ImageRecord("b.jpg", "4" * 64, 64, 48, queue="done", split="val"),
        ImageRecord("sub/../odd name?.jpg", "3" * 64, 64, 48),
    ]


def lay(row: Format, task: Task, folder: Path) -> None:
    lay_images(row, Header(task, LABELS, "Pets"), images(task), folder)


def found_in(row: Format, folder: Path) -> Iterator[Found]:
    return read(row.layout, Listing(folder), ReadLimits()).records


def expected(row: Format, image: ImageRecord) -> tuple[object, ...]:
    """What should come back of an image: whether a file speaks of it, its split, and its labels."""
    labels = sorted(one.label for one in image.annotations)
    spoken = bool(labels) or (image.is_labelled and "negatives" in row.keeps)
    return (spoken, image.split if spoken and "splits" in row.keeps else None, labels)


def came_back(found: Found) -> tuple[object, ...]:
    return (found.annotated, found.split, sorted(one.label for one in found.annotations))


@pytest.mark.parametrize(("row", "task"), CASES)
def test_what_is_written_is_recognised_and_read_again(row: Format, task: Task, tmp_path: Path) -> None:
    lay(row, task, tmp_path)
    listing = Listing(tmp_path)
    surest = recognise(listing, task, ROWS)
    assert (surest.format, bool(surest.reason)) == (row, True)
    reading = read(row.layout, listing, ReadLimits())
    assert reading.header.task in {task, None}
    assert reading.header.labels == (LABELS if "labels" in row.keeps else ())
    records = list(reading.records)
    assert not [finding for found in records for finding in found.findings]
    wanted = [expected(row, image) for image in images(task)]
    assert sorted(map(came_back, records), key=str) == sorted(wanted, key=str)


@pytest.mark.parametrize("row", [row for row in ROWS if "detection" in row.tasks], ids=lambda row: row.name)
def test_a_box_comes_back_within_the_stated_precision(row: Format, tmp_path: Path) -> None:
    lay(row, "detection", tmp_path)
    boxes = [one.box for found in found_in(row, tmp_path) for one in found.annotations]
    written = [one.box for image in images("detection") for one in image.annotations]
    assert len(boxes) == len(written)
    for box in written:
        assert min(distance(box, other) for other in boxes) <= row.precision


def distance(one: Box | None, other: Box | None) -> float:
    assert one
    assert other
    return max((abs(float(getattr(one, side) - getattr(other, side))) for side in SIDES), default=0.0)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("row", "task"), CASES)
def test_what_a_hostile_text_takes_away_is_said(row: Format, task: Task, hostile: str, tmp_path: Path) -> None:
    """Each text in turn: whatever is missing then has an error that names the file."""
    lay(row, task, tmp_path)
    whole, _ = labels_and_errors(row, tmp_path)
    for name in Listing(tmp_path).texts:
        path, bad = tmp_path / name, HOSTILE[hostile]
        if bad == b"" and name.startswith(EMPTY_IS_NEGATIVE.get(row.name, "/")):
            continue
        good = path.read_bytes()
        path.write_bytes(good[: len(good) // 2] if bad is None else bad)
        left, errors = labels_and_errors(row, tmp_path)
        assert left == whole or name in errors
        path.write_bytes(good)


def labels_and_errors(row: Format, folder: Path) -> tuple[list[list[str]], set[str]]:
    """The labels of each image, and the files that an error names."""
    try:
        records = list(found_in(row, folder))
    except FormatError as error:
        return [], {error.file}
    labels = sorted(sorted(one.label for one in found.annotations) for found in records if found.image)
    return labels, {said.file for found in records for said in found.findings if said.severity == "error"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_folder_of_something_else_is_not_taken(row: Format, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "feed.xml").write_text("<rss/>")
    (tmp_path / "a.jpg").write_bytes(picture())
    said = row.layout.recognise(Listing(tmp_path))
    assert (said.confidence, bool(said.reason)) == (0.0, True)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_says_which_projects_it_is_for(row: Format) -> None:
    tasks: list[Task] = ["detection", "classification"]
    assert [task for task in tasks if not row.mismatch(task)] == [task for task in tasks if task in row.tasks]
    assert row.name == row.name.lower()
    assert row.reads or row.writes


def test_a_layout_is_imported_when_it_is_needed() -> None:
    """The table alone costs nothing: formats may need libraries that are heavy to load."""
    code = (
        "import sys, annotations.formats; sys.exit('lxml' in sys.modules or 'annotations.formats.voc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_surest_wins_and_the_task_decides_first(tmp_path: Path) -> None:
    labels = replace(FORMATS["imagefolder"], tasks=("classification",))
    rows = [FORMATS["voc"], labels]
    lay(FORMATS["voc"], "detection", tmp_path)
    lay(labels, "classification", tmp_path)
    listing = Listing(tmp_path)
    assert recognise(listing, "classification", rows).format == labels
    assert recognise(listing, "detection", rows).format == FORMATS["voc"]
    assert recognise(listing, "detection", [labels]).format == labels


def test_where_nothing_is_sure_each_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    found = recognise(Listing(tmp_path), "detection", ROWS)
    assert found.format is None
    assert set(found.reasons) == {row.title for row in ROWS}


def test_the_page_of_formats_tells_this_table_and_these_rules() -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "formats.py", "--check"], check=True)

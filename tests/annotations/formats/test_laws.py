"""Round trips are laws: what a format writes it reads again, whatever is in it; and so does each other format after it.

What comes back is compared with what the row of the table promises: `keeps`, `attributes`, `precision`, and what its
layout tells of losses.
"""

import hashlib
import string
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotations.dataset.attributes import CROWD, DEPICTION, DIFFICULT, INSIDE, OCCLUDED, POSE, TRUNCATED
from annotations.dataset.manifest import SIDES
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split, Task
from annotations.formats import FORMATS, Format
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from boxwright.projects.label_names import fault_in
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay, picture_of

BOTH_WAYS = [row for row in FORMATS.values() if row.reads and row.writes]
CASES = [pytest.param(row, task, id=f"{row.name}-{task}") for row in BOTH_WAYS for task in row.tasks]
TASKS: tuple[Task, ...] = ("detection", "classification")


def pairs(task: Task) -> Iterator[Any]:
    """Each format with each; neighbours in the table, the last with the first, in each run."""
    rows = [row for row in BOTH_WAYS if task in row.tasks]
    for place, one in enumerate(rows):
        for other in rows[:place] + rows[place + 1 :]:
            marks = () if other is rows[(place + 1) % len(rows)] else pytest.mark.full
            yield pytest.param(one, other, task, id=f"{one.name}-{other.name}-{task}", marks=marks)


PAIRS = [pair for task in TASKS for pair in pairs(task)]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
SIZES = [(1, 1), (7, 5), (64, 48), (48, 64)]
QUEUES = ["unlabelled", "labelled", "done"]
FLAGS = [DIFFICULT, TRUNCATED, OCCLUDED, CROWD, DEPICTION, INSIDE]

characters = st.characters(exclude_categories=["C", "Zl", "Zp"])
odd_texts = st.sampled_from(
    ["a,b", "a;b", 'say "hi"', "it's", "<b>&amp;", "#1", "100%", "%41", "naïve", "日本", "a/b", "a\\b"]
)
label_names = (
    (st.text(characters, min_size=1, max_size=12) | odd_texts).map(str.strip).filter(lambda n: not fault_in(n))
)
file_stems = st.text(string.ascii_letters + " ._-#%&+,;äé", min_size=1, max_size=10) | odd_texts
scores = st.none() | st.floats(0, 1, width=32)
flags = st.dictionaries(st.sampled_from(FLAGS), st.just(True), max_size=3)
attributes = st.builds(
    lambda set_, pose, own: set_ | ({POSE: pose} if pose else {}) | own,
    flags,
    st.sampled_from(["", "", "Left"]),
    st.dictionaries(
        st.sampled_from(["colour", "count", "worn"]), st.sampled_from([True, False, 3, 2.5, "red & blue"]), max_size=2
    ),
)


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> Box:
    """From whole pixels to any float, at least a hundredth of a pixel wide."""
    whole = draw(st.booleans())

    def side(most: int) -> tuple[float, float]:
        if whole:
            first = draw(st.integers(0, most - 1))
            return first, draw(st.integers(first + 1, most))
        first_float = draw(st.floats(0, most - 0.5))
        return first_float, draw(st.floats(first_float + 0.01, most))

    (x0, x1), (y0, y1) = side(width), side(height)
    return Box(x0, y0, x1, y1)


@st.composite
def images(draw: st.DrawFn, task: Task, labels: list[str], number: int) -> ImageRecord:
    width, height = draw(st.sampled_from(SIZES))
    queue = draw(st.sampled_from(QUEUES)) if labels else "unlabelled"
    found: list[AnnotationRecord] = []
    if queue != "unlabelled" and task == "detection":
        found = draw(
            st.lists(
                st.builds(
                    AnnotationRecord,
                    st.sampled_from(labels),
                    boxes(width, height),
                    score=scores,
                    source=st.just("import"),
                    attributes=attributes,
                ),
                max_size=4,
            )
        )
    elif queue != "unlabelled":
        found = [AnnotationRecord(draw(st.sampled_from(labels)), score=draw(scores), source="import")]
    return ImageRecord(
        name=draw(file_stems).strip() + draw(st.sampled_from([".jpg", ".JPG", ".png", ".jpeg"])),
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        width=width,
        height=height,
        queue=queue,
        split=draw(st.sampled_from(SPLITS)) if queue != "unlabelled" else "train",
        annotations=tuple(found),
    )


@st.composite
def datasets(draw: st.DrawFn, task: Task) -> tuple[Header, list[ImageRecord]]:
    labels = draw(st.lists(label_names, max_size=4, unique_by=str.casefold))
    count = draw(st.integers(0, 5))
    found = [draw(images(task, labels, number)) for number in range(count)]
    return Header(task, tuple(labels), "Pets"), sorted(found, key=lambda image: image.sha256)


def round_trip(row: Format, header: Header, written: list[ImageRecord]) -> tuple[Header, list[ImageRecord]]:
    """Written and read again: images by their picture, in the order of `written`."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        lay(row, header, written, folder)
        listing = Listing(folder)
        reading = read(row.layout, listing, ReadLimits())
        found = list(reading.records)
        by_picture = {digest(listing.path(one.image)): one for one in found if one.image}
        wrong = [said for one in found for said in one.findings if said.severity != "info"]
        assert not wrong
        assert len(by_picture) == len(written)
        return reading.header, [record(one, by_picture[sha(image)]) for one in written for image in [one]]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sha(image: ImageRecord) -> str:
    return hashlib.sha256(picture_of(image)).hexdigest()


def record(image: ImageRecord, found: Found) -> ImageRecord:
    """The image as an import would have it."""
    return replace(
        image,
        queue="labelled" if found.annotated else "unlabelled",
        split=found.split or "train",
        name=found.name or image.name,
        group=found.group,
        annotations=found.annotations,
    )


def promised(row: Format, image: ImageRecord) -> ImageRecord:
    """What the row says comes back."""
    looked_at = image.is_labelled and (bool(image.annotations) or "negatives" in row.keeps)
    if not image.is_labelled and "unlabelled" not in row.keeps:
        looked_at = True
    kept = tuple(
        replace(
            one,
            score=one.score if "scores" in row.keeps else None,
            attributes={k: v for k, v in one.attributes.items() if k in row.attributes or "*" in row.attributes},
        )
        for one in image.annotations
    )
    split: Split = image.split if looked_at and "splits" in row.keeps else "train"
    return replace(image, queue="labelled" if looked_at else "unlabelled", split=split, annotations=kept)


def expect_same(row: Format, came: ImageRecord, wanted: ImageRecord, precision: float) -> None:
    if "splits" not in row.keeps or not wanted.is_labelled:
        came = replace(came, split="train")
    assert (came.queue, came.split) == (wanted.queue, wanted.split)
    if "names" in row.keeps:
        assert came.name == wanted.name
    mine, theirs = came.annotations, wanted.annotations
    assert len(mine) == len(theirs)
    # Not sorted by their corners: what comes back may lie on the other side of any border of a sort key.
    assert any(
        all(is_same(one, other, precision) for one, other in zip(some, theirs, strict=True))
        for some in permutations(mine)
    ), (mine, theirs)


def is_same(one: AnnotationRecord, other: AnnotationRecord, precision: float) -> bool:
    if (one.label, one.score, dict(one.attributes)) != (other.label, other.score, dict(other.attributes)):
        return False
    if one.box is None or other.box is None:
        return one.box is other.box
    return all(abs(getattr(one.box, side) - getattr(other.box, side)) <= precision + 1e-9 for side in SIDES)


def holds(row: Format, header: Header, written: list[ImageRecord]) -> bool:
    """Whether the layout tells of no loss beside what the row says: then all of it must come back."""
    lost = [
        *row.layout.loses_of_labels(header),
        *(text for image in written for text in row.layout.loses(header, image)),
    ]
    return not lost


@examples(6, 60)
@given(data=st.data())
@pytest.mark.parametrize(("row", "task"), CASES)
def test_what_is_written_is_read_again(row: Format, task: Task, data: st.DataObject) -> None:
    header, written = data.draw(datasets(task))
    assume(holds(row, header, written))
    read_header, came = round_trip(row, header, written)
    if "labels" in row.keeps:
        assert read_header.labels == header.labels
    for one, image in zip(came, written, strict=True):
        expect_same(row, one, promised(row, image), row.precision)


@examples(2, 20)
@given(data=st.data())
@pytest.mark.parametrize(("one", "other", "task"), PAIRS)
def test_what_one_format_brought_another_takes_out_again(
    one: Format, other: Format, task: Task, data: st.DataObject
) -> None:
    header, written = data.draw(datasets(task))
    assume(holds(one, header, written))
    _, first = round_trip(one, header, written)
    assume(holds(other, header, first))
    _, second = round_trip(other, header, first)
    for came, image in zip(second, first, strict=True):
        expect_same(other, came, promised(other, image), one.precision + other.precision)


@pytest.mark.parametrize(("row", "task"), CASES)
def test_there_may_be_nothing_at_all(row: Format, task: Task) -> None:
    round_trip(row, Header(task, (), "Pets"), [])


@pytest.mark.parametrize("row", [row for row in BOTH_WAYS if "detection" in row.tasks], ids=lambda row: row.name)
def test_an_image_may_carry_thousands(row: Format) -> None:
    found = tuple(many(2_000))
    image = ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=found)
    (came,) = round_trip(row, Header("detection", ("cat", "dog"), "Pets"), [image])[1]
    assert len(came.annotations) == len(found)


def many(count: int) -> Iterator[AnnotationRecord]:
    for number in range(count):
        x, y = number % 60, number // 60 % 40
        yield AnnotationRecord("cat" if number % 2 else "dog", Box(x, y, x + 1 + number / count, y + 1.25))

"""Cloud Annotations: what the tool kept in its bucket, and what its command line exported."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, Reading, read
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.mangled import mangled, read_or_refused
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

CLOUD = FORMATS["cloud_annotations"]
CAT = {"id": "6b1f", "label": "Cat", "x": 0.25, "y": 0.5, "x2": 0.75, "y2": 1}
DOG = {"label": "Dog", "x": 0, "y": 0.25, "x2": 0.5, "y2": 0.75}


def file(annotations: Any, kind: str = "localization", labels: Any = ("Cat", "Dog"), **more: Any) -> dict[str, Any]:
    return {"version": "1.0", "type": kind, "labels": labels, "annotations": annotations, **more}


def reading(folder: Path, said: Any, name: str = "_annotations.json") -> Reading:
    for number, image in enumerate(("image1.jpg", "more/image2.png", "image3.jpeg")):
        (folder / image).parent.mkdir(exist_ok=True)
        (folder / image).write_bytes(picture(number))
    (folder / name).write_text(json.dumps(said))
    return read(CLOUD.layout, Listing(folder), ReadLimits())


def told(found: list[Found]) -> list[tuple[Rule, str]]:
    return [(said.rule, said.reason) for one in found for said in one.findings]


def test_boxes_are_shares_of_the_sides(tmp_path: Path) -> None:
    """As documented; image3 is not named and therefore unlabelled."""
    made = reading(tmp_path, file({"image1.jpg": [CAT, DOG], "more/image2.png": []}))
    assert (made.header.task, made.header.labels) == ("detection", ("Cat", "Dog"))
    first, second, third = made.records
    assert [(one.label, one.box) for one in first.annotations] == [
        ("Cat", Box(16, 24, 48, 48)),
        ("Dog", Box(0, 12, 32, 36)),
    ]
    assert [(one.image, one.annotated) for one in (second, third)] == [
        ("more/image2.png", True),
        ("image3.jpeg", False),
    ]
    assert told([first, second, third]) == []


def test_labels_of_whole_images(tmp_path: Path) -> None:
    made = reading(tmp_path, file({"image1.jpg": [{"label": "Dog"}]}, "classification"))
    assert made.header.task == "classification"
    assert next(made.records).annotations == (AnnotationRecord("Dog", source="import"),)


def test_labels_may_be_objects_and_the_file_renamed(tmp_path: Path) -> None:
    """`cacli export --annotations` leaves `annotations.json`."""
    labels = [{"id": "1", "name": "Dog"}, "Cat", "Dog", 5]
    made = reading(tmp_path, file({"image1.jpg": [CAT]}, labels=labels), "annotations.json")
    assert made.header.labels == ("Dog", "Cat")
    assert CLOUD.layout.recognise(Listing(tmp_path)).confidence == 1.0
    assert len(next(made.records).annotations) == 1


def test_there_may_be_more_labels_than_are_looked_at_first(tmp_path: Path) -> None:
    made = reading(tmp_path, file({"image1.jpg": [CAT]}, labels=[f"label {n}" for n in range(9_000)]))
    assert (len(made.header.labels), len(next(made.records).annotations)) == (9_000, 1)
    with pytest.raises(FormatError, match="more than 10000 labels"):
        reading(tmp_path, file({}, labels=["a"] * 10_001))


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"label": "Cat", "x": 0.1, "y": 0.1, "x2": 0.2}, Rule.BAD_ANNOTATION),
        ({"label": "Cat", "x": "a", "y": 0.1, "x2": 0.2, "y2": 1}, Rule.BAD_ANNOTATION),
        ({**CAT, "label": None}, Rule.NO_LABEL),
        ({**CAT, "x2": 0.25}, Rule.NO_AREA),
        ({**CAT, "x": 0.9}, Rule.SWAPPED),
        ({**CAT, "x2": 1.5}, Rule.CUT),
        ({**CAT, "tool": "box", "targets": []}, Rule.ATTRIBUTE),
        ("Cat", Rule.NO_LABEL),
    ],
)
def test_what_is_not_as_it_should_be_is_told(said: Any, rule: Rule, tmp_path: Path) -> None:
    found = list(reading(tmp_path, file({"image1.jpg": [said]})).records)
    assert [rule for rule, _ in told(found)] == [rule]


def test_image_without_a_list_is_held_back(tmp_path: Path) -> None:
    found = list(reading(tmp_path, file({"image1.jpg": 5, "gone.jpg": [CAT]})).records)
    assert [rule for rule, _ in told(found)] == [Rule.UNREADABLE, Rule.HELD_BACK, Rule.NO_IMAGE]
    assert "image1.jpg" not in [one.image for one in found]


def test_the_second_version_is_refused_by_name(tmp_path: Path) -> None:
    second = {"labels": {"1": {"id": "1", "name": "Cat"}}, "annotations": {}, "images": {}}
    with pytest.raises(FormatError, match="second version"):
        reading(tmp_path, second)
    assert CLOUD.layout.recognise(Listing(tmp_path)).confidence == 0.0


def test_what_is_written_is_what_the_tool_wrote(tmp_path: Path) -> None:
    cat = AnnotationRecord("Cat", Box(16, 24, 48, 48))
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(cat,)),
        ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled"),
        ImageRecord("c.jpg", "3" * 64, 64, 48),
    ]
    lay(CLOUD, Header("detection", ("Cat", "Dog"), "Pets"), images, tmp_path)
    box = {"label": "Cat", "x": 0.25, "y": 0.5, "x2": 0.75, "y2": 1}
    assert json.loads((tmp_path / "_annotations.json").read_text()) == {
        "version": "1.0",
        "type": "localization",
        "labels": ["Cat", "Dog"],
        "annotations": {"a.jpg": [box], "b.jpg": []},
    }


@examples(25, 150)
@given(data=st.data())
def test_whatever_a_file_says_it_is_read_or_refused(data: st.DataObject) -> None:
    said = file({"a.jpg": [CAT, {"label": "Dog"}], "b.jpg": []})
    read_or_refused(CLOUD, data.draw(mangled(said)), "_annotations.json")


@pytest.mark.full
def test_memory_stays_flat(tmp_path: Path) -> None:
    assert growth("cloud_annotations", tmp_path) < 60 * 2**20

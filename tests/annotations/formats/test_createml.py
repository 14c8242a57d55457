"""CreateML as Apple documents it, and as Roboflow, LabelImg and Cloud Annotations' command line write it."""

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

CREATEML = FORMATS["createml"]
CAT = {"label": "cat", "coordinates": {"x": 20, "y": 10.5, "width": 8, "height": 5}}
BOX = Box(16, 8, 24, 13)


def reading(folder: Path, said: Any, name: str = "annotations.json", image: str = "a.jpg") -> Reading:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(said))
    (folder / name).with_name(image).write_bytes(picture())
    return read(CREATEML.layout, Listing(folder), ReadLimits())


def told(found: list[Found]) -> list[tuple[Rule, str]]:
    return [(said.rule, said.reason) for one in found for said in one.findings]


@pytest.mark.parametrize("image", ["image", "imagefilename"])
@pytest.mark.parametrize("annotations", ["annotations", "annotation", "label"])
def test_boxes_are_centres_and_sizes(image: str, annotations: str, tmp_path: Path) -> None:
    """Apple's own pages call the fields differently."""
    made = reading(tmp_path, [{image: "a.jpg", annotations: [CAT]}])
    assert made.header.task == "detection"
    (found,) = made.records
    assert (found.annotations, found.findings) == ((AnnotationRecord("cat", BOX, source="import"),), ())
    assert CREATEML.layout.recognise(Listing(tmp_path)).confidence == 1.0


def test_the_layout_of_roboflow(tmp_path: Path) -> None:
    name = "a_jpg.rf.0123456789abcdef0123456789abcdef.jpg"
    said = [{"image": name, "annotations": [CAT]}]
    (found,) = reading(tmp_path, said, "valid/_annotations.createml.json", name).records
    assert (found.name, found.split, found.group, len(found.annotations)) == ("a.jpg", "val", "a.jpg", 1)


def test_the_layout_of_labelimg(tmp_path: Path) -> None:
    found = list(reading(tmp_path, [{"image": "a.jpg", "verified": True, "annotations": [CAT]}]).records)
    assert len(found[0].annotations) == 1
    assert told(found) == [(Rule.ATTRIBUTE, "1 images have the field 'verified', which is not kept")]


@pytest.mark.parametrize(
    "said",
    [
        {"image": "a.jpg", "label": "cat"},
        {"image": "a.jpg", "annotation": "cat"},
        {"image": "a.jpg", "annotations": ["cat"]},
        {"image": "a.jpg", "annotations": [{"label": "cat"}]},
    ],
)
def test_labels_of_whole_images(said: Any, tmp_path: Path) -> None:
    made = reading(tmp_path, [said])
    assert made.header.task == "classification"
    (found,) = made.records
    assert found.annotations == (AnnotationRecord("cat", source="import"),)
    assert CREATEML.layout.recognise(Listing(tmp_path)).confidence == 0.5


def test_predictions_keep_their_confidence(tmp_path: Path) -> None:
    (found,) = reading(tmp_path, [{"image": "a.jpg", "annotations": [{**CAT, "confidence": 0.5}]}]).records
    assert found.annotations[0].score == 0.5


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"label": "cat", "coordinates": {"x": 1, "y": 2, "width": 3}}, Rule.BAD_ANNOTATION),
        ({"label": "cat", "coordinates": [1, 2, 3, 4]}, Rule.BAD_ANNOTATION),
        ({**CAT, "label": ""}, Rule.NO_LABEL),
        (5, Rule.BAD_ANNOTATION),
        ({**CAT, "type": "rectangle"}, Rule.ATTRIBUTE),
        ({"label": "cat", "coordinates": {"x": "20,5", "y": 9, "width": 3, "height": 3}}, Rule.DECIMAL_COMMA),
        ({"label": "cat", "coordinates": {"x": 20, "y": 9, "width": -3, "height": 3}}, Rule.SWAPPED),
        ({"label": "cat", "coordinates": {"x": 200, "y": 9, "width": 3, "height": 3}}, Rule.OUTSIDE),
    ],
)
def test_what_is_not_as_it_should_be_is_told(said: Any, rule: Rule, tmp_path: Path) -> None:
    found = list(reading(tmp_path, [{"image": "a.jpg", "annotations": [said]}]).records)
    assert [rule for rule, _ in told(found)] == [rule]


def test_image_without_annotations_of_any_kind_is_held_back(tmp_path: Path) -> None:
    found = list(reading(tmp_path, [{"image": "b.jpg", "annotations": []}, {"image": "a.jpg"}, 7]).records)
    assert [rule for rule, _ in told(found)] == [Rule.NO_IMAGE, Rule.UNREADABLE, Rule.HELD_BACK, Rule.UNREADABLE]
    assert [one.image for one in found] == [None] * 3


@pytest.mark.parametrize(
    "said",
    [
        [{"image": "a.jpg", "id": 1, "label": [{"x": 1, "rectanglelabels": ["cat"]}], "annotator": 1}],
        [{"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"result": []}]}],
        [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}],
        {"images": [], "annotations": [], "categories": []},
        [],
    ],
)
def test_files_of_others_are_not_taken(said: Any, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="lists no images"):
        reading(tmp_path, said)
    assert CREATEML.layout.recognise(Listing(tmp_path)).confidence == 0.0


def test_each_split_has_its_folder(tmp_path: Path) -> None:
    cat = AnnotationRecord("cat", BOX)
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", split="val", annotations=(cat,)),
        ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled", split="val"),
        ImageRecord("c.jpg", "3" * 64, 64, 48),
    ]
    lay(CREATEML, Header("detection", ("cat",), "Pets"), images, tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == [
        "unlabelled/c.jpg",
        "valid/_annotations.createml.json",
        "valid/a.jpg",
        "valid/b.jpg",
    ]
    assert json.loads((tmp_path / "valid/_annotations.createml.json").read_text()) == [
        {"image": "a.jpg", "annotations": [CAT]},
        {"image": "b.jpg", "annotations": []},
    ]


@examples(25, 150)
@given(data=st.data())
def test_whatever_a_file_says_it_is_read_or_refused(data: st.DataObject) -> None:
    said = [{"image": "a.jpg", "annotations": [CAT, {**CAT, "confidence": 1}]}, {"image": "b.jpg", "label": "cat"}]
    read_or_refused(CREATEML, data.draw(mangled(said)), "train/_annotations.createml.json")


@pytest.mark.full
def test_memory_stays_flat(tmp_path: Path) -> None:
    assert growth("createml", tmp_path) < 60 * 2**20

"""Label Studio: as its documentation shows it, as it comes damaged, as its own converter reads what we write."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.losses import losses_of
from annotations.formats.reading import Found, read
from tests.annotations.formats.damage import broken_bytes, broken_values, read_text
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

LABEL_STUDIO = FORMATS["labelstudio"]


def rectangle(x: float = 50, y: float = 25, width: float = 25, height: float = 50, **more: Any) -> dict[str, Any]:
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": 0, "rectanglelabels": ["Moonwalker"]}
    return region("rectanglelabels", {**value, **more.pop("value", {})}, **more)


def region(kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"from_name": "tag", "to_name": "img", "source": "$image", "id": "Dx_aB91ISN"}
    size = {"original_width": 64, "original_height": 48, "image_rotation": 0}
    return {**known, "type": kind, "value": value, **size, **more}


def task(*results: Any, image: str = "https://example.com/opensource/a.jpg", **more: Any) -> dict[str, Any]:
    annotation = {"id": "1001", "result": list(results), "was_cancelled": False, "ground_truth": False, "task": 1}
    return {"id": 1, "data": {"image": image}, "annotations": [annotation], "predictions": [], "project": 83, **more}


def found_in(*tasks: Any) -> list[Found]:
    found = read_text(LABEL_STUDIO, "export.json", json.dumps(tasks).encode())
    assert isinstance(found, list), found
    return found


def rules(found: list[Found]) -> list[Rule]:
    return [said.rule for one in found for said in one.findings]


def sides(found: Found) -> list[tuple[float, ...]]:
    boxes = [one.box for one in found.annotations if one.box]
    return [tuple(round(side, 6) for side in (b.x_min, b.y_min, b.x_max, b.y_max)) for b in boxes]


MOONWALKER = AnnotationRecord("Moonwalker", Box(32, 12, 48, 36), source="import")


def test_documented_example_is_read() -> None:
    (found,) = found_in(task(rectangle()))
    assert (found.image, found.annotations, found.findings) == ("a.jpg", (MOONWALKER,), ())


@pytest.mark.parametrize(
    ("document", "sure"),
    [
        ([task(rectangle())], 1.0),
        ([{"image": "/data/upload/a.jpg", "label": [rectangle()["value"]], "annotator": 1, "annotation_id": 1}], 0.9),
        ([{"id": 1, "data": {"image": "a.jpg"}}], 0.5),
        (task(rectangle()), 0.9),
        ([{"image": "a.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 1}}]}], 0.0),
        ({"images": [], "annotations": [], "categories": []}, 0.0),
    ],
)
def test_it_is_known_by_its_tasks(document: Any, sure: float, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert LABEL_STUDIO.layout.recognise(Listing(tmp_path)).confidence == sure


@pytest.mark.parametrize(
    "address",
    [
        "/data/upload/1/0a1b2c3d-a.jpg",
        "/data/local-files/?d=set/images/a.jpg",
        "/data/local-files/?d=set%2Fimages%2Fa.jpg",
        "s3://bucket/folder/a.jpg",
        "https://example.com/a.jpg?token=1",
        "images\\a.jpg",
        "a.jpg",
    ],
)
def test_image_is_found_by_its_address(address: str) -> None:
    (found,) = found_in(task(rectangle(), image=address))
    assert (found.image, found.findings) == ("a.jpg", ())


def test_folders_of_an_address_count(tmp_path: Path) -> None:
    for name in ("a/x #1.jpg", "b/x #1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(picture(len(name) + ord(name[0])))
    (tmp_path / "t.json").write_text(json.dumps([task(image="/data/local-files/?d=b%2Fx%20%231.jpg")]))
    found = next(read(LABEL_STUDIO.layout, Listing(tmp_path), ReadLimits()).records)
    assert found.image == "b/x #1.jpg"


def test_name_that_begins_like_an_upload_is_taken_as_it_is(tmp_path: Path) -> None:
    for name in ("0a1b2c3d-a.jpg", "a.jpg"):
        (tmp_path / name).write_bytes(picture(len(name)))
    (tmp_path / "t.json").write_text(json.dumps([task(image="/data/upload/1/0a1b2c3d-a.jpg")]))
    found = next(read(LABEL_STUDIO.layout, Listing(tmp_path), ReadLimits()).records)
    assert (found.image, found.findings) == ("0a1b2c3d-a.jpg", ())


def test_turned_rectangle_gives_the_upright_box_around_it() -> None:
    (found,) = found_in(task(rectangle(50, 50, 25, 25, value={"rotation": 90})))
    assert sides(found) == [(20, 24, 32, 40)]  # 16 × 12 pixels, turned about (32, 24)
    assert rules([found]) == [Rule.ROTATED]


@pytest.mark.parametrize(
    ("kind", "value", "box", "rule"),
    [
        ("polygonlabels", {"points": [[0, 50], [50, 0], [50, 50]]}, (0, 0, 32, 24), Rule.SHAPE),
        ("ellipselabels", {"x": 50, "y": 50, "radiusX": 25, "radiusY": 25}, (16, 12, 48, 36), Rule.SHAPE),
        ("brushlabels", {"format": "rle", "rle": [1, 2]}, None, Rule.BAD_ANNOTATION),
        ("keypointlabels", {"x": 1, "y": 2, "width": 0.5}, None, Rule.BAD_ANNOTATION),
        ("polygonlabels", {"points": []}, None, Rule.BAD_ANNOTATION),
        ("polygonlabels", {"points": [[1, 2, 3]]}, None, Rule.BAD_ANNOTATION),
        ("rectanglelabels", {"x": None, "y": 2, "width": 1, "height": 1}, None, Rule.BAD_ANNOTATION),
    ],
)  # fmt: skip
def test_other_shapes_give_their_box_or_a_reason(kind: str, value: dict[str, Any], box: Any, rule: Rule) -> None:
    (found,) = found_in(task(region(kind, {**value, kind: ["cat"]})))
    assert sides(found) == ([box] if box else [])
    assert (rules([found]), found.left_out) == ([rule], 0 if box else 1)


def test_shape_and_label_may_come_apart() -> None:
    shape = region("rectangle", {"x": 50, "y": 25, "width": 25, "height": 50, "rotation": 0}, score=0.5)
    label = region("labels", {**shape["value"], "labels": ["Moonwalker"]})
    (found,) = found_in(task(shape, label))
    assert found.annotations == (AnnotationRecord("Moonwalker", Box(32, 12, 48, 36), score=0.5, source="import"),)


def test_what_was_said_of_a_region_becomes_its_attributes() -> None:
    of_it = [
        region("choices", {**rectangle()["value"], "choices": ["red"]}, from_name="colour"),
        region("number", {"number": 3}, from_name="count"),
        region("textarea", {"text": ["one", "two"]}, from_name="notes"),
    ]
    (found,) = found_in(task(rectangle(meta={"text": ["far"], "deep": {"a": 1}}), *of_it))
    assert dict(found.annotations[0].attributes) == {"text": "far", "colour": "red", "count": 3, "notes": "one, two"}
    assert rules([found]) == [Rule.ATTRIBUTE]


def test_choices_label_the_whole_image() -> None:
    choice = {"id": "x", "type": "choices", "from_name": "choice", "to_name": "img", "value": {"choices": ["cat"]}}
    (found,) = found_in(task(choice))
    assert found.annotations == (AnnotationRecord("cat", source="import"),)


def test_newest_annotation_that_was_not_cancelled_counts() -> None:
    said = [
        {"result": [rectangle(0)], "updated_at": "2021-03-09T22:16:08Z"},
        {"result": [rectangle()], "updated_at": "2021-03-10T22:16:08Z"},
        {"result": [], "updated_at": "2021-03-11T22:16:08Z", "was_cancelled": True},
    ]
    found = found_in({"id": 1, "data": {"img": "a.jpg"}, "completions": said, "predictions": [{"result": []}]})
    assert found[0].annotations == (MOONWALKER,)
    assert rules(found[1:]) == [Rule.PREDICTIONS, Rule.SEVERAL_ANSWERS]


def test_empty_annotation_says_that_nothing_is_there_and_none_says_nothing() -> None:
    assert [(one.annotated, one.findings) for one in found_in(task())] == [(True, ())]
    assert [(one.annotated, one.findings) for one in found_in(task(annotations=[]))] == [(False, ())]
    skipped = found_in(task(annotations=[{"result": [], "was_cancelled": True}]))
    assert ([one.annotated for one in skipped if one.image], rules(skipped)) == ([False], [Rule.UNLABELLED])


def test_short_form_is_read() -> None:
    boxes = [{**rectangle()["value"], "original_width": 64, "original_height": 48}]
    own = {"id": 1, "annotator": 1, "annotation_id": 7, "created_at": "x", "updated_at": "x", "lead_time": 2.5}
    found = found_in({"image": "/data/upload/0a1b2c3d-a.jpg", "label": boxes, **own, "caption": "what a day"})
    assert (found[0].annotations, rules(found)) == ((MOONWALKER,), [Rule.ATTRIBUTE])
    (one,) = found_in({"image": "a.jpg", "choice": "cat", **own})
    assert one.annotations == (AnnotationRecord("cat", source="import"),)
    (two,) = found_in({"image": "a.jpg", "choice": [{"choices": ["cat", "dog"]}], **own})
    assert [one.label for one in two.annotations] == ["cat", "dog"]
    (none,) = found_in({"image": "a.jpg", **own})
    assert (none.annotated, none.annotations) == (True, ())


def test_annotation_of_a_target_storage_is_read() -> None:
    said = {"id": 1, "result": [rectangle()], "was_cancelled": False, "task": {"id": 5, "data": {"image": "a.jpg"}}}
    found = read_text(LABEL_STUDIO, "1.json", json.dumps(said).encode())
    assert isinstance(found, list)
    assert found[0].annotations == (MOONWALKER,)


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (task(annotations=[{"result": None}]), Rule.UNREADABLE),
        (task(annotations=[7]), Rule.UNREADABLE),
        (task(annotations="x"), Rule.UNREADABLE),
        (task(None), Rule.BAD_ANNOTATION),
        (task({"type": "relation", "from_id": "a", "to_id": "b"}), Rule.ATTRIBUTE),
        (task(rectangle(image_rotation=90)), Rule.SIZE_DIFFERS),
        (task(image="data:image/png;base64,AAAA"), Rule.UNREADABLE),
        (task(rectangle(value={"rectanglelabels": ["a", "b"]})), Rule.CONTRADICTION),
        (task(rectangle(value={"rectanglelabels": []})), Rule.NO_LABEL),
    ],
)
def test_what_can_not_be_taken_is_told(bad: Any, rule: Rule) -> None:
    assert rule in rules(found_in(bad))


def test_image_of_a_task_that_can_not_be_read_is_held_back() -> None:
    found = found_in(task(annotations="x"))
    assert [one.image for one in found] == [None]
    assert rules(found) == [Rule.UNREADABLE, Rule.HELD_BACK]


def test_later_task_that_is_none_is_told_and_a_first_one_ends_it() -> None:
    assert [one.image for one in found_in(task(), 7)] == ["a.jpg", None]
    assert isinstance(read_text(LABEL_STUDIO, "a.json", b'[{"a": 1}]'), FormatError)


GOOD = [
    task(rectangle(), region("choices", {"choices": ["red"]}, id="y"), region("polygonlabels", {"points": [[1, 2]]})),
    {"image": "a.jpg", "label": [rectangle()["value"]], "choice": "cat", "annotation_id": 1},
    task(region("ellipselabels", {"x": 1, "y": 2, "radiusX": 3, "radiusY": 4}), completions=[{"result": [1]}]),
]


@examples(25, 100)
@given(broken_values(GOOD))
def test_whatever_the_values_there_are_only_findings(document: Any) -> None:
    assert read_text(LABEL_STUDIO, "export.json", json.dumps(document).encode()) is not None


@examples(25, 100)
@given(broken_bytes(json.dumps(GOOD).encode()))
def test_whatever_the_bytes_there_are_only_findings(data: bytes) -> None:
    assert read_text(LABEL_STUDIO, "export.json", data) is not None


def test_number_of_a_thousand_digits_is_an_error() -> None:
    for digits in (30, 400, 5_000):
        said = read_text(
            LABEL_STUDIO, "export.json", json.dumps([task(rectangle())]).replace("50", "9" * digits).encode()
        )
        assert isinstance(said, FormatError) or rules(said)


def images() -> list[ImageRecord]:
    third = AnnotationRecord("cat", Box(1 / 3, 0.125, 63.9, 47), score=0.5, attributes={"worn": True})
    known = {"queue": "labelled", "split": "val", "group": "film"}
    return [
        ImageRecord("a b#1.jpg", "1" * 64, 64, 48, annotations=(third,), **known),  # type: ignore[arg-type]
        ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled"),
        ImageRecord("c.jpg", "3" * 64, 64, 48),
    ]


def test_group_split_and_labels_come_back(tmp_path: Path) -> None:
    lay(LABEL_STUDIO, Header("detection", ("dog", "cat"), "Pets"), images(), tmp_path)
    reading = read(LABEL_STUDIO.layout, Listing(tmp_path), ReadLimits())
    assert reading.header.labels == ("dog", "cat")
    first, second, third = reading.records
    assert (first.group, first.split, first.annotations[0].score) == ("film", "val", 0.5)
    assert [one.annotated for one in (first, second, third)] == [True, True, False]


def test_what_is_lost_is_said_without_hairs() -> None:
    """Percent move a box by less than anyone sees."""
    assert losses_of(LABEL_STUDIO, Header("detection", ("dog", "cat")), images()) == []


def test_broken_labelling_interface_is_told(tmp_path: Path) -> None:
    lay(LABEL_STUDIO, Header("detection", ("dog",), "Pets"), images(), tmp_path)
    (tmp_path / "label_config.xml").write_text("<View>")
    found = list(read(LABEL_STUDIO.layout, Listing(tmp_path), ReadLimits()).records)
    assert [(said.rule, said.file) for said in found[0].findings] == [(Rule.UNREADABLE, "label_config.xml")]


@pytest.mark.full
def test_twenty_thousand_images_take_no_memory(tmp_path: Path) -> None:
    assert growth("labelstudio", tmp_path) < 60 * 2**20

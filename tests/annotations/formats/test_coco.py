"""COCO as its tools write it: one or several files, ids of all kinds, and what else stands beside the boxes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.coco.writing import xywh
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, Reading, read
from annotations.formats.recognition import recognise
from annotations.formats.split_paths import split_of
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.mangled import mangled, read_or_refused
from tests.annotations.formats.memory import growth
from tests.annotations.formats.reading_of import put
from tests.annotations.images import picture

COCO = FORMATS["coco"]
SIDES = {"width": 64, "height": 48}
CAT = {"id": 1, "name": "cat"}
A = {"id": 1, "file_name": "a.jpg", **SIDES}


def box(image: Any = 1, category: Any = 1, bbox: Any = (1, 2, 10, 20), **more: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": image, "category_id": category, "bbox": bbox, "area": 1, "iscrowd": 0, **more}


def coco(*annotations: Any, images: Any = (A,), categories: Any = (CAT,), **more: Any) -> dict[str, Any]:
    return {"images": images, "annotations": annotations, "categories": categories, **more}


def reading(folder: Path, *pictures: str, **files: Any) -> Reading:
    """`files`: by name, "__" for "/"; without their suffix."""
    for number, name in enumerate(pictures or ("a.jpg",)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture(number))
    for name, said in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said if isinstance(said, bytes) else json.dumps(said).encode())
    return read(COCO.layout, Listing(folder), ReadLimits())


def records(folder: Path, *pictures: str, **files: Any) -> list[Found]:
    return list(reading(folder, *pictures, **files).records)


def told(found: list[Found]) -> list[tuple[Rule, str]]:
    return [(said.rule, said.reason) for one in found for said in one.findings]


def labels(found: Found) -> list[str]:
    return [one.label for one in found.annotations]


def test_the_official_layout(tmp_path: Path) -> None:
    """As cocodataset.org has it: both years' files, captions and key points of the same images beside them."""
    info = {"info": {"year": 2017}, "licenses": [{"id": 1, "name": "CC", "url": "x"}]}
    image = {"license": 1, "coco_url": "http://images.cocodataset.org/train2017/a.jpg", "date_captured": "2013", **A}
    train = coco(box(), images=[image], categories=[{"supercategory": "animal", **CAT}], **info)
    val = coco(images=[{**A, "id": 9, "file_name": "b.jpg"}], **info)
    points = coco(box(keypoints=[1, 2, 2], num_keypoints=1), images=[image])
    captions = {"images": [image], "annotations": [{"image_id": 1, "id": 1, "caption": "a cat"}]}
    said = reading(
        tmp_path,
        "train2017/a.jpg",
        "val2017/b.jpg",
        annotations__instances_train2017=train,
        annotations__instances_val2017=val,
        annotations__person_keypoints_train2017=points,
        annotations__captions_train2017=captions,
    )
    found = list(said.records)
    assert (said.header.task, said.header.labels) == ("detection", ("cat",))
    taken = {one.image: (one.split, labels(one), one.annotated) for one in found if one.image}
    assert taken == {"train2017/a.jpg": ("train", ["cat"], True), "val2017/b.jpg": ("val", [], True)}
    assert told(found) == [
        (Rule.SECOND_FILE, "passed over, as instances_train2017.json lists the same images"),
        (Rule.SECOND_FILE, "passed over, as instances_train2017.json lists the same images"),
        (Rule.ATTRIBUTE, 'supercategories are not kept: ["animal"]'),
    ]


def test_the_layout_of_roboflow(tmp_path: Path) -> None:
    """A file in the folder of each split; category 0 is the parent of the others; names have a hash behind them."""
    name = "a_jpg.rf.0123456789abcdef0123456789abcdef.jpg"
    categories = [{"id": 0, "name": "pets", "supercategory": "none"}, {**CAT, "supercategory": "pets"}]
    image = {"id": 0, "license": 1, "file_name": name, "date_captured": "2024", "extra": {"name": "a.jpg"}, **SIDES}
    said = coco(box(0, segmentation=[]), images=[image], categories=categories)
    files = {"valid___annotations.coco": said, "test___annotations.coco": coco(images=[], categories=categories)}
    made = reading(tmp_path, f"valid/{name}", **files)
    found = list(made.records)
    assert made.header.labels == ("cat",)
    (one,) = [one for one in found if one.image]
    assert (one.name, one.group, one.split, labels(one)) == ("a.jpg", "a.jpg", "val", ["cat"])
    assert {rule for rule, _ in told(found)} == {Rule.ATTRIBUTE}


def test_the_parent_of_roboflow_may_be_called_as_its_only_child(tmp_path: Path) -> None:
    categories = [{"id": 0, "name": "cat", "supercategory": "none"}, {**CAT, "supercategory": "cat"}]
    made = reading(tmp_path, a=coco(box(), categories=categories))
    assert made.header.labels == ("cat",)
    assert [rule for rule, _ in told(list(made.records))] == [Rule.ATTRIBUTE]
    carried = [{**A, "id": n, "file_name": f"{n}.jpg"} for n in (1, 2)]
    found = records(tmp_path, "1.jpg", "2.jpg", a=coco(box(1, 0), box(2, 1), images=carried, categories=categories))
    assert told(found) == []


def test_the_layout_of_label_studio(tmp_path: Path) -> None:
    """`result.json`, ids from 0, annotations with `ignore`, Windows paths."""
    image = {"width": 64, "height": 48, "id": 0, "file_name": "images\\a.jpg"}
    said = coco(box(0, 0, ignore=0, segmentation=[]), images=[image], categories=[{"id": 0, "name": "cat"}])
    (found,) = records(tmp_path, "images/a.jpg", result=said)
    assert (found.image, labels(found), found.findings) == ("images/a.jpg", ["cat"], ())


def test_attributes_of_cvat_are_kept(tmp_path: Path) -> None:
    """It tells `occluded` and `rotation` of each box; a flag that is not set is none."""
    inner = {"occluded": False, "truncated": True, "rotation": 0.0, "colour": "red", "worn": False, "count": 3}
    (found,) = records(tmp_path, instances_default=coco(box(attributes=inner, iscrowd=1)))
    wanted = {"crowd": True, "truncated": True, "colour": "red", "worn": False, "count": 3}
    assert (dict(found.annotations[0].attributes), found.split, found.findings) == (wanted, None, ())


def test_attributes_of_fiftyone_and_scores_are_kept(tmp_path: Path) -> None:
    (found,) = records(tmp_path, labels=coco(box(score=0.25, mood="calm", occluded=1, ignore=1)))
    assert found.annotations[0].score == 0.25
    assert dict(found.annotations[0].attributes) == {"mood": "calm", "occluded": True, "difficult": True}


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("annotations/instances_train2017.json", "train"),
        ("annotations/image_info_test-dev2017.json", "test"),
        ("valid/_annotations.coco.json", "val"),
        ("val2017/labels.json", "val"),
        ("train/instances_val.json", "val"),
        ("annotations/instances_default.json", None),
        ("trainval/labels.json", None),
    ],
)
def test_the_split_is_in_the_name_of_a_file_or_its_folder(name: str, split: str | None) -> None:
    assert split_of(name) == split


def test_the_split_may_be_in_the_names_of_images(tmp_path: Path) -> None:
    images = [{**A, "file_name": "test2017/a.jpg"}, {**A, "id": 2, "file_name": "b.jpg"}]
    found = records(tmp_path, "test2017/a.jpg", "b.jpg", labels=coco(images=images))
    assert [(one.image, one.split) for one in found] == [("test2017/a.jpg", "test"), ("b.jpg", None)]


def test_fields_of_images_that_are_not_kept_are_told_once(tmp_path: Path) -> None:
    images = [{**A, "depth": 3, "license": 1}, {**A, "id": 2, "file_name": "b.jpg", "depth": 1}]
    found = records(tmp_path, "a.jpg", "b.jpg", a=coco(images=images))
    assert told(found) == [(Rule.ATTRIBUTE, "2 images have the field 'depth', which is not kept")]


def test_ids_may_be_texts_and_annotations_stand_first(tmp_path: Path) -> None:
    said = {"annotations": [box("1", "7"), box("x", 7.0)], "categories": [{"id": 7, "name": "cat"}]}
    said["images"] = [{**A, "id": "x", "file_name": "b.jpg"}, A]
    found = records(tmp_path, "a.jpg", "b.jpg", all=said)
    assert [(one.image, labels(one), one.findings) for one in found] == [
        ("b.jpg", ["cat"], ()),
        ("a.jpg", ["cat"], ()),
    ]


def test_categories_that_are_not_as_they_should_be(tmp_path: Path) -> None:
    categories = [
        {"id": 90, "name": "dog"},
        CAT,
        {"id": 1, "name": "cow"},
        {"id": 5, "name": " cat "},
        {"id": 6},
        7,
        {"id": 8, "name": 3},
    ]
    made = reading(tmp_path, a=coco(box(category=5), box(category=90), box(category=2), categories=categories))
    found = list(made.records)
    assert made.header.labels == ("dog", "cat", "3")
    assert labels(found[-1]) == ["cat", "dog"]
    assert told(found) == [
        (Rule.CONTRADICTION, "categories[2]: id 1 is 'cat' already; 'cow' is left out"),
        (Rule.UNREADABLE, 'categories[4] needs an id and a name: {"id": 6}'),
        (Rule.UNREADABLE, "categories[5] needs an id and a name: 7"),
        (Rule.CONTRADICTION, "categories 1 and 5 are both 'cat': one label"),
        (Rule.BAD_ANNOTATION, "annotations[2] names category 2, which is not listed; left out"),
    ]


def test_segmentations_are_told_once_and_the_box_around_them_is_taken_where_there_is_none(tmp_path: Path) -> None:
    triangle, rectangle = [[0, 0, 9, 0, 9.5, 6]], [[1, 2, 11, 2, 11, 22, 1, 22]]
    mask = {"size": [48, 64], "counts": "abc"}
    said = [
        box(segmentation=triangle),
        box(segmentation=rectangle),
        box(segmentation=mask, iscrowd=1),
        box(bbox=[], segmentation=triangle),
        box(bbox=None, segmentation=mask),
    ]
    (first, second, found) = records(tmp_path, a=coco(*said))
    assert [one.box for one in found.annotations] == [Box(1, 2, 11, 22)] * 3 + [Box(0, 0, 9.5, 6)]
    assert told([first, second, found]) == [
        (Rule.SHAPE, "2 annotations have a segmentation; their bbox is taken"),
        (Rule.SHAPE, "1 annotations have a segmentation and no bbox; the box around it is taken"),
        (Rule.BAD_ANNOTATION, "annotations[4], 'cat', needs four numbers as its bbox: null; left out"),
    ]


@pytest.mark.parametrize(
    ("bbox", "rule"),
    [
        ([1, 2, 3], Rule.BAD_ANNOTATION),
        (["1", "x", 3, 4], Rule.BAD_ANNOTATION),
        ([1, 2, True, 4], Rule.BAD_ANNOTATION),
        ({"x": 1}, Rule.BAD_ANNOTATION),
        ([1, 2, 0, 4], Rule.NO_AREA),
        ([1, 2, "NaN", 4], Rule.NOT_FINITE),
        ([99, 2, 3, 4], Rule.OUTSIDE),
    ],
)
def test_box_that_is_none_is_left_out(bbox: Any, rule: Rule, tmp_path: Path) -> None:
    (found,) = records(tmp_path, a=coco(box(bbox=bbox)))
    assert (found.left_out, [rule for rule, _ in told([found])]) == (1, [rule])


def test_numbers_that_json_does_not_know_cost_one_box(tmp_path: Path) -> None:
    text = json.dumps(coco(box(), box(bbox=[1, 2, float("nan"), float("inf")])))
    (found,) = records(tmp_path, a=text.encode())
    assert (labels(found), found.left_out) == (["cat"], 1)


def test_box_drawn_from_another_corner_is_put_right(tmp_path: Path) -> None:
    found = records(tmp_path, a=coco(box(bbox=[11, 22, -10, -20]), box(bbox=["1,5", 2, 3, 4])))
    assert [one.box for one in found[-1].annotations] == [Box(1, 2, 11, 22), Box(1.5, 2, 4.5, 6)]
    assert [rule for rule, _ in told(found)] == [Rule.DECIMAL_COMMA, Rule.SWAPPED]


def test_image_that_is_listed_twice_has_the_annotations_of_both(tmp_path: Path) -> None:
    images = [A, {**A, "id": 2}, {**A, "file_name": "b.jpg"}]
    found = records(tmp_path, a=coco(box(1), box(2, bbox=[0, 0, 5, 5]), images=images))
    assert len(found[-1].annotations) == 2
    assert told(found) == [
        (Rule.SAME_NAME, "a.jpg is listed twice, as 1 and 2; the annotations of both are taken"),
        (Rule.CONTRADICTION, "images[2]: b.jpg has the id 1 of another image"),
    ]


def test_annotations_of_no_image_are_counted(tmp_path: Path) -> None:
    said = [box(n) for n in (5, 5, 6, 7, 8, 9, 10)] + [{"bbox": [1, 2, 3, 4]}, 3]
    found = records(tmp_path, a=coco(*said))
    assert told(found) == [
        (Rule.BAD_ANNOTATION, "annotations without an image_id: 2; left out"),
        (Rule.NO_IMAGE, "7 annotations name images that the file does not list (5, 6, 7, 8, 9, …); left out"),
    ]


def test_image_whose_entry_can_not_be_read_is_held_back(tmp_path: Path) -> None:
    found = records(tmp_path, a=coco(images=[{"file_name": "a.jpg"}, {"id": 3}, 5]))
    assert [one.image for one in found] == [None] * 3
    assert [rule for rule, _ in told(found)] == [Rule.UNREADABLE, Rule.HELD_BACK, Rule.UNREADABLE, Rule.UNREADABLE]


def test_images_of_a_file_without_annotations_are_unlabelled(tmp_path: Path) -> None:
    """As image_info_test2017.json has them; an empty list of annotations says that nothing is there."""
    (found,) = records(tmp_path, image_info_test2017={"images": [A], "categories": [CAT]})
    assert (found.image, found.annotated) == ("a.jpg", False)
    (tmp_path / "image_info_test2017.json").unlink()
    (found,) = records(tmp_path, instances_test2017=coco())
    assert (found.annotated, found.split) == (True, "test")


def test_annotations_that_are_no_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no list"):
        records(tmp_path, a={"images": [A], "categories": [CAT], "annotations": {"1": box()}})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "a.json has no list of images as COCO has"),
        ({"info": {}, "categories": [CAT]}, "a.json has no list of images as COCO has"),
        ({"annotations": [box()], "categories": [CAT]}, "a.json has no list of images as COCO has"),
        ({"images": None, "annotations": [box()], "categories": [CAT]}, "a.json has no list of images as COCO has"),
        ({"images": {"1": A}, "annotations": [box()], "categories": [CAT]}, "the images in a.json are no list"),
    ],
)
def test_file_without_images_is_refused_by_its_name(said: Any, why: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        records(tmp_path, a=said)
    assert (caught.value.file, caught.value.reason) == ("a.json", why)
    found = records(tmp_path, "b.jpg", b=coco(box(), images=[{**A, "file_name": "b.jpg"}]))
    assert "a.json" in {said.file for one in found for said in one.findings}


def test_archive_that_is_not_recognised_is_told_which_file_is_no_coco(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    assert COCO.layout.recognise(Listing(tmp_path)).reason == "a.json has no list of images as COCO has"


def test_files_of_predictions_alone_are_refused(tmp_path: Path) -> None:
    results = [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]
    with pytest.raises(FormatError, match="result files") as caught:
        reading(tmp_path, results=results)
    assert caught.value.file == "results.json"
    said = COCO.layout.recognise(Listing(tmp_path))
    assert (said.confidence, "predictions" in said.reason) == (0.5, True)
    found = records(tmp_path, instances=coco(box()))
    assert [(rule, "result files" in why) for rule, why in told(found)] == [(Rule.UNREADABLE, True)]


def test_broken_file_beside_a_whole_one_is_told(tmp_path: Path) -> None:
    half = json.dumps(coco(box(), images=[{**A, "file_name": "b.jpg"}])).encode()[:-20]
    found = records(tmp_path, "a.jpg", "b.jpg", instances_train=coco(box()), instances_val=half, other={"x": 1})
    assert [rule for rule, _ in told(found)] == [Rule.UNREADABLE, Rule.NOT_THIS_FORMAT]
    (tmp_path / "instances_train.json").unlink()
    with pytest.raises(FormatError) as caught:
        records(tmp_path, "a.jpg", "b.jpg")
    assert caught.value.file == "instances_val.json"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (coco(), 1.0),
        (coco(images=[], categories=[]), 1.0),
        ({"annotations": [box()] * 9_000, "images": []}, 1.0),
        ({"version": "1.0", "type": "localization", "labels": ["a"], "annotations": {"a.jpg": []}}, 0.0),
        ([{"image": "a.jpg", "annotations": []}], 0.0),
        ({"shapes": [], "imagePath": "a.jpg"}, 0.0),
        ({"images": 3, "annotations": [[1]]}, 0.0),
        ([[[1]]], 0.0),
    ],
)
def test_what_is_taken_for_coco(said: Any, wanted: float, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(said))
    assert COCO.layout.recognise(Listing(tmp_path)).confidence == wanted


@examples(25, 250)
@given(data=st.data())
def test_whatever_a_file_says_it_is_read_or_refused(data: st.DataObject) -> None:
    said = coco(
        box(segmentation=[[1, 2, 3, 4, 5, 6]], score=0.5, attributes={"occluded": True, "x": [1]}),
        box(2, iscrowd=1, keypoints=[1, 2, 3]),
        images=[A, {**A, "id": 2, "file_name": "b.jpg", "coco_url": "http://x/b.jpg"}],
        categories=[{**CAT, "supercategory": "pets"}],
    )
    read_or_refused(COCO, data.draw(mangled(said)), "annotations/instances_train.json")


def test_groups_and_the_order_of_labels_come_back(tmp_path: Path) -> None:
    image = ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", split="test", group="film")
    lay(COCO, Header("detection", ("z", "a"), "Pets"), [image], tmp_path)
    made = read(COCO.layout, Listing(tmp_path), ReadLimits())
    (found,) = made.records
    assert (found.group, made.header.labels) == ("film", ("z", "a"))
    assert sorted(path.name for path in (tmp_path / "annotations").iterdir()) == ["instances_test.json"]


def test_sides_are_written_so_that_their_sum_is_the_corner() -> None:
    for corner in (0.1, 0.3, 12.000000000000002, 639.9999999999999):
        x, _, width, _ = xywh(Box(0.1 / 3, 0, corner, 1))
        assert x + width == corner


def exported(folder: Path) -> list[ImageRecord]:
    """In each split one image, the last with nothing on it; one that nobody has labelled."""
    dog = AnnotationRecord("dog", Box(1, 2.25, 30, 40), attributes={"crowd": True}, score=0.5)
    cat = AnnotationRecord("cat", Box(0.1, 0, 64, 47.875), attributes={"occluded": True})
    images = [
        ImageRecord("a b.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(dog, cat)),
        ImageRecord("ä.jpg", "2" * 64, 48, 64, queue="labelled", split="val", annotations=(cat,)),
        ImageRecord("c.jpg", "3" * 64, 64, 48, queue="labelled", split="val"),
        ImageRecord("d.jpg", "4" * 64, 64, 48),
    ]
    lay(COCO, Header("detection", ("dog", "cat", "cow"), "Pets"), images, folder)
    return images


def test_pycocotools_reads_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pycocotools.coco import COCO as Api  # noqa: N811 - the class is called as the format
    from pycocotools.cocoeval import COCOeval

    exported(tmp_path)
    api = Api(str(tmp_path / "annotations/instances_train.json"))
    assert [one["name"] for one in api.loadCats(api.getCatIds())] == ["dog", "cat", "cow"]
    (image,) = api.loadImgs(api.getImgIds())
    assert (tmp_path / "images/train" / image["file_name"]).exists()
    assert [one["bbox"] for one in api.loadAnns(api.getAnnIds(iscrowd=True))] == [[1, 2.25, 29, 37.75]]
    mine = [{**one, "score": 0.9} for one in api.loadAnns(api.getAnnIds(iscrowd=False))]
    evaluation = COCOeval(api, api.loadRes(mine), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)
    assert "Average Precision" in capsys.readouterr().out


def test_torchvision_reads_what_is_written(tmp_path: Path) -> None:
    from training.engine import torchvision_ops

    torchvision_ops.install()
    from torchvision.datasets import CocoDetection

    exported(tmp_path)
    found = CocoDetection(str(tmp_path / "images/val"), str(tmp_path / "annotations/instances_val.json"))
    assert [(image.size, [one["category_id"] for one in boxes]) for image, boxes in found] == [
        ((48, 64), [2]),
        ((64, 48), []),
    ]


@pytest.mark.full
def test_memory_stays_flat(tmp_path: Path) -> None:
    assert growth("coco", tmp_path) < 60 * 2**20


def test_five_thousand_images_take_next_to_no_memory(tmp_path: Path) -> None:
    """For all formats in each run; `make test-full` has 20,000 images, of each."""
    assert growth("coco", tmp_path, 5_000) < 15 * 2**20


def test_categories_alone_are_no_coco_as_label_studio_leaves_them_beside_yolo(tmp_path: Path) -> None:
    """Its `notes.json` was taken for a COCO file, and the boxes of its YOLO export for nothing."""
    notes = {"categories": [{"id": 0, "name": "cat"}], "info": {"year": 2026, "contributor": "Label Studio"}}
    files = {"notes.json": json.dumps(notes), "classes.txt": "cat\n", "labels/a.txt": "0 0.5 0.5 0.5 0.5\n"}
    listing = put(tmp_path, {**files, "images/a.jpg": ""})
    assert COCO.layout.recognise(listing).confidence == 0
    assert recognise(listing, "detection", FORMATS.values()).format == FORMATS["yolo"]


def test_an_image_called_by_its_address_in_label_studio_is_found(tmp_path: Path) -> None:
    said = {
        "images": [{"id": 0, "file_name": "/data/local-files/?d=pets/c%20%C3%BC.jpg", **SIDES}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4]}],
        "categories": [CAT],
    }
    (found,) = read(COCO.layout, put(tmp_path, {"result.json": json.dumps(said), "c ü.jpg": ""}), ReadLimits()).records
    assert (found.image, len(found.annotations), found.findings) == ("c ü.jpg", 1, ())

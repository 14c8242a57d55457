"""YOLO as tools leave it: what is said of classes and splits, and each kind of line."""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import Box
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import read
from tests.annotations.formats.depth import examples
from tests.annotations.formats.reading_of import Files, came, findings, found_in, put, sure_of

CAT, DOG = "0 0.5 0.5 0.25 0.5\n", "1 0.25 0.25 0.5 0.5\n"
NAMES = "names: [cat, dog]\n"

COCO8 = {
    "coco8/coco8.yaml": "path: ../datasets/coco8 # root\ntrain: images/train\nval: images/val\ntest: # optional\n"
    "names:\n  0: cat\n  1: dog\n",
    "coco8/images/train/a.jpg": "",
    "coco8/images/val/a.jpg": "",
    "coco8/labels/train/a.txt": CAT,
    "coco8/labels/val/a.txt": DOG,
}
ROBOFLOW = {
    "data.yaml": "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\n"
    "names: ['cat', 'dog']\n\nroboflow:\n  workspace: w\n  project: p\n  version: 1\n",
    "README.roboflow.txt": "Roboflow exported this\n",
    "README.dataset.txt": "# pets\n",
    "train/images/a_jpg.rf.0123456789abcdef0123456789abcdef.jpg": "",
    "train/labels/a_jpg.rf.0123456789abcdef0123456789abcdef.txt": CAT.rstrip("\n"),
    "valid/images/b_png.rf.0123456789abcdef0123456789abcdee.jpg": "",
    "valid/labels/b_png.rf.0123456789abcdef0123456789abcdee.txt": DOG.rstrip("\n"),
    "test/images/c_jpg.rf.0123456789abcdef0123456789abcded.jpg": "",
    "test/labels/c_jpg.rf.0123456789abcdef0123456789abcded.txt": "",
}
LISTS = {
    "pets.yaml": "path: /home/me/pets\ntrain: [train.txt]\nval: val.txt\nnames: {0: cat, 1: dog}\n",
    "train.txt": "./images/b.jpg\n",
    "val.txt": "/home/me/pets/images/a.jpg\n",
    "images/a.jpg": "",
    "images/b.jpg": "",
    "labels/a.txt": CAT,
    "labels/b.txt": DOG,
}
CVAT = {
    "obj.data": "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\n"
    "names = data/obj.names\nbackup = backup/\n",
    "obj.names": "cat\ndog\n",
    "train.txt": "data/obj_train_data/a.jpg\n",
    "valid.txt": "data/obj_valid_data/a.jpg\n",
    "obj_train_data/a.jpg": "",
    "obj_train_data/a.txt": CAT,
    "obj_valid_data/a.jpg": "",
    "obj_valid_data/a.txt": DOG,
}
LABELIMG = {"classes.txt": "cat\r\ndog\r\n", "a.jpg": "", "a.txt": CAT, "b.png": "", "b.txt": DOG, "c.jpg": ""}
LABEL_STUDIO = {
    "classes.txt": "cat\ndog",
    "notes.json": '{"categories": []}',
    "images/1234-a.jpg": "",
    "labels/1234-a.txt": CAT + DOG,
}
ROBOFLOW_DARKNET = {
    "train/_darknet.labels": "cat\ndog",
    "train/a.jpg": "",
    "train/a.txt": CAT,
    "valid/_darknet.labels": "dog\ncat",
    "valid/b.jpg": "",
    "valid/b.txt": CAT,
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (COCO8, {"coco8/images/train/a.jpg": ("train", ["cat"]), "coco8/images/val/a.jpg": ("val", ["dog"])}),
        (LISTS, {"images/a.jpg": ("val", ["cat"]), "images/b.jpg": ("train", ["dog"])}),
        (CVAT, {"obj_train_data/a.jpg": ("train", ["cat"]), "obj_valid_data/a.jpg": ("val", ["dog"])}),
        (LABELIMG, {"a.jpg": (None, ["cat"]), "b.png": (None, ["dog"]), "c.jpg": (None, None)}),
        (LABEL_STUDIO, {"images/1234-a.jpg": (None, ["cat", "dog"])}),
        (ROBOFLOW_DARKNET, {"train/a.jpg": ("train", ["cat"]), "valid/b.jpg": ("val", ["dog"])}),
    ],
    ids=["ultralytics", "lists", "cvat", "labelimg", "label-studio", "roboflow-darknet"],
)
def test_each_tools_folder_is_read(
    tmp_path: Path, files: Files, expected: dict[str, tuple[str | None, list[str] | None]]
) -> None:
    found = found_in("yolo", tmp_path, files)
    assert (came(found), findings(found)) == (expected, [])
    sure = {name: row.layout.recognise(Listing(tmp_path)).confidence for name, row in FORMATS.items()}
    assert max(sure, key=lambda name: sure[name]) == ("darknet" if files is CVAT else "yolo")
    assert max(sure.values()) >= 0.9


def test_roboflows_names_are_mapped_back_and_its_copies_grouped(tmp_path: Path) -> None:
    found = found_in("yolo", tmp_path, ROBOFLOW)
    assert [(one.name, one.group, one.split) for one in found] == [
        ("c.jpg", "c.jpg", "test"),
        ("a.jpg", "a.jpg", "train"),
        ("b.png", "b.png", "val"),
    ]
    assert [one.annotated for one in found] == [True] * 3
    assert findings(found) == []


def test_sides_are_shares_of_the_picture(tmp_path: Path) -> None:
    (found,) = found_in("yolo", tmp_path, {"classes.txt": "cat\n", "a.jpg": "", "a.txt": CAT})
    assert found.annotations[0].box == Box(24, 12, 40, 36)
    assert found.lines == (1,)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0.0\t0.5\t0.5\t0.25\t0.5", []),
        ("0 0.5 0.5 0.25 0.5 0.75", []),
        ("0 0,5 0,5 0,25 0,5", [("DECIMAL_COMMA", 2, "1 lines with a decimal comma; read as decimal points")]),
        ("0 0.375 0.25 0.625 0.25 0.625 0.75", [("SHAPE", 2, "1 polygons; the box around each is taken")]),
        (
            "0 0.5 0.25 0.625 0.5 0.5 0.75 0.375 0.5",
            [("ROTATED", 2, "1 rotated boxes; the upright box around each is taken")],
        ),
        (
            "0 0.5 0.5 0.25 0.5 7",
            [
                (
                    "BAD_SCORE",
                    2,
                    "1 scores that are not from 0 to 1, the first is 7.0; the annotations are taken without",
                )
            ],
        ),
        (
            "0 0.5 0.5 -0.25 0.5",
            [("SWAPPED", 2, "the corners of 'cat' are swapped in (0.625, 0.25) to (0.375, 0.75); put right")],
        ),
    ],
)
def test_a_line_is_taken(tmp_path: Path, line: str, expected: list[tuple[str, int, str]]) -> None:
    (found,) = found_in("yolo", tmp_path, {"classes.txt": "cat\n", "a.jpg": "", "a.txt": f"\r\n{line}\r\n\r\n"})
    assert [(one.label, one.box) for one in found.annotations] == [("cat", Box(24, 12, 40, 36))]
    assert [(rule, number, reason) for rule, _, number, reason in findings([found])] == expected


@pytest.mark.parametrize(
    ("line", "rule", "reason"),
    [
        ("7 0.5 0.5 0.25 0.5", "UNKNOWN_LABEL", "class 7 has no name: classes.txt names 1"),
        ("-1 0.5 0.5 0.25 0.5", "BAD_ANNOTATION", "-1 is no class; classes are counted from 0"),
        ("0.5 0.5 0.5 0.25 0.5", "BAD_ANNOTATION", "0.5 is no class; classes are counted from 0"),
        ("1e999 0.5 0.5 0.25 0.5", "BAD_ANNOTATION", "inf is no class; classes are counted from 0"),
        ("0 320 240 20 10", "BAD_ANNOTATION", "expected shares of the image (0 to 1); found 320, which may be pixels"),
        ("0 0.5 0.5 0.25", "BAD_ANNOTATION", "expected: class x y width height; found 4 numbers"),
        ("cat 0.5 0.5 1 1", "BAD_ANNOTATION", "expected: class x y width height; found 'cat 0.5 0.5 1 1'"),
        ("0 0.5 0.5 0 1", "NO_AREA", "the box of 'cat' has no area: (0.5, 0) to (0.5, 1)"),
        ("0 nan 0.5 1 1", "NOT_FINITE", "a side of the box of 'cat' is no number: (nan, 0) to (nan, 1)"),
        (
            "0 1.5 0.5 0.5 0.5",
            "OUTSIDE",
            "the box of 'cat' lies (1.25, 0.25) to (1.75, 0.75) outside the image of 64×48",
        ),
    ],
)
def test_a_line_that_is_left_out_has_its_number_and_reason(tmp_path: Path, line: str, rule: str, reason: str) -> None:
    (found,) = found_in("yolo", tmp_path, {"classes.txt": "cat\n", "a.jpg": "", "a.txt": f"{CAT}{line}\n"})
    assert len(found.annotations) == 1
    assert findings([found]) == [(rule, "a.txt", 2, f"{reason}; left out")]


def test_keypoints_go_and_their_box_stays(tmp_path: Path) -> None:
    files = {"data.yaml": f"kpt_shape: [2, 2]\n{NAMES}", "a.jpg": "", "a.txt": "0 0.5 0.5 0.25 0.5 0.1 0.1 0.2 0.2\n"}
    (found,) = found_in("yolo", tmp_path, files)
    assert found.annotations[0].box == Box(24, 12, 40, 36)
    assert [(rule, line) for rule, _, line, _ in findings([found])] == [("ATTRIBUTE", 1)]


def test_without_names_classes_are_called_by_their_numbers(tmp_path: Path) -> None:
    found = found_in("yolo", tmp_path, {"images/a.jpg": "", "labels/a.txt": DOG})
    assert came(found) == {"images/a.jpg": (None, ["class 1"])}
    assert [rule for rule, *_ in findings(found)] == ["NO_NAMES"]


def test_a_count_of_classes_stands_for_their_names(tmp_path: Path) -> None:
    found = found_in("yolo", tmp_path, {"data.yaml": "nc: 2\n", "images/a.jpg": "", "labels/a.txt": DOG})
    assert came(found) == {"images/a.jpg": (None, ["class 1"])}
    assert [rule for rule, *_ in findings(found)] == ["NO_NAMES"]


@pytest.mark.parametrize(
    "names", ["yes", "1", "null", "cat: dog", "a #1", "'", '"', "\\", "- x", "é日本🦝", "%41", "~"]
)
def test_names_in_yaml_stay_what_they_are(tmp_path: Path, names: str) -> None:
    quoted = "'" + names.replace("'", "''") + "'"
    put(tmp_path, {"data.yaml": f"names: [{quoted}, no]\n"})
    header = FORMATS["yolo"].layout.read(Listing(tmp_path), ReadLimits())[0]
    assert header.labels == (names, "no")


@pytest.mark.parametrize(
    ("files", "file", "line", "reason"),
    [
        ({"data.yaml": "names: [cat\nnc: 1"}, "data.yaml", 2, "not readable as YAML"),
        ({"data.yaml": "a: &a [x]\nnames: *a"}, "data.yaml", None, "an alias (*) is refused"),
        ({"data.yaml": "[" * 100_000}, "data.yaml", None, "not readable as YAML"),
        ({"data.yaml": '"\\UFFFFFFFF": 1'}, "data.yaml", None, "not readable as YAML"),
        ({"data.yaml": "? [a]\n: 1"}, "data.yaml", 1, "not readable as YAML"),
        ({"data.yaml": ""}, "data.yaml", None, 'expected "names:"'),
        ({"data.yaml": "names: cat"}, "data.yaml", None, 'expected "names:"'),
        ({"data.yaml": "names: {a: cat}"}, "data.yaml", None, "expected a name for each class number; found 'a'"),
        ({"data.yaml": "names: [[cat]]"}, "data.yaml", None, "expected a name for each class number; found '0'"),
        ({"data.yaml": f"nc: 3\n{NAMES}"}, "data.yaml", None, "says that there are 3 classes (nc), and names 2"),
        ({"data.yaml": "a" * 2**21}, "data.yaml", None, "at most 1 are read"),
        ({**CVAT, "obj.names": "cat\n"}, "obj.names", None, "names 1 classes; obj.data says that there are 2"),
        ({"obj.data": "names = x\n"}, "obj.data", None, "there is no list of names 'x'"),
    ],
)
def test_a_description_that_can_not_be_read_names_its_fault(
    tmp_path: Path, files: Files, file: str, line: int | None, reason: str
) -> None:
    with pytest.raises(FormatError) as caught:
        found_in("yolo", tmp_path, files)
    assert (caught.value.file, line is None or caught.value.line == line) == (file, True)
    assert reason in caught.value.reason


def test_statements_about_splits_that_can_not_hold_are_said(tmp_path: Path) -> None:
    said = "train: images/some\nval: images/some\ntest: images/gone\n"
    files = {"data.yaml": said + NAMES, "images/some/a.jpg": "", "labels/some/a.txt": CAT}
    found = found_in("yolo", tmp_path, files)
    assert came(found) == {"images/some/a.jpg": ("train", ["cat"])}
    assert [(rule, reason) for rule, _, _, reason in findings(found)] == [
        ("ONE_SPLIT", "images/some is said to be train and val; train counts"),
        ("ONE_SPLIT", "there is no images/gone, which test is said to be"),
    ]


def test_lists_name_images_that_are_not_there_or_twice(tmp_path: Path) -> None:
    found = found_in("yolo", tmp_path, {**LISTS, "val.txt": "images/a.jpg\nimages/b.jpg\nimages/c.jpg\n"})
    assert came(found) == {"images/a.jpg": ("val", ["cat"]), "images/b.jpg": ("train", ["dog"])}
    assert findings(found) == [
        ("ONE_SPLIT", "val.txt", 3, "1 of its images are not there, the first is images/c.jpg"),
        (
            "ONE_SPLIT",
            "val.txt",
            2,
            "1 of its images are in another split too, which counts; the first is images/b.jpg",
        ),
    ]


def test_annotations_come_without_their_images(tmp_path: Path) -> None:
    """The project's own images are meant; splits are told all the same."""
    files = {name: text for name, text in CVAT.items() if not name.endswith(".jpg")}
    found = found_in("yolo", tmp_path, {**files, "obj_valid_data/b.txt": ""})
    assert [reason for rule, _, _, reason in findings(found) if rule == "NO_IMAGE"] == [
        "there is no image obj_train_data/a.jpg",
        "there is no image obj_valid_data/a.jpg",
        "there is no image obj_valid_data/b.jpg",
    ]
    assert len(findings(found)) == 3


def test_lists_of_images_and_of_words_are_no_label_files(tmp_path: Path) -> None:
    files: Files = {
        "ImageSets/Main/cat_train.txt": "a  1\nb -1\n",
        "ImageSets/Main/train.txt": "a\nb\n",
        "kitti/000.txt": "Car 0.0 0 1.5 1 2 3 4 5 6 7 8 9 10 11\n",
        "a.jpg": "",
    }
    assert sure_of("yolo", tmp_path, files) == 0
    told = "3 .txt files are not looked at: ImageSets/Main/cat_train.txt, ImageSets/Main/train.txt, kitti/000.txt"
    assert findings(found_in("yolo", tmp_path, files)) == [("UNREAD", "ImageSets/Main/cat_train.txt", None, told)]


def test_other_descriptions_and_names_that_stand_twice_are_said(tmp_path: Path) -> None:
    files = {"data.yaml": "names: [cat, dog, cat]\n", "x/other.yaml": NAMES}
    found = found_in("yolo", tmp_path, files)
    assert findings(found) == [
        ("CONTRADICTION", "x/other.yaml", None, "describes a data set, as data.yaml does"),
        ("CONTRADICTION", "data.yaml", None, "1 names stand for several classes, 'cat' is the first; taken as one"),
    ]


def test_lines_of_digits_are_looked_at_once(tmp_path: Path) -> None:
    """Which once took longer than anybody waits: each digit was tried as the end of a number, in four of them."""
    files: Files = {"a.txt": "0" + f" {'9' * 900}" * 4 + "x"}
    assert sure_of("yolo", tmp_path, files) == 0
    assert [rule for rule, *_ in findings(found_in("yolo", tmp_path, files))] == ["UNREAD"]


tokens = st.sampled_from(
    ["0", "1", "0.5", "nan", "-1", "1e999", "0,5", "x", "\t", "\n", "\r\n", " ", "é", "\x00", "9" * 400]
)
bodies = st.lists(tokens, max_size=30).map(" ".join).map(str.encode) | st.binary(max_size=60)
yaml_bits = ["names:", "\n", " ", "- ", "[", "]", "{", "}", ":", "cat", "0", "*a", "&a ", "!!python/object:x", "nc: 1"]
yamls = st.lists(st.sampled_from([*yaml_bits, "train: ", "../x", "'", '"', "\t", "null", "? "]), max_size=15).map(
    "".join
)


@examples(25, 200)
@given(body=bodies, said=yamls.map(str.encode) | st.binary(max_size=40), listed=bodies)
@pytest.mark.parametrize("kind", ["data.yaml", "obj.data", "classes.txt"])
def test_whatever_the_bytes_there_are_findings_or_one_error(kind: str, body: bytes, said: bytes, listed: bytes) -> None:
    with TemporaryDirectory() as name:
        files = {kind: said, "train.txt": listed, "images/a.jpg": b"", "labels/a.txt": body}
        listing = put(Path(name), files)
        for row in (FORMATS["yolo"], FORMATS["darknet"]):
            assert row.layout.recognise(listing).reason
            with contextlib.suppress(FormatError):
                list(read(row.layout, listing, ReadLimits()).records)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("0 0.564453 0.588542 0.871094 0.822917", []),
        ("0 0.56445 0.58854 0.87110 0.82292", []),
        ("0 0.5645 0.5885 0.8712 0.8230", ["the box of 'cat' reached outside the image of 64×48; cut to it"]),
    ],
    ids=["six digits", "five digits", "four digits"],
)
def test_a_side_on_the_edge_stays_there_when_its_share_was_rounded(tmp_path: Path, line: str, cut: list[str]) -> None:
    """FiftyOne and Datumaro write six digits, supervision five: (8.25, 8.5) to (64, 48) then ends outside 64×48."""
    (one,) = found_in("yolo", tmp_path, {"a.jpg": "", "a.txt": line, "data.yaml": NAMES})
    assert one.annotations[0].box is not None
    assert (one.annotations[0].box.x_max, one.annotations[0].box.y_max) == (64, 48)
    assert [finding.reason for finding in one.findings] == cut

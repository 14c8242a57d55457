"""Hugging Face's ImageFolder: the shapes that its metadata comes in."""

import contextlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.reading import read
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.reading_of import came, findings, found_in, put, sure_of

CAT = AnnotationRecord("cat", Box(1, 2, 4, 6), source="import")


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@pytest.mark.parametrize(
    "objects",
    [
        {"bbox": [[1, 2, 3, 4]], "categories": ["cat"]},
        {"id": [7], "area": [12], "bbox": [[1.0, 2.0, 3.0, 4.0]], "category": ["cat"]},
        {"bbox": [["1", "2", "3.0", "4"]], "label": ["cat"]},
        [{"bbox": [1, 2, 3, 4], "category": "cat"}],
    ],
    ids=["docs", "cppe-5", "texts", "list"],
)
def test_each_shape_of_objects_is_read(tmp_path: Path, objects: object) -> None:
    row = {"file_name": "a.jpg", "objects": objects}
    (found,) = found_in("imagefolder", tmp_path, {"train/metadata.jsonl": lines(row), "train/a.jpg": ""})
    assert (found.annotations, found.split, findings([found])) == ((CAT,), "train", [])


def test_labels_of_whole_images_and_folders_of_splits(tmp_path: Path) -> None:
    files = {
        "train/metadata.csv": "file_name,label\na.jpg,cat\nsub/b.jpg,\n",
        "train/a.jpg": "",
        "train/sub/b.jpg": "",
        "metadata.jsonl": lines({"file_name": "validation/a.jpg", "label": "dog"}),
        "validation/a.jpg": "",
        "c.jpg": "",
    }
    assert sure_of("imagefolder", tmp_path, files) > 0.9
    found = found_in("imagefolder", tmp_path, files)
    assert came(found) == {
        "validation/a.jpg": ("val", ["dog"]),
        "train/a.jpg": ("train", ["cat"]),
        "train/sub/b.jpg": ("train", []),
        "c.jpg": (None, None),
    }
    assert findings(found) == []


def test_objects_in_a_table_are_json(tmp_path: Path) -> None:
    table = 'file_name,objects\na.jpg,"{""bbox"": [[1, 2, 3, 4]], ""categories"": [""cat""]}"\nb.jpg,\n'
    found = found_in("imagefolder", tmp_path, {"metadata.csv": table, "a.jpg": "", "b.jpg": ""})
    assert [one.annotations for one in found] == [(CAT,), ()]


def test_numbers_in_the_place_of_labels_are_said(tmp_path: Path) -> None:
    row = {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "categories": [0]}}
    found = found_in("imagefolder", tmp_path, {"metadata.jsonl": lines(row), "a.jpg": ""})
    assert came(found) == {"a.jpg": (None, ["class 0"])}
    assert [rule for rule, *_ in findings(found)] == ["NO_NAMES"]


@pytest.mark.parametrize(
    ("row", "rule", "reason"),
    [
        ({"file_name": 7}, "UNREADABLE", "expected a text in file_name; found 7"),
        ([1], "UNREADABLE", "expected an object; found '[1]"),
        ({"file_name": "a.jpg", "objects": "x"}, "UNREADABLE", 'expected lists in objects; found "x"'),
        ({"file_name": "a.jpg", "objects": {"x": [1]}}, "UNREADABLE", "expected bbox in objects; found"),
        ({"file_name": "a.jpg", "objects": [7]}, "UNREADABLE", "expected objects in objects; found 7"),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "categories": []}},
            "UNREADABLE",
            "expected 1 of categories, as there are boxes; found []",
        ),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3, 4]]}},
            "NO_LABEL",
            "objects[0]: an annotation without a label; left out",
        ),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3]], "label": ["cat"]}},
            "BAD_ANNOTATION",
            "objects[0]: expected x, y, width and height in bbox; found [1, 2, 3]; left out",
        ),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, None, True]], "label": ["cat"]}},
            "BAD_ANNOTATION",
            "objects[0]: expected numbers in bbox; found [1, 2, null, true]; left out",
        ),
        ({"file_name": "a.jpg", "label": {}}, "UNREADABLE", "expected a text or a number in label; found {}"),
        ({"file_name": "a.jpg", "text": "a cat"}, "UNLABELLED", "1 lines say neither objects nor a label"),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "label": ["cat"], "mask": [1]}},
            "ATTRIBUTE",
            "objects have mask: left out",
        ),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [["1", "2", "3,0", "4"]], "label": ["cat"]}},
            "DECIMAL_COMMA",
            "1 boxes with a decimal comma",
        ),
        (
            {"file_name": "a.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "label": ["cat"], "score": [7]}},
            "BAD_SCORE",
            "1 scores that are not from 0 to 1, the first is 7",
        ),
    ],
)
def test_what_is_left_out_has_its_line_and_reason(tmp_path: Path, row: object, rule: str, reason: str) -> None:
    files = {"metadata.jsonl": lines({"file_name": "b.jpg", "label": None}, row), "a.jpg": "", "b.jpg": ""}
    found = findings(found_in("imagefolder", tmp_path, files))
    assert found[0][:2] == (rule, "metadata.jsonl")
    assert reason in found[0][3]
    assert found[0][2] in {2, None}


def test_the_image_of_a_damaged_line_is_held_back(tmp_path: Path) -> None:
    files = {"metadata.jsonl": '{"file_name": "a.jpg", "objects": {"bbox"', "a.jpg": ""}
    assert [rule for rule, *_ in findings(found_in("imagefolder", tmp_path, files))] == ["UNREADABLE", "HELD_BACK"]


def test_each_line_that_is_written_has_the_same_keys(tmp_path: Path) -> None:
    """Arrow gives each column one type."""
    box = Box(1, 2, 4, 6)
    some = (AnnotationRecord("cat", box, score=0.5), AnnotationRecord("cat", box, attributes={"crowd": True}))
    images = [
        ImageRecord(f"{n}.jpg", str(n) * 64, 64, 48, queue="labelled", annotations=found)
        for n, found in enumerate(((), some))
    ]
    lay(FORMATS["imagefolder"], Header("detection", ("cat",), "Pets"), images, tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "train/metadata.jsonl").read_text().splitlines()]
    assert [row["objects"] for row in rows] == [
        {"bbox": [], "categories": [], "score": [], "crowd": []},
        {
            "bbox": [[1, 2, 3, 4], [1, 2, 3, 4]],
            "categories": ["cat", "cat"],
            "score": ["0.5", ""],
            "crowd": [False, True],
        },
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["", "a.jpg", "cat", "1,5"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["bbox", "categories", "label", "score", "pose", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)
rows = st.dictionaries(st.sampled_from(["file_name", "objects", "label", "width", "height", "score"]), json_values)


@examples(25, 200)
@given(said=st.lists(rows.map(json.dumps), max_size=3).map("\n".join).map(str.encode) | st.binary(max_size=60))
@pytest.mark.parametrize("name", ["metadata.jsonl", "metadata.csv"])
def test_whatever_the_bytes_there_are_findings_or_one_error(name: str, said: bytes) -> None:
    with TemporaryDirectory() as folder:
        head = b"file_name,objects\n" if name.endswith("csv") else b""
        listing = put(Path(folder), {name: head + said, "a.jpg": b""})
        assert FORMATS["imagefolder"].layout.recognise(listing).reason
        with contextlib.suppress(FormatError):
            list(read(FORMATS["imagefolder"].layout, listing, ReadLimits()).records)

"""Open Images: as its own files are, as two downloaders leave them, and as jetson-inference's trainer reads ours."""

import csv
import random
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

OPEN_IMAGES = FORMATS["openimages"]

BOXES = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside"
NAMES = "/m/011k07,Tortoise\n/m/011q46kg,Container\n/m/014j1m,Apple\n"


def files(folder: Path, **said: str | bytes) -> list[Found]:
    """Laid by name, where "__" stands for a dot and "_in_" for a slash, and read."""
    for name, data in said.items():
        path = folder / name.replace("_in_", "/").replace("__", ".").replace("_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return found_in(folder)


def found_in(folder: Path) -> list[Found]:
    return list(read(OPEN_IMAGES.layout, Listing(folder), ReadLimits()).records)


def reasons(found: list[Found]) -> list[tuple[str, int | None, str]]:
    return [(said.file, said.line, said.reason) for one in found for said in one.findings]


def test_boxes_are_shares_with_flags_and_names(tmp_path: Path) -> None:
    rows = (
        "abc,xclick,/m/014j1m,1,0.25,0.5,0,1,1,0,1,0,-1\n"
        "abc,activemil,/m/011k07,1,0.5,1,0.5,1,0,1,0,1,1\n"
        "abc,xclick,/m/014j1m,0.5,0,0.5,0,0.5,0,0,0,0,0\n"
    )
    (found,) = files(
        tmp_path,
        validation_annotations_bbox__csv=f"{BOXES}\n{rows}",
        class_descriptions_boxable__csv=NAMES,
        validation_in_abc__jpg=picture(),
    )
    assert found.annotations == (
        AnnotationRecord("Apple", Box(16, 0, 32, 48), source="import", attributes={"occluded": True, "crowd": True}),
        AnnotationRecord(
            "Tortoise",
            Box(32, 24, 64, 48),
            source="import",
            attributes={"truncated": True, "depiction": True, "inside": True},
        ),
        AnnotationRecord("Apple", Box(0, 0, 32, 24), score=0.5, source="import"),
    )
    assert (found.split, found.lines, found.findings) == ("val", (2, 3, 4), ())


def test_columns_come_in_any_order_and_in_the_newer_files_too(tmp_path: Path) -> None:
    newer = "LabelName,ImageID,YMax,YMin,XMax,XMin,XClick1X\n/m/014j1m,abc,1,0,1,0,0.5\n"
    strange, found = files(
        tmp_path,
        oidv6_train_annotations_bbox__csv=newer,
        class_descriptions__csv=f"LabelName,DisplayName\n{NAMES}",
        abc__jpg=picture(),
    )
    assert (found.annotations[0].label, found.annotations[0].box, found.split) == ("Apple", Box(0, 0, 64, 48), "train")
    assert reasons([found]) == []
    assert reasons([strange]) == [("oidv6-train-annotations-bbox.csv", 1, "there is no place for the columns xclick1x")]


def test_of_what_jetson_inference_fetched_only_the_part_is_read(tmp_path: Path) -> None:
    """The downloader keeps the whole CSVs beside those of the pictures that it fetched."""
    row = "abc,xclick,/m/014j1m,1,0,0.5,0,0.5,0,0,0,0,0"
    whole = f"{BOXES}\n{row}\nmissing,xclick,/m/011k07,1,0,1,0,1,0,0,0,0,0\n"
    found = files(
        tmp_path,
        train_annotations_bbox__csv=whole,
        sub_train_annotations_bbox__csv=f"{BOXES},id,ClassName\n{row},/m/014j1m,Apple\n",
        class_descriptions_boxable__csv=NAMES,
        train_in_abc__jpg=picture(),
    )
    assert [(one.image, [said.label for said in one.annotations]) for one in found] == [("train/abc.jpg", ["Apple"])]
    assert reasons(found) == []
    header = OPEN_IMAGES.layout.read(Listing(tmp_path), ReadLimits())[0]
    assert header.read_as == {"files": "sub-train-annotations-bbox.csv, class-descriptions-boxable.csv"}
    assert header.labels == ("Tortoise", "Container", "Apple")


def test_names_of_all_classes_of_open_images_are_no_labels_of_the_project(tmp_path: Path) -> None:
    names = "".join(f"/m/0{n},class {n}\n" for n in range(601))
    files(tmp_path, class_descriptions_boxable__csv=names, train_annotations_bbox__csv=f"{BOXES}\n")
    assert OPEN_IMAGES.layout.read(Listing(tmp_path), ReadLimits())[0].labels == ()


def test_toolkit_tree_has_labels_with_blanks_and_pixels(tmp_path: Path) -> None:
    for folder, text in {"Apple": "Apple 1.5 2 30 40\n", "Traffic light": "Traffic light 0.0 0.0 64.0 48.0\n"}.items():
        (tmp_path / f"Dataset/test/{folder}/Label").mkdir(parents=True)
        (tmp_path / f"Dataset/test/{folder}/Label/abc.txt").write_text(text)
        (tmp_path / f"Dataset/test/{folder}/abc.jpg").write_bytes(picture())
    listing = Listing(tmp_path)
    assert recognise(listing, "detection", FORMATS.values()).format == OPEN_IMAGES
    first, second = found_in(tmp_path)
    assert [(one.label, one.box) for one in first.annotations] == [
        ("Apple", Box(1.5, 2, 30, 40)),
        ("Traffic light", Box(0, 0, 64, 48)),
    ]
    assert (first.split, second.annotated) == ("test", False)


def test_toolkit_line_that_is_none_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "train/Apple/Label").mkdir(parents=True)
    (tmp_path / "train/Apple/Label/abc.txt").write_text("Apple 1 2 3 4\nApple 1 2 x 4\nApple\n")
    (tmp_path / "train/Apple/abc.jpg").write_bytes(picture())
    (found,) = found_in(tmp_path)
    assert (len(found.annotations), found.left_out) == (1, 2)
    assert [line for _, line, _ in reasons([found])] == [2, 3]


def test_labels_of_whole_images_are_those_that_people_saw(tmp_path: Path) -> None:
    rows = "ImageID,Source,LabelName,Confidence\nabc,verification,/m/014j1m,1\nabc,verification,/m/011k07,0\n"
    listing_files = {"train_annotations_human_imagelabels_boxable__csv": rows, "class_descriptions__csv": NAMES}
    (found,) = files(tmp_path, **listing_files, train_in_abc__jpg=picture())
    assert found.annotations == (AnnotationRecord("Apple", source="import"),)
    assert OPEN_IMAGES.layout.read(Listing(tmp_path), ReadLimits())[0].task == "classification"


def test_rows_that_are_none_are_told_with_their_line(tmp_path: Path) -> None:
    rows = (
        "abc,xclick,/m/014j1m,1,0,0.5\n"
        "abc,xclick,/m/014j1m,1,0,half,0,0.5,0,0,0,0,0\n"
        ",xclick,/m/014j1m,1,0,1,0,0.5,0,0,0,0,0\n"
        'abc,xclick,/m/0new,1,"0,25","0,5",0,1,0,0,0,0,0\n'
        'abc,"xclick\n'
    )
    found = files(
        tmp_path,
        train_annotations_bbox__csv=f"{BOXES}\n{rows}",
        class_descriptions_boxable__csv=f"{NAMES}nonsense\n",
        train_in_abc__jpg=picture(),
    )
    table = "train-annotations-bbox.csv"
    assert sorted(reasons(found), key=lambda said: (said[0], said[1] or 0)) == [
        ("class-descriptions-boxable.csv", 4, "expected: code, name"),
        (table, None, "numbers of abc have a comma"),
        (table, 2, "6 columns; the first line has 13; left out"),
        (table, 3, "the row of 'Apple' needs numbers: xmin, ymin, xmax, ymax; left out"),
        (table, 4, "a row without an ImageID"),
        (table, 5, "no list says what /m/0new is called"),
        (table, 6, "a quotation mark is not closed; the lines after it are lost"),
    ]
    taken = [one for entry in found for one in entry.annotations]
    assert taken == [AnnotationRecord("/m/0new", Box(16, 0, 32, 48), source="import")]


def test_ids_that_are_numbers_get_a_word_before_them(tmp_path: Path) -> None:
    image = ImageRecord("000001.JPG", "1" * 64, 64, 48, queue="labelled", split="val")
    lay(OPEN_IMAGES, Header("detection"), [image], tmp_path)
    assert Listing(tmp_path).images == ("validation/image-000001.jpg",)
    assert [one.annotated for one in found_in(tmp_path)] == [True]


def test_trainer_of_jetson_inference_reads_what_is_written(tmp_path: Path) -> None:
    """As vision/datasets/open_images.py of dusty-nv/pytorch-ssd does, which with pandas reads the same of our files."""
    found = (AnnotationRecord("cat, tame", Box(1, 2, 33, 14)), AnnotationRecord("dog", Box(0, 0, 64, 48)))
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=found),
        ImageRecord("b.jpeg", "2" * 64, 64, 48, queue="labelled", split="test", annotations=found[1:]),
    ]
    lay(OPEN_IMAGES, Header("detection", ("dog", "cat, tame"), "Pets"), images, tmp_path)
    assert trainer_reads(tmp_path, "train") == {
        "a": [("cat, tame", [1 / 64, 2 / 48, 33 / 64, 14 / 48]), ("dog", [0, 0, 1, 1])]
    }
    assert trainer_reads(tmp_path, "test") == {"b": [("dog", [0, 0, 1, 1])]}
    assert trainer_reads(tmp_path, "validation") == {}


def trainer_reads(root: Path, dataset_type: str) -> dict[str, list[tuple[str, list[float]]]]:
    data = defaultdict(list)
    with (root / f"sub-{dataset_type}-annotations-bbox.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            assert (root / dataset_type / f"{row['ImageID']}.jpg").is_file()
            box = [float(row[side]) for side in ("XMin", "YMin", "XMax", "YMax")]
            data[row["ImageID"]].append((row["ClassName"], box))
    return dict(data)


WHOLE = {
    "train-annotations-bbox.csv": f"{BOXES}\nabc,xclick,/m/014j1m,1,0,0.5,0,0.5,0,0,0,0,0\n".encode(),
    "class-descriptions-boxable.csv": NAMES.encode(),
    "train-images-boxable-with-rotation.csv": b"ImageID,Subset,OriginalURL\nabc,train,\n",
    "train/Apple/Label/abc.txt": b"Apple 1 2 3 4\n",
}


@examples(25, 150)
@given(st.sampled_from(sorted(WHOLE)), st.randoms(use_true_random=False), st.binary(max_size=40))
def test_damaged_files_give_findings_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, chance: random.Random, put: bytes
) -> None:
    folder = tmp_path_factory.mktemp("oid")
    for path, data in WHOLE.items():
        if path == name or "Label" not in path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(damaged(data, chance, put) if path == name else data)
    listing = Listing(folder)
    OPEN_IMAGES.layout.recognise(listing)
    with suppress(FormatError):
        list(read(OPEN_IMAGES.layout, listing, ReadLimits()).records)


def damaged(data: bytes, chance: random.Random, put: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    stop = min(len(data), start + chance.choice([0, 1, 5, 1000]))
    return data[:start] + put + data[stop:]


@pytest.mark.full
def test_twenty_thousand_images_take_little_memory(tmp_path: Path) -> None:
    assert growth("openimages", tmp_path) < 60 * 2**20


def test_classes_may_have_names_for_codes_as_datumaro_writes_them(tmp_path: Path) -> None:
    put = {
        "annotations/class-descriptions.csv": "cat,cat\r\nyak,yak\r\nsea lion,sea lion\r\n",
        "annotations/train-annotations-bbox.csv": f"{BOXES}\na,,sea lion,1,0,0.5,0,0.5,0,0,0,0,0\n",
    }
    for name, text in put.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "a.jpg").write_bytes(picture(1))
    reading = read(OPEN_IMAGES.layout, Listing(tmp_path), ReadLimits())
    assert reading.header.labels == ("cat", "yak", "sea lion")
    (found,) = reading.records
    assert [one.label for one in found.annotations] == ["sea lion"]
    assert found.findings == ()

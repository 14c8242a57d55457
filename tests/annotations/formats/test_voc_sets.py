"""Pascal VOC as whole data sets: their splits, and what their files carry beside boxes."""

from pathlib import Path

import pytest

from annotations.dataset.records import Box
from annotations.formats import FORMATS
from annotations.formats.layout import Choices, Entry, Header, ReadLimits
from annotations.formats.losses import losses_of
from annotations.formats.reading import read
from tests.annotations.archives import voc
from tests.annotations.formats.reading_of import came, findings, found_in, put

XML = voc("a.jpg", ("cat", 1, 2, 30, 40))
MAIN = "VOC2007/ImageSets/Main"


def a_set(**lists: str) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {f"{MAIN}/{name}.txt": text for name, text in lists.items()}
    for name in ("a", "b"):
        files |= {f"VOC2007/JPEGImages/{name}.jpg": "", f"VOC2007/Annotations/{name}.xml": voc(f"{name}.jpg")}
    return files


def splits(folder: Path, files: dict[str, str | bytes]) -> list[str | None]:
    return [split for split, _ in came(found_in("voc", folder, files)).values()]


def test_lists_of_one_label_are_no_splits(tmp_path: Path) -> None:
    assert splits(tmp_path, a_set(cat_train="a  1\nb -1\n", cat_val="a\nb\n")) == [None, None]


@pytest.mark.parametrize("text", ["a\nb\n", "\ufeffa\r\nb\r\n", "a.jpg\nb.JPG\n"])
def test_lists_are_read_whatever_wrote_them(tmp_path: Path, text: str) -> None:
    assert splits(tmp_path, a_set(val=text)) == ["val", "val"]


def test_trainval_alone_is_train_and_said(tmp_path: Path) -> None:
    found = found_in("voc", tmp_path, a_set(trainval="a\n", test="b\n"))
    assert [split for split, _ in came(found).values()] == ["train", "test"]
    reason = "names images for training and validation together; taken as train"
    assert findings(found) == [("ONE_SPLIT", f"{MAIN}/trainval.txt", None, reason)]


def test_trainval_beside_train_and_val_adds_nothing(tmp_path: Path) -> None:
    found = found_in("voc", tmp_path, a_set(trainval="a\nb\n", train="a\n", val="b\n"))
    assert [split for split, _ in came(found).values()] == ["train", "val"]
    assert findings(found) == []


def test_lists_that_contradict_each_other_or_name_nothing_are_said(tmp_path: Path) -> None:
    found = found_in("voc", tmp_path, a_set(train="a\nb\nc\n", val="b\n"))
    assert [split for split, _ in came(found).values()] == ["train", "train"]
    assert findings(found) == [
        ("ONE_SPLIT", f"{MAIN}/train.txt", 3, "1 of its images are not there, the first is c"),
        ("ONE_SPLIT", f"{MAIN}/val.txt", 1, "1 of its images are in another split too, which counts; the first is b"),
    ]


def test_splits_are_told_where_the_images_are_elsewhere(tmp_path: Path) -> None:
    files = {name: text for name, text in a_set(train="a\n", val="b\n").items() if not name.endswith(".jpg")}
    entries = FORMATS["voc"].layout.read(put(tmp_path, files), ReadLimits())[1]
    assert [entry.split for entry in entries if isinstance(entry, Entry)] == ["train", "val"]


def test_roboflows_folders_are_splits(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"README.roboflow.txt": "exported\n", "README.dataset.txt": "# pets\n"}
    for place, folder in enumerate(("train", "valid", "test")):
        name = f"a{place}_jpg.rf.{place}123456789abcdef0123456789abcdef"
        files |= {f"{folder}/{name}.jpg": "", f"{folder}/{name}.xml": voc(f"{name}.jpg", ("cat", 1, 2, 30, 40))}
    found = found_in("voc", tmp_path, files)
    assert [(one.name, one.group, one.split) for one in found] == [
        ("a2.jpg", "a2.jpg", "test"),
        ("a0.jpg", "a0.jpg", "train"),
        ("a1.jpg", "a1.jpg", "val"),
    ]
    assert findings(found) == []


def test_pixels_may_be_counted_from_one(tmp_path: Path) -> None:
    files = {"a.jpg": b"", "a.xml": voc("a.jpg", ("cat", 1, 1, 64, 48))}
    (shown,) = found_in("voc", tmp_path, files)
    (chosen,) = found_in("voc", tmp_path, files, Choices(first_pixel=1))
    assert [one.annotations[0].box for one in (shown, chosen)] == [Box(1, 1, 64, 48), Box(0, 0, 64, 48)]
    assert findings([chosen]) == []


def test_decimal_commas_are_read_and_said(tmp_path: Path) -> None:
    files = {"a.jpg": b"", "a.xml": XML.replace(b"<xmax>30", b"<xmax>30,5")}
    (found,) = found_in("voc", tmp_path, files)
    assert found.annotations[0].box == Box(1, 2, 30.5, 40)
    assert [(rule, reason) for rule, _, _, reason in findings([found])] == [
        ("DECIMAL_COMMA", "1 boxes with a decimal comma; read as decimal points")
    ]


def test_what_there_is_no_place_for_is_said_once_a_file(tmp_path: Path) -> None:
    """As CVAT writes attributes and Roboflow polygons."""
    more = (
        b"<polygon><x1>1</x1></polygon><attributes><attribute><name>rotation</name></attribute></attributes></object>"
    )
    files = {"a.jpg": b"", "a.xml": XML.replace(b"</object>", more)}
    (found,) = found_in("voc", tmp_path, files)
    assert [(rule, reason) for rule, _, _, reason in findings([found])] == [
        ("ATTRIBUTE", "objects have <attributes>, <polygon>: left out")
    ]


@pytest.mark.parametrize("name", ["A.JPG", "./a.jpg", "a.png", "a%2Ejpg", "C:\\x\\a.jpg", "/home/me/a.jpg"])
def test_the_image_is_found_however_its_name_is_written(tmp_path: Path, name: str) -> None:
    (found,) = found_in("voc", tmp_path, {"JPEGImages/a.jpg": b"", "Annotations/a.xml": voc(name)})
    assert (found.image, findings([found])) == ("JPEGImages/a.jpg", [])


LABEL_MAP = "# label:color_rgb:parts:actions\nbackground:::\nyak:::\ncat:0,128,0:ear,tail:\n"


def test_the_label_map_of_datumaro_gives_the_labels_their_order(tmp_path: Path) -> None:
    listing = put(tmp_path, {"labelmap.txt": LABEL_MAP, "JPEGImages/a.jpg": "", "Annotations/a.xml": XML})
    reading = read(FORMATS["voc"].layout, listing, ReadLimits())
    assert reading.header.labels == ("yak", "cat")
    assert findings(list(reading.records)) == []


def test_a_label_map_is_written_and_what_it_cannot_list_is_told() -> None:
    header = Header("detection", ("sea lion", "a:b", "#1", "background"))
    assert list(FORMATS["voc"].layout.write(header, []))[-1] == (
        "labelmap.txt",
        b"# label:color_rgb:parts:actions\nsea lion:::\n",
    )
    (loss,) = losses_of(FORMATS["voc"], header, [])
    assert loss.count == 3

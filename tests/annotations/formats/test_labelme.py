"""LabelMe: as it and its kin write it, as it comes damaged, as we write it."""

import base64
import json
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Attributes, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.inside import Inside
from annotations.formats.labelme.files import read_without_picture
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.imaging import ImageLimits
from tests.annotations.formats.damage import broken_bytes, broken_values, read_text
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

LABELME = FORMATS["labelme"]
CAT = AnnotationRecord("cat", Box(2, 3, 30.5, 40), source="import")


def shape(points: Any = ((2, 3), (30.5, 40)), kind: Any = "rectangle", **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"group_id": None, "description": "", "flags": {}, "mask": None}
    return {"label": "cat", "points": points, "shape_type": kind, **known, **more}


def page(*shapes: Any, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "version": "5.5.0",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "a.jpg",
        "imageData": None,
    }
    return {**said, "imageHeight": 48, "imageWidth": 64, **more}


def found_in(document: Any, name: str = "a.json") -> Found:
    found = read_text(LABELME, name, json.dumps(document).encode())
    assert isinstance(found, list), found
    return found[0]


def rules(found: Found) -> list[Rule]:
    return [one.rule for one in found.findings]


def test_what_labelme_writes_is_recognised_and_read(tmp_path: Path) -> None:
    found = found_in(page(shape()))
    assert (found.image, found.annotations, found.findings) == ("a.jpg", (CAT,), ())
    (tmp_path / "a.json").write_text(json.dumps(page(shape()), indent=2))
    assert LABELME.layout.recognise(Listing(tmp_path)).confidence > 0.9


@pytest.mark.parametrize(
    "points",
    [[[30.5, 3], [2, 40]], [[30.5, 40], [2, 3]], [[2, 3], [30.5, 3], [30.5, 40], [2, 40]], [["2", "3"], ["30.5", 40]]],
)
def test_corners_come_in_any_order_and_number(points: Any) -> None:
    found = found_in(page(shape(points)))
    assert (found.annotations, found.findings) == ((CAT,), ())


@pytest.mark.parametrize(
    ("points", "kind", "box", "rule"),
    [
        ([[1, 2], [30, 2.5], [15, 40]], "polygon", Box(1, 2, 30, 40), Rule.SHAPE),
        ([[1, 2], [30, 2.5], [15, 40]], None, Box(1, 2, 30, 40), Rule.SHAPE),
        ([[20, 20], [20, 25]], "circle", Box(15, 15, 25, 25), Rule.SHAPE),
        ([[1, 2], [30, 40]], "line", Box(1, 2, 30, 40), Rule.SHAPE),
        ([[1, 2], [30, 40]], "linestrip", Box(1, 2, 30, 40), Rule.SHAPE),
        ([[1, 2], [30, 40]], "mask", Box(1, 2, 31, 41), Rule.SHAPE),
        ([[10, 5], [15, 10], [10, 15], [5, 10]], "rotation", Box(5, 5, 15, 15), Rule.ROTATED),
        ([[10, 5], [15, 10], [10, 15], [5, 10]], "rectangle", Box(5, 5, 15, 15), Rule.ROTATED),
        ([["1,5", 2], [30, 40]], "rectangle", Box(1.5, 2, 30, 40), Rule.DECIMAL_COMMA),
    ],
)  # fmt: skip
def test_other_shapes_give_the_box_around_them(points: Any, kind: Any, box: Box, rule: Rule) -> None:
    found = found_in(page(shape(points, kind)))
    assert ([one.box for one in found.annotations], rules(found)) == ([box], [rule])


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (shape([[1, 2]], "point"), Rule.NO_AREA),
        (shape([[1, 2], [1, 9]]), Rule.NO_AREA),
        (shape([]), Rule.BAD_ANNOTATION),
        (shape([[1, 2, 3]]), Rule.BAD_ANNOTATION),
        (shape([[1, 2], [3, 4], [5, 6]], "circle"), Rule.BAD_ANNOTATION),
        (shape(kind="heap"), Rule.BAD_ANNOTATION),
        (shape(kind=[1]), Rule.BAD_ANNOTATION),
        (shape([[float("nan"), 2], [3, 4]]), Rule.NOT_FINITE),
        (shape(label=None), Rule.NO_LABEL),
        (7, Rule.BAD_ANNOTATION),
    ],
)
def test_shape_that_can_not_be_taken_is_told(bad: Any, rule: Rule) -> None:
    found = found_in(page(bad))
    assert (found.annotations, found.left_out, rules(found)) == ((), 1, [rule])


def test_flags_fields_and_attributes_of_a_shape_are_kept() -> None:
    said = {"flags": {"worn": True, "new": False, "occluded": False}, "description": "far", "group_id": 3}
    more = {"score": 0.5, "difficult": True, "attributes": {"colour": "red"}, "kie_linking": [[1, 2]]}
    found = found_in(page(shape(**said, **more)))
    own = {"worn": True, "new": False, "difficult": True, "colour": "red", "description": "far", "group_id": 3}
    assert (dict(found.annotations[0].attributes), found.annotations[0].score) == (own, 0.5)
    assert rules(found) == [Rule.ATTRIBUTE]


def test_flags_of_an_image_without_shapes_are_its_labels() -> None:
    found = found_in(page(flags={"cat": True, "dog": False}, scores={"cat": 0.5}))
    assert found.annotations == (AnnotationRecord("cat", score=0.5, source="import"),)
    found = found_in(page(shape(), flags={"blurred": True}))
    assert (found.annotations, rules(found)) == ((CAT,), [Rule.ATTRIBUTE])


def test_file_without_shapes_says_that_nothing_is_there() -> None:
    found = found_in(page())
    assert (found.annotated, found.annotations, found.findings) == (True, (), ())


def test_picture_in_the_file_is_passed_over_where_the_image_is_there() -> None:
    data = base64.b64encode(picture()).decode()
    assert found_in(page(shape(), imageData=data)).findings == ()


def embedded(folder: Path, data: str, limits: ReadLimits | None = None, **more: Any) -> tuple[Found, Listing]:
    """Of an archive without images."""
    (folder / "in").mkdir()
    text = json.dumps(page(shape(), imagePath="../b.jpg", imageData="HERE", **more)).replace("HERE", data)
    (folder / "in/b.json").write_text(text)
    listing = Listing(folder)
    (found,) = read(LABELME.layout, listing, limits or ReadLimits()).records
    return found, listing


TEXT = base64.b64encode(picture(3)).decode()


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        f"data:image/jpeg;base64,{TEXT}",
        TEXT.replace("/", "\\/"),
        "\\n".join(TEXT[place : place + 76] for place in range(0, len(TEXT), 76)),
    ],
)
def test_picture_in_the_file_is_taken_where_there_is_no_other(data: str, tmp_path: Path) -> None:
    found, listing = embedded(tmp_path, data)
    assert (found.image, found.name, found.annotations) == ("in/b.json/b.jpg", "b.jpg", (CAT,))
    assert listing.path(found.image or "").read_bytes() == picture(3)
    (said,) = found.findings
    assert (said.rule, said.file) == (Rule.EMBEDDED, "in/b.json")
    assert said.reason == "there is no image ../b.jpg; the picture in the file is taken"


def wide_png() -> str:
    """A header of 100,000×100,000 pixels, and nothing behind it."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return base64.b64encode(data + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))).decode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("this is no base64!", "no base64"),
        (TEXT[:8] + "=" + TEXT[9:], "no base64"),
        (TEXT[:-1], "no base64"),
        ("AA==" + TEXT, "no base64"),
        (base64.b64encode(b"a text").decode(), "not a JPEG"),
        (wide_png(), "pixels"),
        ("A" * 2_000_000, "MB allowed for one image"),
    ],
)
def test_picture_in_the_file_that_can_not_be_taken_is_refused(data: str, why: str, tmp_path: Path) -> None:
    found, _ = embedded(tmp_path, data, ReadLimits(ImageLimits(max_bytes=2**20)))
    assert (found.image, rules(found)) == (None, [Rule.EMBEDDED, Rule.IMAGE_REFUSED])
    assert why in found.findings[1].reason


def test_size_that_a_picture_in_the_file_does_not_have_yields_to_it(tmp_path: Path) -> None:
    found, _ = embedded(tmp_path, TEXT, imageWidth=128, imageHeight=96)
    assert [one.box for one in found.annotations] == [Box(1, 1.5, 15.25, 20)]
    assert rules(found) == [Rule.EMBEDDED, Rule.SCALED]


@pytest.mark.parametrize("path", ["..", "x" * 5_000 + ".jpg", "a\u0000b.jpg", "/etc/passwd", "b", None, 7])
def test_picture_in_the_file_has_a_name_that_a_file_may_have(path: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(page(shape(), imagePath=path, imageData=TEXT)))
    (found,) = read(LABELME.layout, Listing(tmp_path), ReadLimits()).records
    assert found.name.endswith(".jpg")
    assert not set(found.name) & set("/\\\0")
    assert len(found.name) <= 200


def test_picture_of_200_megabytes_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    start, end = json.dumps({**page(shape()), "imageData": "HERE"}).split("HERE")
    with (tmp_path / "in/a.json").open("wb") as file:
        file.write(start.encode())
        file.seek(200 * 2**20 * 4 // 3)
        file.write(end.encode())
    listing = Listing(tmp_path)
    tracemalloc.start()
    (found,) = read(LABELME.layout, listing, ReadLimits()).records
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (rules(found), peak < 5 * 2**20) == ([Rule.EMBEDDED, Rule.IMAGE_REFUSED], True)


def test_picture_of_fifty_megabytes_is_never_in_memory(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture())
    start, end = json.dumps({**page(shape()), "imageData": "HERE"}).split("HERE")
    (tmp_path / "a.json").write_text(start + "QUJD" * (50 * 2**18) + end)
    listing = Listing(tmp_path)
    tracemalloc.start()
    (found,) = read(LABELME.layout, listing, ReadLimits()).records
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.annotations, peak < 5 * 2**20) == ((CAT,), True)


def test_rest_of_a_file_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(page(*[shape()] * 50_000)))
    found = next(read(LABELME.layout, Listing(tmp_path), ReadLimits()).records)
    assert rules(found) == [Rule.UNREADABLE]


@pytest.mark.parametrize("place", range(2**16 - 40, 2**16 + 4, 3))
def test_picture_is_found_wherever_a_chunk_ends(place: int, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b" " * place + b'{"imageData": "' + b"A" * 70_000 + b'", "shapes": []}')
    data, inside = read_without_picture(Listing(tmp_path), "a.json", 2**20)
    assert json.loads(data) == {"imageData": "", "shapes": []}
    assert inside == Inside("a.json", place + 15, 70_000, "base64")


@pytest.mark.parametrize(
    ("path", "image"),
    [
        ("..\\images\\a.jpg", "images/a.jpg"),
        ("../other/a.jpg", "other/a.jpg"),
        ("C:\\photos\\a.jpg", "json/a.jpg"),
        (None, "json/a.jpg"),
        ("a.JPG", "json/a.jpg"),
    ],
)
def test_image_lies_where_the_file_says(path: Any, image: str, tmp_path: Path) -> None:
    for name in ("images/a.jpg", "json/a.jpg", "other/a.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(picture(ord(name[0])))
    (tmp_path / "json/a.json").write_text(json.dumps(page(imagePath=path)))
    found = next(read(LABELME.layout, Listing(tmp_path), ReadLimits()).records)
    assert (found.image, found.findings) == (image, ())


def test_size_that_is_missing_or_wrong_yields_to_the_picture() -> None:
    assert found_in(page(shape(), imageWidth=None, imageHeight=None)).findings == ()
    assert rules(found_in(page(shape(), imageWidth=0, imageHeight="x"))) == [Rule.SIZE_MISSING]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{\n"shapes": [', 2),
        (b"[" * 100_000, None),
        (b"9" * 5_000, None),
        (b"[]", None),
        (b'{"images": [], "annotations": []}', None),
        (b"", 1),
    ],
)
def test_file_that_can_not_be_read_holds_its_image_back(data: bytes, line: int | None) -> None:
    found = read_text(LABELME, "a.json", data)
    assert isinstance(found, list)
    assert [one.image for one in found] == [None]
    assert rules(found[0]) == [Rule.UNREADABLE, Rule.HELD_BACK]
    assert found[0].findings[0].line == line


def test_text_in_latin_1_or_utf_16_is_read() -> None:
    text = json.dumps(page(shape(label="hérisson")), ensure_ascii=False)
    for encoding, told in (("latin-1", [Rule.ENCODING]), ("utf-16", []), ("utf-8-sig", [])):
        found = read_text(LABELME, "a.json", text.encode(encoding))
        assert isinstance(found, list)
        assert ([one.label for one in found[0].annotations], rules(found[0])) == (["hérisson"], told)


GOOD = page(
    shape(flags={"worn": True}, attributes={"colour": "red"}, score=0.5),
    shape([[1, 2], [30, 2.5], [15, 40]], "polygon"),
    shape([[20, 20], [20, 25]], "circle", group_id=1),
    flags={"cat": True},
)


@examples(25, 100)
@given(broken_values(GOOD))
def test_whatever_the_values_there_are_only_findings(document: Any) -> None:
    assert read_text(LABELME, "a.json", json.dumps(document).encode()) is not None


@examples(25, 100)
@given(broken_bytes(json.dumps(GOOD).encode()))
def test_whatever_the_bytes_there_are_only_findings(data: bytes) -> None:
    assert read_text(LABELME, "a.json", data) is not None


def test_written_files_are_labelmes_and_lie_in_the_folders_of_their_splits(tmp_path: Path) -> None:
    said: Attributes = {"worn": True, "colour": "red", "description": "far", "group_id": 2}
    cat = AnnotationRecord("cat", Box(1 / 3, 0, 64, 47.5), score=0.5, attributes=said)
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", split="val", annotations=(cat,)),
        ImageRecord("b.jpg", "2" * 64, 64, 48),
    ]
    lay(LABELME, Header("detection", ("dog", "cat"), "Pets"), images, tmp_path)
    assert sorted(Listing(tmp_path).texts) == ["labels.txt", "val/a.json"]
    (written,) = json.loads((tmp_path / "val/a.json").read_text())["shapes"]
    assert written["points"] == [[1 / 3, 0], [64, 47.5]]
    assert (written["group_id"], written["description"], written["flags"]) == (2, "far", {"worn": True})
    reading = read(LABELME.layout, Listing(tmp_path), ReadLimits())
    first, second = reading.records
    assert (reading.header.labels, first.split, second.annotated) == (("dog", "cat"), "val", False)
    assert first.annotations[0].attributes == said


@pytest.mark.full
def test_thousands_of_files_take_no_memory(tmp_path: Path) -> None:
    assert growth("labelme", tmp_path, 5_000) < 60 * 2**20

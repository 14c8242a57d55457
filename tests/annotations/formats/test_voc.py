"""Pascal VOC: read strictly, written so that reading gives the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.voc.pages import parse
from annotations.formats.voc.writing import to_xml
from tests.annotations.archives import voc
from tests.annotations.formats.depth import examples
from tests.annotations.images import picture

VOC = FORMATS["voc"]

sides = st.floats(0, 1000).flatmap(lambda low: st.tuples(st.just(low), st.floats(low + 0.01, 2000)))
annotations = st.builds(
    lambda label, x, y: AnnotationRecord(label, Box(x[0], y[0], x[1], y[1]), source="import"),
    st.sampled_from(["cat", "raton laveur", "浣熊", "a<b&c"]),
    sides,
    sides,
)


@examples(25, 100)
@given(st.lists(annotations, max_size=5))
def test_what_is_written_is_read_again(wanted: list[AnnotationRecord]) -> None:
    image = ImageRecord("a.jpg", "0" * 64, 2000, 2000, queue="labelled", annotations=tuple(wanted))
    page = parse(to_xml(image, "a.jpg"))
    assert (page.filename, page.size) == ("a.jpg", (2000, 2000))
    assert [(one.label, one.box) for one in page.annotations] == [(one.label, one.box) for one in wanted]


def lay(folder: Path, **files: bytes) -> list[Found]:
    for name, data in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(read(VOC.layout, Listing(folder), ReadLimits()).records)


def reasons(found: list[Found]) -> list[tuple[str, int | None, str]]:
    return [(f.severity, f.line, f.reason) for item in found for f in item.findings]


def test_box_outside_is_cut_or_left_out(tmp_path: Path) -> None:
    xml = voc("a.jpg", ("cat", -5, 10, 30, 90), ("cat", 70, 0, 90, 20), ("cat", 3, 3, 3, 9))
    found = lay(tmp_path, a__jpg=picture(), a__xml=xml)
    assert found[0].annotations == (AnnotationRecord("cat", Box(0, 10, 30, 48), source="import"),)
    assert found[0].left_out == 2
    assert [(severity, line) for severity, line, _ in reasons(found)] == [("warning", 4), ("error", 5), ("error", 6)]


def test_size_of_zero_yields_to_the_picture(tmp_path: Path) -> None:
    found = lay(tmp_path, a__jpg=picture(), a__xml=voc("a.jpg", ("cat", 1, 1, 60, 40), size=(0, 0)))
    assert found[0].annotations[0].box == Box(1, 1, 60, 40)
    assert reasons(found)[0][0] == "info"


def test_boxes_of_a_resized_picture_are_scaled(tmp_path: Path) -> None:
    found = lay(tmp_path, a__jpg=picture(), a__xml=voc("a.jpg", ("cat", 2, 2, 20, 20), size=(128, 96)))
    assert found[0].annotations[0].box == Box(1, 1, 10, 10)
    assert "scaled" in reasons(found)[0][2]


def test_boxes_drawn_before_the_exif_rotation_turn_with_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = picture(exif=exif.tobytes())
    found = lay(tmp_path, a__jpg=turned, a__xml=voc("a.jpg", ("cat", 0, 0, 10, 5)))
    assert found[0].annotations[0].box == Box(43, 0, 48, 10)


def test_image_is_found_by_the_name_of_its_xml(tmp_path: Path) -> None:
    found = lay(tmp_path, **{"xml/a__xml": voc("C:\\\\photos\\\\other.jpg"), "img/A__JPG": picture()})
    assert found[0].image == "img/A.JPG"
    assert reasons(found)[0][0] == "warning"


def test_of_images_with_one_name_the_nearest_is_taken(tmp_path: Path) -> None:
    files = {"train/a__jpg": picture(1), "train/a__xml": voc("a.jpg"), "test/a__jpg": picture(2)}
    found = lay(tmp_path, **files, **{"test/a__xml": voc("a.jpg")})
    assert [(item.source, item.image) for item in found] == [
        ("test/a.xml", "test/a.jpg"),
        ("train/a.xml", "train/a.jpg"),
    ]


def test_xml_without_image_is_said(tmp_path: Path) -> None:
    found = lay(tmp_path, a__xml=voc("b.jpg"))
    assert (found[0].image, reasons(found)) == (None, [("error", None, "there is no image b.jpg")])


def test_image_without_xml_comes_last_and_unlabelled(tmp_path: Path) -> None:
    found = lay(tmp_path, a__jpg=picture(1), b__jpg=picture(2), b__xml=voc("b.jpg"))
    assert [(item.source, item.annotated) for item in found] == [("b.xml", True), ("a.jpg", False)]


@pytest.mark.parametrize(
    ("xml", "line", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<annotation>&e;</annotation>', 1, "document type"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><annotation><filename>&e;</filename></annotation>', 1, "document type"),
        (b"<annotation>\n<filename>a.jpg\n</annotation>", 3, "not well-formed"),
        (b"<annotations/>", 1, "root is <annotations>"),
        (b"", None, "not well-formed"),
        (b"\xff\xfe\x00", None, "not well-formed"),
    ],
)
def test_unreadable_xml_names_its_line(xml: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(xml)
    assert reason in caught.value.reason
    assert line is None or caught.value.line == line


def test_image_of_an_unreadable_xml_is_held_back(tmp_path: Path) -> None:
    found = lay(tmp_path, a__jpg=picture(), a__xml=b"<annotation>")
    assert [item.image for item in found] == [None]
    assert len(reasons(found)) == 2


@pytest.mark.parametrize("box", ["<xmin>a</xmin>", "<xmin>nan</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax>", ""])
def test_box_without_numbers_is_left_out(tmp_path: Path, box: str) -> None:
    xml = f"<annotation><object><name>cat</name><bndbox>{box}</bndbox></object></annotation>"
    found = lay(tmp_path, a__jpg=picture(), a__xml=xml.encode())
    assert (found[0].annotations, found[0].left_out, reasons(found)[-1][0]) == ((), 1, "error")

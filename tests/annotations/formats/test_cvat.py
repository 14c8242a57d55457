"""CVAT for images 1.1: as CVAT's documentation shows it, as it comes damaged, as we write it."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Attributes, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.cvat.attributes import as_text, comes_back, typed
from annotations.formats.errors import FormatError
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from tests.annotations.formats.damage import broken_bytes, read_text
from tests.annotations.formats.depth import examples
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

CVAT = FORMATS["cvat"]

TASK = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>4</id><name>segmentation</name><size>27</size><mode>annotation</mode><overlap>0</overlap>
      <bugtracker></bugtracker><flipped>False</flipped><created>2018-09-25 11:34:24.617558+03:00</created>
      <labels>
        <label><name>car</name><color>#c06060</color><type>any</type><attributes>
          <attribute><name>model</name><mutable>False</mutable><input_type>select</input_type>
            <default_value>a</default_value><values>a\nb</values></attribute>
        </attributes></label>
        <label><name>cat</name><attributes></attributes></label>
        <label><name>person</name><type>skeleton</type><svg>&lt;line/&gt;</svg></label>
        <label><name>head</name><type>points</type><parent>person</parent></label>
      </labels>
      <segments><segment><id>4</id><start>0</start><stop>26</stop><url>x</url></segment></segments>
      <owner><username>admin</username><email></email></owner>
    </task>
    <dumped>2018-09-25 11:38:28.799808+03:00</dumped>
  </meta>
"""
IMAGE = '  <image id="0" name="{name}" width="64" height="48"{more}>\n{shapes}  </image>\n'
BOX = '<box label="car" occluded="1" source="manual" xtl="5.80" ytl="2" xbr="37.61" ybr="40.5" z_order="0">{}</box>\n'
CUBOID = """<cuboid label="cat" xtl1="1" ytl1="2" xbl1="1" ybl1="9" xtr1="8" ytr1="2" xbr1="8" ybr1="9"
    xtl2="3" ytl2="1" xbl2="3" ybl2="7" xtr2="12" ytr2="1" xbr2="12" ybr2="7"/>""".replace("\n    ", " ")


def xml(shapes: str = BOX.format(""), name: str = "a.jpg", more: str = "", meta: str = TASK) -> bytes:
    return (meta + IMAGE.format(name=name, more=more, shapes=shapes) + "</annotations>\n").encode()


def lay(folder: Path, **files: bytes) -> Listing:
    for name, data in {"a__jpg": picture(), **files}.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Listing(folder)


def found_in(data: bytes) -> Found:
    found = read_text(CVAT, "annotations.xml", data)
    assert isinstance(found, list), found
    return found[0]


def rules(found: Found) -> list[Rule]:
    return [one.rule for one in found.findings]


@pytest.mark.parametrize("owner", ["task", "project", "job"])
def test_documented_example_is_recognised_and_read(owner: str, tmp_path: Path) -> None:
    meta = TASK.replace("<task>", f"<{owner}>").replace("</task>", f"</{owner}>")
    listing = lay(tmp_path, annotations__xml=xml(meta=meta))
    assert CVAT.layout.recognise(listing).confidence == 1.0
    reading = read(CVAT.layout, listing, ReadLimits())
    assert reading.header.labels == ("car", "cat", "person")
    (found,) = reading.records
    car = AnnotationRecord("car", Box(5.8, 2, 37.61, 40.5), source="import", attributes={"occluded": True})
    assert (found.annotations, found.findings) == ((car,), ())


def test_attributes_are_true_false_numbers_or_texts() -> None:
    said = {"worn": "false", "count": "3", "width": "2.5", "model": "b c", "plate": "007", "difficult": "false"}
    inner = "".join(f'<attribute name="{name}">{text}</attribute>' for name, text in said.items())
    (car,) = found_in(xml(BOX.format(inner + '<attribute name="note"></attribute>'))).annotations
    own = {"worn": False, "count": 3, "width": 2.5, "model": "b c", "plate": "007", "note": ""}
    assert dict(car.attributes) == {"occluded": True, **own}
    assert type(car.attributes["count"]) is int


@examples(25, 100)
@given(st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-(2**53), 2**53))
def test_what_is_no_text_comes_back_as_it_was(value: Any) -> None:
    assert comes_back(value)


def test_text_that_looks_like_a_number_is_told() -> None:
    assert (typed(as_text("true")), typed(as_text("7"))) == (True, 7)
    one = AnnotationRecord("cat", Box(0, 0, 1, 1), attributes={"plate": "7"})
    image = ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(one,))
    assert len(list(CVAT.layout.loses(Header("detection"), image))) == 1


@pytest.mark.parametrize(
    ("shape", "box", "rule"),
    [
        ('<polygon label="cat" points="1,2;30,2.5;15,40"/>', Box(1, 2, 30, 40), Rule.SHAPE),
        ('<polyline label="cat" points="1,2;30,40"/>', Box(1, 2, 30, 40), Rule.SHAPE),
        ('<points label="cat" points="1,2;30,40"/>', Box(1, 2, 30, 40), Rule.SHAPE),
        ('<mask label="cat" rle="1, 2" left="3" top="4" width="10" height="5"/>', Box(3, 4, 13, 9), Rule.SHAPE),
        ('<ellipse label="cat" cx="10" cy="12" rx="4" ry="2"/>', Box(6, 10, 14, 14), Rule.SHAPE),
        ('<skeleton label="cat"><points label="l" points="1,2"/><points label="r" points="9,5"/></skeleton>',
         Box(1, 2, 9, 5), Rule.SHAPE),
        (CUBOID, Box(1, 1, 12, 9), Rule.SHAPE),
        ('<box label="cat" xtl="10" ytl="10" xbr="30" ybr="20" rotation="90.0"/>', Box(15, 5, 25, 25), Rule.ROTATED),
        ('<box label="cat" xtl="1,5" ytl="2" xbr="30" ybr="20"/>', Box(1.5, 2, 30, 20), Rule.DECIMAL_COMMA),
    ],
)  # fmt: skip
def test_shape_that_is_no_upright_box_gives_the_box_around_it(shape: str, box: Box, rule: Rule) -> None:
    found = found_in(xml(shape))
    (cat,) = found.annotations
    assert cat.box
    sides = [(cat.box.x_min, cat.box.y_min, cat.box.x_max, cat.box.y_max), (box.x_min, box.y_min, box.x_max, box.y_max)]
    assert sides[0] == pytest.approx(sides[1])
    assert rules(found) == [rule]
    assert found.findings[0].line == 24


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        ('<points label="cat" points="1,2"/>', Rule.NO_AREA),
        ('<polyline label="cat" points="1,2;30,2"/>', Rule.NO_AREA),
        ('<polygon label="cat" points=""/>', Rule.BAD_ANNOTATION),
        ('<box label="cat" xtl="a" ytl="2" xbr="30" ybr="20"/>', Rule.BAD_ANNOTATION),
        ('<box label="cat" xtl="nan" ytl="2" xbr="30" ybr="20"/>', Rule.NOT_FINITE),
        ('<box label="cat" xtl="1" ytl="2" xbr="30" ybr="20" rotation="inf"/>', Rule.BAD_ANNOTATION),
        ('<box xtl="1" ytl="2" xbr="30" ybr="20"/>', Rule.NO_LABEL),
        ('<heap label="cat"/>', Rule.BAD_ANNOTATION),
    ],
)
def test_shape_that_can_not_be_taken_is_told_with_its_line(shape: str, rule: Rule) -> None:
    found = found_in(xml(shape))
    assert (found.annotated, found.left_out, rules(found)[-1], found.findings[-1].line) == (True, 1, rule, 24)


def test_alike_shapes_of_an_image_are_told_once() -> None:
    found = found_in(xml('<polygon label="cat" points="1,2;30,2;15,40"/>' * 3))
    assert [one.reason for one in found.findings] == ["a.jpg: a polygon of 'cat' becomes the box around it (3 times)"]


def test_tags_label_the_whole_image() -> None:
    found = found_in(xml('<tag label="cat" source="manual"><attribute name="worn">true</attribute></tag>'))
    assert found.annotations == (AnnotationRecord("cat", source="import", attributes={"worn": True}),)


def test_image_without_shapes_carries_nothing() -> None:
    found = found_in(xml(""))
    assert (found.annotated, found.annotations, found.findings) == (True, (), ())


def test_subsets_are_splits_and_images_lie_in_their_folders(tmp_path: Path) -> None:
    more = ' subset="Validation"'
    files = {"images/Validation/b__jpg": picture(1), "images/Train/b__jpg": picture(2), "b__jpg": picture(3)}
    listing = lay(tmp_path, annotations__xml=xml(name="b.jpg", more=more), **files)
    found = next(read(CVAT.layout, listing, ReadLimits()).records)
    assert (found.image, found.split, found.findings) == ("images/Validation/b.jpg", "val", ())
    assert rules(found_in(xml(more=' subset="night"'))) == [Rule.ONE_SPLIT]


def test_subset_of_a_task_or_of_its_file_counts_for_all_images(tmp_path: Path) -> None:
    of_task = TASK.replace("<mode>", "<subset>Test</subset><mode>")
    assert found_in(xml(meta=of_task)).split == "test"
    of_project = TASK.replace("<labels>", "<tasks><task><subset>Test</subset></task></tasks><labels>")
    assert (
        found_in(xml(meta=of_project.replace("<task>\n", "<project>\n").replace("</task>\n", "</project>\n"))).split
        is None
    )
    listing = lay(tmp_path, validation__xml=xml())
    assert next(read(CVAT.layout, listing, ReadLimits()).records).split == "val"


def test_tracks_are_refused_with_what_to_export() -> None:
    track = '<track id="0" label="car"><box frame="0" xtl="1" ytl="1" xbr="2" ybr="2" outside="0"/></track>'
    said = read_text(CVAT, "annotations.xml", (TASK + track + "</annotations>").encode())
    assert isinstance(said, FormatError)
    assert (said.file, said.line) == ("annotations.xml", 23)
    assert "CVAT for images 1.1" in said.reason


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<annotations>&e;</annotations>', 1, "document type"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]>\n<annotations a="&e;"/>', 1, "document type"),
        (b"<annotations>\n<image name='a.jpg'>\n</annotations>", 3, "not well-formed"),
        (b"<annotation/>", 1, "root is <annotation>"),
        (b'<?xml version="1.0" encoding="klingon"?><annotations/>', None, "not"),
        (b"<annotations><image name='a.jpg'>" + b"<a/>" * 2_000_000, None, "has more than 4 MB"),
        (b"<annotations>" + b"<a>" * 1000, None, "not well-formed"),
    ],
)
def test_unreadable_xml_names_its_line(data: bytes, line: int | None, reason: str) -> None:
    said = read_text(CVAT, "annotations.xml", data)
    assert isinstance(said, FormatError)
    assert (said.file, reason in said.reason) == ("annotations.xml", True)
    assert line is None or said.line == line


def test_one_file_of_several_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    listing = lay(tmp_path, a__xml=xml(), b__xml=b"<annotations>")
    found = list(read(CVAT.layout, listing, ReadLimits()).records)
    assert [one.image for one in found] == ["a.jpg", None]
    assert [(one.rule, one.file) for one in found[1].findings] == [(Rule.UNREADABLE, "b.xml")]


def test_more_labels_than_are_read_are_refused() -> None:
    labels = "".join(f"<label><name>{n}</name></label>" for n in range(11))
    data = f"<annotations><meta><task><labels>{labels}</labels></task></meta></annotations>".encode()
    assert isinstance(read_text(CVAT, "a.xml", data, ReadLimits(labels=10)), FormatError)
    assert isinstance(read_text(CVAT, "a.xml", data, ReadLimits(labels=11)), list)


@examples(25, 100)
@given(broken_bytes(xml(BOX.format('<attribute name="model">b</attribute>'), more=' subset="train"')))
def test_whatever_the_bytes_there_are_only_findings(data: bytes) -> None:
    assert read_text(CVAT, "annotations.xml", data) is not None


def written(*images: ImageRecord, labels: tuple[str, ...] = ("cat",)) -> bytes:
    parts = CVAT.layout.write(Header("detection", labels, "Pets"), images)
    (stream,) = [content for path, content in parts if path == "annotations.xml"]
    return b"".join(stream.pieces(lambda _: b""))  # type: ignore[union-attr]


def test_labels_are_declared_with_the_attributes_that_occur() -> None:
    said: Attributes = {"worn": True, "colour": "red", "occluded": True, "z_order": 2}
    cat = AnnotationRecord("cat", Box(0.125, 0, 1 / 3, 1), attributes=said)
    root = etree.parse(io.BytesIO(written(ImageRecord("a.jpg", "1" * 64, 64, 48, 0, "done", "val", (cat,)))))
    declared = [(a.findtext("name"), a.findtext("input_type")) for a in root.iter("attribute") if len(a)]
    assert declared == [("worn", "checkbox"), ("colour", "text")]
    box = root.find("image/box")
    assert box is not None
    assert dict(box.attrib) == {
        "label": "cat", "source": "manual", "occluded": "1", "z_order": "2",
        "xtl": "0.125", "ytl": "0", "xbr": "0.3333333333333333", "ybr": "1",
    }  # fmt: skip
    image = root.find("image")
    assert image is not None
    assert (image.get("subset"), image.get("name")) == ("val", "a.jpg")


@pytest.mark.full
def test_twenty_thousand_images_take_no_memory(tmp_path: Path) -> None:
    assert growth("cvat", tmp_path) < 60 * 2**20


def test_a_folder_named_after_a_split_tells_it_as_fiftyone_leaves_one(tmp_path: Path) -> None:
    text = '<annotations><image id="0" name="a.jpg" width="64" height="48"/></annotations>'
    for name, data in (("val/data/a.jpg", picture(1)), ("val/labels.xml", text.encode())):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (found,) = read(CVAT.layout, Listing(tmp_path), ReadLimits()).records
    assert (found.image, found.split, found.annotated) == ("val/data/a.jpg", "val", True)

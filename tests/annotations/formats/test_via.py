"""VGG Image Annotator: as it writes projects, region data and CSV, as they come damaged, as we write them."""

import csv
import io
import json
import tracemalloc
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
from annotations.formats.reading import Found, read
from tests.annotations.formats.damage import broken_bytes, broken_values, read_text
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.memory import growth

VIA = FORMATS["via"]
CAT = AnnotationRecord("cat", Box(2, 3, 32, 43), source="import")
RECT = {"name": "rect", "x": 2, "y": 3, "width": 30, "height": 40}


def region(shape: Any = None, **said: Any) -> dict[str, Any]:
    return {"shape_attributes": RECT if shape is None else shape, "region_attributes": said or {"label": "cat"}}


def image(*regions: Any, name: Any = "a.jpg", **of_file: Any) -> dict[str, Any]:
    return {"filename": name, "size": 1234, "regions": list(regions), "file_attributes": of_file}


def data(*images: Any) -> dict[str, Any]:
    return {f"{place}.jpg1234": one for place, one in enumerate(images)}


def project(*images: Any, region: Any = None, file: Any = None) -> dict[str, Any]:
    return {
        "_via_settings": {"ui": {"annotation_editor_height": 25}, "core": {"default_filepath": ""}, "project": {}},
        "_via_img_metadata": data(*images),
        "_via_attributes": {"region": region or {}, "file": file or {}},
        "_via_data_format_version": "2.0.10",
        "_via_image_id_list": ["0.jpg1234"],
    }


def found_in(document: Any) -> list[Found]:
    found = read_text(VIA, "via.json", json.dumps(document).encode())
    assert isinstance(found, list), found
    return found


def one_in(document: Any) -> Found:
    return next(one for one in found_in(document) if one.image)


def rules(found: list[Found]) -> list[Rule]:
    return [said.rule for one in found for said in one.findings]


HEAD = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"


def table(*rows: list[Any], head: str = HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([*rows])
    return f"{head}\n{out.getvalue()}".encode()


def row(shape: Any = None, count: int = 1, name: str = "a.jpg", attributes: Any = None) -> list[Any]:
    said = {"label": "cat"} if attributes is None else attributes
    return [name, 1234, "{}", count, 0, json.dumps(RECT if shape is None else shape), json.dumps(said)]


def in_table(text: bytes) -> list[Found]:
    found = read_text(VIA, "via.csv", text)
    assert isinstance(found, list), found
    return found


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("p.json", json.dumps(project(image(region()))).encode(), 1.0),
        ("d.json", json.dumps(data(image(region()))).encode(), 0.95),
        ("d.json", json.dumps(data({**image(), "regions": {"0": region()}})).encode(), 0.95),
        ("t.csv", table(row()), 1.0),
        ("t.csv", table(row(), head="#" + HEAD), 1.0),
        ("t.csv", b"filename,width,height,class,xmin,ymin,xmax,ymax\n", 0.0),
        ("c.json", b'{"images": [], "annotations": [], "categories": []}', 0.0),
    ],
)
def test_it_is_known_by_its_fields(name: str, text: bytes, sure: float, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text)
    assert VIA.layout.recognise(Listing(tmp_path)).confidence == sure


@pytest.mark.parametrize(
    "document",
    [
        project(image(region())),
        data(image(region())),
        data({**image(), "fileref": "", "base64_img_data": "", "regions": {"0": region()}}),
    ],
)
def test_projects_and_region_data_of_both_versions_are_read(document: Any) -> None:
    (found,) = found_in(document)
    assert (found.image, found.annotations, found.findings) == ("a.jpg", (CAT,), ())


def test_image_without_regions_carries_nothing() -> None:
    (found,) = found_in(data(image()))
    assert (found.annotated, found.annotations, found.findings) == (True, (), ())


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ({"name": "circle", "cx": 20, "cy": 20, "r": 5.5}, Box(14.5, 14.5, 25.5, 25.5)),
        ({"name": "ellipse", "cx": 20, "cy": 20, "rx": 8, "ry": 4}, Box(12, 16, 28, 24)),
        ({"name": "ellipse", "cx": 20, "cy": 20, "rx": 8, "ry": 4, "theta": 0}, Box(12, 16, 28, 24)),
        ({"name": "polygon", "all_points_x": [1, 30, 15], "all_points_y": [2, 3, 40]}, Box(1, 2, 30, 40)),
        ({"name": "polyline", "all_points_x": [1, 30], "all_points_y": [2, 40]}, Box(1, 2, 30, 40)),
    ],
)
def test_other_shapes_give_the_box_around_them(shape: Any, box: Box) -> None:
    found = found_in(data(image(region(shape))))
    assert ([one.box for one in found[0].annotations], rules(found)) == ([box], [Rule.SHAPE])


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (region({"name": "point", "cx": 1, "cy": 2}), Rule.NO_AREA),
        (region({"name": "heap"}), Rule.BAD_ANNOTATION),
        (region({"name": ["rect"]}), Rule.BAD_ANNOTATION),
        (region({"name": "rect", "x": 1}), Rule.BAD_ANNOTATION),
        (region({"name": "polygon"}), Rule.BAD_ANNOTATION),
        (region({"name": "polygon", "all_points_x": [1], "all_points_y": [1, 2]}), Rule.BAD_ANNOTATION),
        (region({"name": "polygon", "all_points_x": 1, "all_points_y": None}), Rule.BAD_ANNOTATION),
        (region({**RECT, "x": float("nan")}), Rule.NOT_FINITE),
        (region(label=""), Rule.NO_LABEL),
        (region(label={"cat": False}), Rule.NO_LABEL),
        (7, Rule.BAD_ANNOTATION),
    ],
)
def test_region_that_can_not_be_taken_is_told(bad: Any, rule: Rule) -> None:
    found = found_in(data(image(region(), bad)))
    assert (found[0].annotations, found[0].left_out, rules(found)) == ((CAT,), 1, [rule])


@pytest.mark.parametrize(
    ("said", "label", "told"),
    [
        ({"label": "cat", "name": "Tom"}, "cat", []),
        ({"Class": "cat"}, "cat", []),
        ({"type": "cat"}, "cat", [Rule.LABEL_FIELD]),
        ({"species": "cat"}, "cat", [Rule.LABEL_FIELD]),
        ({"worn": "yes", "species": "cat"}, "yes", [Rule.LABEL_FIELD]),
        ({"label": {"cat": True, "dog": False}}, "cat", []),
        ({"label": {"cat": True, "dog": True}}, "cat", [Rule.CONTRADICTION]),
        ({"label": 7}, "7", []),
    ],
)
def test_attribute_that_is_the_label_is_found_and_told(said: Any, label: str, told: list[Rule]) -> None:
    document = data(image(region(**said)))
    assert (one_in(document).annotations[0].label, rules(found_in(document))) == (label, told)


def test_attribute_with_options_comes_before_one_without() -> None:
    options = {"worn": {"type": "text"}, "species": {"type": "dropdown", "options": {"cat": "", "dog": ""}}}
    document = project(image(region(worn="yes", species="cat")), region=options)
    assert one_in(document).annotations[0].label == "cat"
    (told,) = [said.reason for one in found_in(document) for said in one.findings]
    assert told == "the attribute 'species' of regions is taken as the label; the others are [\"worn\"]"


def test_other_attributes_are_kept() -> None:
    said = {"label": "cat", "colour": "red", "count": 3, "worn": True, "kind": {"a": True, "b": True}, "score": 0.5}
    (cat,) = one_in(data(image(region(**said)))).annotations
    assert (dict(cat.attributes), cat.score) == ({"colour": "red", "count": 3, "worn": True, "kind": "a, b"}, 0.5)


def test_attributes_of_files_label_images_where_there_are_no_regions() -> None:
    own = {"caption": "", "public_domain": "no", "image_url": ""}
    (found,) = found_in(data(image(label="cat", split="valid", group="film", **own)))
    assert (found.annotations, found.split, found.group) == ((AnnotationRecord("cat", source="import"),), "val", "film")
    assert found.findings == ()
    assert rules(found_in(data(image(region(), weather="wet")))) == [Rule.ATTRIBUTE]


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (data(7), Rule.UNREADABLE),
        (data(image(name=None)), Rule.UNREADABLE),
        (data({**image(), "regions": 7}), Rule.HELD_BACK),
        (data({**image(), "base64_img_data": "AAAA"}), Rule.EMBEDDED),
        (data(image(name="b.jpg")), Rule.NO_IMAGE),
        (data(image(), image()), Rule.SECOND_FILE),
    ],
)
def test_image_that_can_not_be_taken_is_told(bad: Any, rule: Rule) -> None:
    assert rule in rules(found_in(bad))


def test_third_version_is_refused_with_a_reason() -> None:
    third = {"project": {"pid": "x", "vid_list": []}, "config": {}, "attribute": {}, "file": {}, "metadata": {}}
    for name, text in (("p.json", json.dumps(third)), ("t.csv", "# CSV_HEADER = metadata_id,file_list\n")):
        said = read_text(VIA, name, text.encode())
        assert isinstance(said, FormatError)
        assert (said.file, "VIA 3" in said.reason) == (name, True)


def test_table_is_read_with_its_lines() -> None:
    polygon = {"name": "polygon", "all_points_x": [1, 30], "all_points_y": [2, 40]}
    (found,) = in_table(table(row(), row(polygon), row({"name": "rect", "x": 1})))
    assert (found.annotations[0], found.lines) == (CAT, (2, 3))
    assert [(said.rule, said.line) for said in found.findings] == [(Rule.SHAPE, 3), (Rule.BAD_ANNOTATION, 4)]


def test_line_without_a_region_says_that_nothing_is_there() -> None:
    (found,) = in_table(table(row({}, 0, attributes={})))
    assert (found.annotated, found.annotations, found.findings) == (True, (), ())


def test_name_with_a_comma_is_read_though_via_does_not_quote_it() -> None:
    line = f"a,b.jpg,{','.join(table(row()).decode().splitlines()[1].split(',')[1:])}"
    said = rules(in_table(f"{HEAD}\n{line}\n".encode()))
    assert said == [Rule.NO_IMAGE]
    (reason,) = [one.reason for found in in_table(f"{HEAD}\n{line}\n".encode()) for one in found.findings]
    assert reason == "there is no image a,b.jpg"


def test_cell_that_is_no_json_costs_its_region_only() -> None:
    (found,) = in_table(table(row(), [*row()[:5], "{", "{}"]))
    assert (found.annotations, found.left_out) == ((CAT,), 1)
    assert [(said.rule, said.line) for said in found.findings] == [(Rule.BAD_ANNOTATION, 3)]


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"a,b,c\n1,2,3\n", 1), (b"", 1), (table(["a.jpg", 1]), 2), (table() + b"x" * 5_000_000, 2)],
)
def test_table_that_can_not_be_read_names_its_line(text: bytes, line: int) -> None:
    said = read_text(VIA, "via.csv", text)
    assert isinstance(said, FormatError)
    assert (said.file, said.line) == ("via.csv", line)


OPTIONS = {"label": {"type": "dropdown", "options": {"cat": ""}, "default_options": {}}}
GOOD = project(
    image(region(label="cat", worn=True), region({"name": "circle", "cx": 9, "cy": 9, "r": 5})), region=OPTIONS
)


@examples(25, 100)
@given(broken_values(GOOD))
def test_whatever_the_values_there_are_only_findings(document: Any) -> None:
    assert read_text(VIA, "via.json", json.dumps(document).encode()) is not None


@examples(25, 100)
@given(broken_values(GOOD["_via_img_metadata"]))
def test_whatever_the_values_of_bare_images_there_are_only_findings(document: Any) -> None:
    assert read_text(VIA, "via.json", json.dumps(document).encode()) is not None


@examples(25, 100)
@given(st.one_of(broken_bytes(table(row(), row({}, 0))), broken_bytes(json.dumps(GOOD).encode())))
def test_whatever_the_bytes_there_are_only_findings(text: bytes) -> None:
    assert read_text(VIA, "via.json", text) is not None
    assert read_text(VIA, "via.csv", text) is not None


def test_written_project_has_what_via_needs(tmp_path: Path) -> None:
    cat = AnnotationRecord("cat", Box(0.5, 0, 64, 47.5), score=0.5, attributes={"worn": True})
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, 99, "labelled", "val", (cat,), "film"),
        ImageRecord("b.jpg", "2" * 64, 64, 48),
    ]
    lay(VIA, Header("detection", ("dog", "cat"), "Pets"), images, tmp_path)
    written = json.loads((tmp_path / "via_project.json").read_text())
    assert written["_via_settings"]["core"]["default_filepath"] == "images/"
    assert written["_via_image_id_list"] == list(written["_via_img_metadata"]) == ["a.jpg99"]
    assert list(written["_via_attributes"]["region"]["label"]["options"]) == ["dog", "cat"]
    (said,) = written["_via_img_metadata"]["a.jpg99"]["regions"]
    assert said["shape_attributes"] == {"name": "rect", "x": 0.5, "y": 0, "width": 63.5, "height": 47.5}
    reading = read(VIA.layout, Listing(tmp_path), ReadLimits())
    first, second = reading.records
    assert (reading.header.labels, first.group, second.annotated) == (("dog", "cat"), "film", False)
    assert (first.annotations[0].score, first.annotations[0].attributes) == (0.5, {"worn": True})


def test_attributes_that_lose_their_place_are_told() -> None:
    cat = AnnotationRecord("cat", Box(0, 0, 1, 1), attributes={"label": "x"})
    one = ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(cat,))
    assert len(list(VIA.layout.loses(Header("detection"), one))) == 1


@pytest.mark.full
def test_twenty_thousand_images_take_no_memory(tmp_path: Path) -> None:
    assert growth("via", tmp_path) < 60 * 2**20


def test_rows_of_a_table_are_put_together_outside_of_memory(tmp_path: Path) -> None:
    (tmp_path / "via.csv").write_bytes(table(*(row(name=f"{number % 2_500}.jpg") for number in range(5_000))))
    listing = Listing(tmp_path)
    tracemalloc.start()
    _, parsed = VIA.layout.read(listing, ReadLimits())
    found = sum(1 for _ in parsed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, peak < 3 * 2**20) == (2_500, True)

"""CSV: as tools write it, as people save it, and as it was chosen to be read."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Attributes, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.errors import FormatError
from annotations.formats.layout import Choices, Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from annotations.formats.recognition import recognise
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.memory import growth
from tests.annotations.images import picture

CSV = FORMATS["csv"]
CAT, DOG = Box(16, 12, 32, 24), Box(0, 0, 64, 48)

TENSORFLOW = "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,64,48,cat,16,12,32,24\na.jpg,64,48,dog,0,0,64,48\n"
RETINANET = "/data/imgs/a.jpg,16,12,32,24,cat\n/data/imgs/a.jpg,0,0,64,48,dog\nb.jpg,,,,,\n"
AUTOML = "TRAIN,gs://bucket/imgs/a.jpg,cat,0.25,0.25,,,0.5,0.5,,\n"
FOUR_CORNERS = "VALIDATION,gs://bucket/a.jpg,cat,0.25,0.25,0.5,0.25,0.5,0.5,0.25,0.5\n"
KAGGLE = 'image_id,width,height,bbox,source\na,64,48,"[16.0, 12.0, 16.0, 12.0]",usask_1\n'


def found_in(folder: Path, text: str | bytes, name: str = "train.csv", **table: str) -> list[Found]:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    for number, image in enumerate(("a.jpg", "b.jpg")):
        (folder / image).write_bytes(picture(number))
    limits = ReadLimits(choices=Choices(table=table))
    return list(read(CSV.layout, Listing(folder), limits).records)


def boxes(found: list[Found]) -> list[tuple[str, Box | None]]:
    return [(one.label, one.box) for entry in found for one in entry.annotations]


def told(found: list[Found]) -> list[tuple[Rule, int | None]]:
    return [(said.rule, said.line) for entry in found for said in entry.findings]


def header_of(folder: Path, **table: str) -> Header:
    return CSV.layout.read(Listing(folder), ReadLimits(choices=Choices(table=table)))[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(TENSORFLOW, {"unit": "pixels", "box": "xmin ymin xmax ymax", "label": "class"}, id="TensorFlow"),
        pytest.param(RETINANET.splitlines()[0], {"header": "no", "box": "2 3 4 5", "label": "6"}, id="RetinaNet"),
        pytest.param(AUTOML, {"unit": "shares", "box": "4 5 8 9", "split": "1"}, id="AutoML"),
        pytest.param(FOUR_CORNERS, {"box": "4 5 8 9", "label": "3"}, id="AutoML, four corners"),
        pytest.param("image;label;x;y;w;h\na.jpg;cat;16;12;16;12\n", {"delimiter": ";", "coordinates": "size"}, id=";"),
        pytest.param("a.jpg\tcat\t16\t12\t32\t24\n", {"delimiter": "tab", "label": "2"}, id="tabs"),
        pytest.param("path|name|left|top|right|bottom\na.jpg|cat|16|12|32|24\n", {"delimiter": "|"}, id="|"),
        pytest.param(
            "Image Name,Class Name,X Center,Y Center,Width,Height\na.jpg,cat,0.375,0.375,0.25,0.25\n",
            {"coordinates": "centre", "unit": "shares", "box": "X Center Y Center Width Height"},
            id="centre",
        ),
        pytest.param(
            "file,width,height,x,y,w,h,label\na.jpg,128,96,32,24,32,24,cat\n", {"width": "width"}, id="x y w h"
        ),
        pytest.param("a.jpg;0,25;0,25;0,5;0,5;cat\n", {"delimiter": ";", "unit": "shares"}, id="decimal comma"),
        pytest.param("\ufefffilename,x0,y0,x1,y1,class\r\na.jpg,16,12,32,24,cat\r\n", {}, id="BOM and CRLF"),
        pytest.param("a.jpg,64,48,cat,16,12,32,24\n", {"width": "2", "box": "5 6 7 8"}, id="TensorFlow, no names"),
    ],
)
def test_each_way_gives_the_same_box(text: str, said: dict[str, str], tmp_path: Path) -> None:
    found = found_in(tmp_path, text)
    assert boxes(found)[0] == ("cat", CAT)
    read_as = header_of(tmp_path).read_as
    assert {key: read_as.get(key) for key in said} == said
    assert not [rule for rule, _ in told(found) if rule.severity == "error"]
    assert recognise(Listing(tmp_path), "detection", FORMATS.values()).format == CSV


def test_rows_of_an_image_come_together_with_their_lines(tmp_path: Path) -> None:
    found = found_in(tmp_path, TENSORFLOW + "b.jpg,64,48,cat,1,1,2,2\na.jpg,64,48,dog,1,1,2,2\n")
    assert [(one.image, one.lines, one.split) for one in found] == [
        ("a.jpg", (2, 3, 5), "train"),
        ("b.jpg", (4,), "train"),
    ]


def test_row_without_a_box_is_an_image_with_nothing_on_it(tmp_path: Path) -> None:
    found = found_in(tmp_path, RETINANET)
    said = [(one.image, one.annotated, len(one.annotations)) for one in found]
    assert said == [("a.jpg", True, 2), ("b.jpg", True, 0)]


def test_table_without_labels_says_what_they_are_called(tmp_path: Path) -> None:
    found = found_in(tmp_path, KAGGLE)
    assert boxes(found) == [("object", CAT)]
    assert told(found) == [(Rule.ATTRIBUTE, 2), (Rule.NO_NAMES, 2)]


def test_split_group_score_and_flags_have_columns(tmp_path: Path) -> None:
    text = (
        "filename,class,xmin,ymin,xmax,ymax,split,group,score,difficult,pose,attributes\n"
        'a.jpg,cat,16,12,32,24,validation,film,0.5,1,Left,"{""colour"": ""red""}"\n'
        "a.jpg,dog,0,0,64,48,test,film,1.5,0,Unspecified,[]\n"
        "b.jpg,cat,0,0,64,48,holdout,,,,,\n"
    )
    first, *others = found_in(tmp_path, text)
    assert told([first]) == [(Rule.ONE_SPLIT, 4)]
    entry = others[0]
    flags: Attributes = {"difficult": True, "pose": "Left", "colour": "red"}
    assert entry.annotations[0] == AnnotationRecord("cat", CAT, score=0.5, source="import", attributes=flags)
    assert (entry.split, entry.group) == ("val", "film")
    assert told([entry]) == [(Rule.ATTRIBUTE, 3), (Rule.CONTRADICTION, 3), (Rule.BAD_SCORE, 3)]
    assert others[1].split == "train"


def test_labels_of_whole_images(tmp_path: Path) -> None:
    found = found_in(tmp_path, "filename,label\na.jpg,cat\nb.jpg,\n", "labels.csv")
    assert boxes(found) == [("cat", None)]
    assert [one.annotated for one in found] == [True, True]
    assert header_of(tmp_path).task == "classification"


def test_tables_of_roboflow_lie_in_the_folders_of_their_splits(tmp_path: Path) -> None:
    name = "a_jpg.rf.0123456789abcdef0123456789abcdef.jpg"
    (tmp_path / "valid").mkdir()
    (tmp_path / "valid" / name).write_bytes(picture(9))
    found = found_in(tmp_path, TENSORFLOW.replace("a.jpg", name), "valid/_annotations.csv")
    assert [(one.name, one.group, one.split) for one in found][:1] == [("a.jpg", "a.jpg", "val")]


def test_what_was_chosen_wins(tmp_path: Path) -> None:
    text = "1,a.jpg,16,12,16,12,x,cat\n"
    with pytest.raises(FormatError):
        found_in(tmp_path, text)
    chosen = {"image": "2", "label": "8", "box": "3 4 5 6", "coordinates": "size", "header": "no"}
    assert boxes(found_in(tmp_path, text, **chosen)) == [("cat", CAT)]
    assert boxes(found_in(tmp_path, TENSORFLOW, box="xmin ymin xmax ymax", coordinates="size"))[0][1] == Box(
        16, 12, 48, 36
    )
    assert boxes(found_in(tmp_path, TENSORFLOW, label="-", box="xmin ymin xmax ymax"))[0][0] == "object"


@pytest.mark.parametrize("table", [{"unit": "miles"}, {"label": "colour"}, {"box": "1 99"}, {"colour": "red"}])
def test_what_can_not_be_chosen_is_said(table: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        found_in(tmp_path, TENSORFLOW, **table)
    assert next(iter(table.values())).split()[-1] in caught.value.reason or "colour" in caught.value.reason


def test_rows_that_are_none_are_told_with_their_line(tmp_path: Path) -> None:
    rows = (
        "a.jpg,64,48,cat,16,12,32\n"
        'a.jpg,64,48,"two\nlines",16,12,x,24\n'
        "a.jpg,64,48,cat, tame,16,12,32,24\n"
        "a.jpg,64,48,,16,12,32,24\n"
        ",64,48,cat,16,12,32,24\n"
        "a.jpg,64,48,cat,,,,\n"
        "a.jpg,64,48,cat,nan,1,2,3\n"
        'a.jpg,64,48,"cat\n'
    )
    found = found_in(tmp_path, TENSORFLOW.splitlines()[0] + "\n" + rows)
    assert sorted(told(found), key=lambda said: said[1] or 0) == [
        (Rule.BAD_ANNOTATION, 2),
        (Rule.BAD_ANNOTATION, 3),
        (Rule.BAD_ANNOTATION, 5),
        (Rule.NO_LABEL, 6),
        (Rule.UNREADABLE, 7),
        (Rule.BAD_ANNOTATION, 8),
        (Rule.NOT_FINITE, 9),
        (Rule.UNREADABLE, 10),
    ]


def test_latin_text_and_decimal_commas_are_told_once(tmp_path: Path) -> None:
    text = "filename;class;xmin;ymin;xmax;ymax\n" + "a.jpg;Möwe;1,5;2,5;10,5;11,5\n" * 3
    found = found_in(tmp_path, text.encode("latin-1"))
    assert boxes(found) == [("Möwe", Box(1.5, 2.5, 10.5, 11.5))] * 3
    assert told(found) == [(Rule.ENCODING, None), (Rule.DECIMAL_COMMA, 2)]


def test_other_tables_beside_are_told(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("what,who\nred,me\n")
    found = found_in(tmp_path, TENSORFLOW)
    assert told(found)[0] == (Rule.UNREADABLE, None)
    assert "what, who" in found[0].findings[0].reason


def test_labels_in_their_order_as_keras_retinanet_lists_them(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("dog,1\ncat,0\n")
    assert told(found_in(tmp_path, RETINANET)) == []
    assert header_of(tmp_path).labels == ("cat", "dog")


@pytest.mark.parametrize("label", ["=1+1", "@SUM(A1)", "-cat", "+1", "'=x", "''-y", "it's", "'"])
def test_what_a_spreadsheet_would_compute_comes_back_the_same(label: str, tmp_path: Path) -> None:
    image = ImageRecord("=a.jpg", "1" * 64, 64, 48, 0, "labelled", "val", (AnnotationRecord(label, CAT),), label)
    lay(CSV, Header("detection", (label,), "Pets"), [image], tmp_path)
    row = (tmp_path / "annotations.csv").read_text().splitlines()[1]
    assert not [cell for cell in row.split(",") if cell[0:1] in {*"=+-@"}]
    (found,) = read(CSV.layout, Listing(tmp_path), ReadLimits()).records
    assert (boxes([found]), found.group) == ([(label, CAT)], label)
    assert header_of(tmp_path).labels == (label,)


@examples(25, 300)
@given(
    st.sampled_from([TENSORFLOW, RETINANET, AUTOML, KAGGLE, "filename,label\na.jpg,cat\n"]),
    st.randoms(use_true_random=False),
    st.binary(max_size=30),
)
def test_damaged_tables_give_findings_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str, chance: random.Random, put: bytes
) -> None:
    folder, data = tmp_path_factory.mktemp("csv"), text.encode()
    start = chance.randrange(len(data) + 1)
    with suppress(FormatError):
        found_in(folder, data[:start] + put + data[start + chance.choice([0, 1, 5, 1000]) :])
    CSV.layout.recognise(Listing(folder))


@pytest.mark.full
def test_twenty_thousand_images_take_little_memory(tmp_path: Path) -> None:
    assert growth("csv", tmp_path) < 60 * 2**20

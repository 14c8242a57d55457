"""Scores are from 0 to 1, whichever format carries them: others are left out, told, and cost no annotation."""

import json
from pathlib import Path

import pytest

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Task
from annotations.formats import FORMATS, Format
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from tests.annotations.formats.laying import lay
from tests.annotations.formats.reading_of import found_in

WRITTEN = 0.015625
"""Stands nowhere else in what is written."""
BAD = ["87", "1.0001", "-0.5", "NaN", "Infinity", "1e308"]
BOX = Box(2, 3, 30.5, 40)
CASES = [
    pytest.param(row, task, id=f"{row.name}-{task}")
    for row in FORMATS.values()
    for task in row.tasks
    if "scores" in row.keeps
]


def annotated(found: list[Found]) -> Found:
    (one,) = [one for one in found if one.annotated]
    return one


def with_score(row: Format, task: Task, said: str, folder: Path) -> Found:
    """As the format is written, with the score put in where it is text."""
    score = min(float(said), 3e38) if row.name == "tfrecord" else WRITTEN
    annotation = AnnotationRecord("cat", BOX if task == "detection" else None, score=score)
    image = ImageRecord("a.jpg", "5" * 64, 64, 48, 9, "labelled", "train", (annotation,))
    lay(row, Header(task, ("cat",), "Cats"), [image], folder)
    for path in folder.rglob("*"):
        if path.suffix in {".json", ".jsonl", ".csv", ".xml"}:
            path.write_bytes(path.read_bytes().replace(str(WRITTEN).encode(), said.encode()))
    return annotated(list(read(row.layout, Listing(folder), ReadLimits()).records))


@pytest.mark.parametrize("said", BAD)
@pytest.mark.parametrize(("row", "task"), CASES)
def test_score_out_of_range_is_left_out_and_told(row: Format, task: Task, said: str, tmp_path: Path) -> None:
    found = with_score(row, task, said, tmp_path)
    assert [(one.label, one.score, dict(one.attributes)) for one in found.annotations] == [("cat", None, {})]
    assert [one.rule for one in found.findings if one.rule.severity != "info"] == [Rule.BAD_SCORE]


@pytest.mark.parametrize("said", ["0", "1", "0.25"])
@pytest.mark.parametrize(("row", "task"), CASES)
def test_score_in_range_is_kept(row: Format, task: Task, said: str, tmp_path: Path) -> None:
    found = with_score(row, task, said, tmp_path)
    assert [one.score for one in found.annotations] == [float(said)]
    assert Rule.BAD_SCORE not in {one.rule for one in found.findings}


@pytest.mark.parametrize("said", [*BAD, '"high"'])
def test_scores_of_formats_that_are_only_read(said: str, tmp_path: Path) -> None:
    box = {"label": "cat", "coordinates": {"x": 20, "y": 20, "width": 10, "height": 10}}
    page = json.dumps([{"image": "a.jpg", "annotations": [{**box, "confidence": "HERE"}]}])
    found = annotated(found_in("createml", tmp_path / "c", {"a.jpg": "", "c.json": page.replace('"HERE"', said)}))
    assert ([one.score for one in found.annotations], told(found)) == ([None], [(Rule.BAD_SCORE, None)])
    if said != '"high"':
        files = {"a.jpg": "", "a.txt": f"0 0.5 0.5 0.25 0.25\n0 0.5 0.5 0.5 0.5 {said}", "classes.txt": "cat\n"}
        found = annotated(found_in("yolo", tmp_path / "y", files))
        assert ([one.score for one in found.annotations], told(found)) == ([None, None], [(Rule.BAD_SCORE, 2)])


def told(found: Found) -> list[tuple[Rule, int | None]]:
    return [(one.rule, one.line) for one in found.findings]


def test_decimal_comma_of_a_score_is_told(tmp_path: Path) -> None:
    table = 'filename,class,xmin,ymin,xmax,ymax,score\na.jpg,cat,1,2,30,40,"0,5"\na.jpg,cat,1,2,30,41,0.5\n'
    found = annotated(found_in("csv", tmp_path, {"a.jpg": "", "all.csv": table}))
    assert [one.score for one in found.annotations] == [0.5, 0.5]
    (said,) = found.findings
    assert (said.rule, said.line, said.reason) == (
        Rule.DECIMAL_COMMA,
        2,
        "1 scores with a decimal comma, read as points",
    )


def test_scores_of_one_image_are_told_once(tmp_path: Path) -> None:
    lines = "".join(f"a.jpg,cat,1,2,30,40,{score}\n" for score in ("87", "0.5", "high", ""))
    table = f"filename,class,xmin,ymin,xmax,ymax,score\n{lines}"
    found = annotated(found_in("csv", tmp_path, {"a.jpg": "", "all.csv": table}))
    assert [one.score for one in found.annotations] == [None, 0.5, None, None]
    (said,) = found.findings
    assert said.reason == '2 scores that are not from 0 to 1, the first is "87"; the annotations are taken without'
    assert (said.rule, said.line) == (Rule.BAD_SCORE, 2)

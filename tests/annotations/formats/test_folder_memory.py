"""Thousands of images cost little memory in formats that have a file or a folder an image."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header, ReadLimits, Stream
from annotations.formats.listing import Listing

COUNT = 3_000
MOST = 9 * 2**20


class Images:
    """Made anew each time they are gone through."""

    def __init__(self, box: Box | None) -> None:
        self.found = (AnnotationRecord("cat", box),)

    def __iter__(self) -> Iterator[ImageRecord]:
        for number in range(COUNT):
            yield ImageRecord(f"{number}.jpg", f"{number:064x}", 64, 48, queue="labelled", annotations=self.found)


@pytest.mark.parametrize("name", ["yolo", "folders", "imagefolder"])
def test_writing_costs_little_memory(name: str) -> None:
    row = FORMATS[name]
    images = Images(Box(1, 2, 30, 40) if "detection" in row.tasks else None)
    tracemalloc.start()
    for _, content in row.layout.write(Header(row.tasks[0], ("cat",), "Pets"), images):
        if isinstance(content, Stream):
            for _ in content.pieces(lambda _: b""):
                pass
    assert tracemalloc.get_traced_memory()[1] < MOST
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["train/metadata.jsonl", "train.txt"])
def test_reading_a_long_list_costs_little_memory(name: str, tmp_path: Path) -> None:
    listed = '{"file_name": "%d.jpg", "objects": {"bbox": [[1, 2, 3, 4]], "categories": ["cat"]}}\n'
    line = "images/%d.jpg\n" if name.endswith(".txt") else listed
    (tmp_path / "train").mkdir()
    (tmp_path / name).write_text("".join(line % number for number in range(COUNT)))
    (tmp_path / "data.yaml").write_text("train: train.txt\nnames: [cat]\n")
    tracemalloc.start()
    row = FORMATS["yolo" if name.endswith(".txt") else "imagefolder"]
    count = sum(1 for _ in row.layout.read(Listing(tmp_path), ReadLimits())[1])
    assert tracemalloc.get_traced_memory()[1] < MOST
    tracemalloc.stop()
    assert count == (1 if name.endswith(".txt") else COUNT)

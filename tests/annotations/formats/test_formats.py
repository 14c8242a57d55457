"""What holds for each format of the table."""

from pathlib import Path

import pytest

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS, Format, ReadLimits
from tests.annotations.pictures import picture

both_ways = [layout for layout in FORMATS.values() if layout.read and layout.write]


def images() -> list[ImageRecord]:
    box = AnnotationRecord("cat", Box(1, 2.25, 30, 40), source="import")
    return [
        ImageRecord(
            "a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(box, AnnotationRecord("dog", Box(0, 0, 64, 48)))
        ),
        ImageRecord("a.png", "2" * 64, 64, 48, queue="done", split="val"),
        ImageRecord("sub/../odd name?.jpg", "3" * 64, 64, 48),
    ]


@pytest.mark.parametrize("layout", both_ways, ids=lambda layout: layout.name)
def test_what_is_written_is_known_and_read_again(layout: Format, tmp_path: Path) -> None:
    assert layout.read
    assert layout.write
    for seed, (path, content) in enumerate(layout.write(images())):
        target = (tmp_path / path).resolve()
        assert target.is_relative_to(tmp_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture(seed) if isinstance(content, ImageRecord) else content)
    assert layout.sniff(tmp_path)
    found = [item for item in layout.read(tmp_path, ReadLimits()) if item.image]
    read = [(item.annotated, [(annotation.label, annotation.box) for annotation in item.annotations]) for item in found]
    written = [
        (image.is_labelled, [(annotation.label, annotation.box) for annotation in image.annotations])
        for image in images()
    ]
    assert sorted(read, key=str) == sorted(written, key=str)
    assert not [finding for item in found for finding in item.findings]


@pytest.mark.parametrize("layout", FORMATS.values(), ids=lambda layout: layout.name)
def test_a_folder_of_something_else_is_not_taken(layout: Format, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "feed.xml").write_text("<rss/>")
    assert not layout.sniff(tmp_path)

"""Files that no reader looks at are told by kind: nothing in an archive is passed over in silence."""

import tracemalloc
from pathlib import Path

import pytest

from annotations.dataset.findings import Rule
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Task
from annotations.formats import FORMATS, Format
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import read
from annotations.formats.unread import KINDS, unread_files
from tests.annotations.formats.laying import lay
from tests.annotations.formats.reading_of import Files, found_in, put

VOC = "<annotation><filename>a.jpg</filename><size><width>64</width><height>48</height></size></annotation>"
CASES = [pytest.param(row, task, id=f"{row.name}-{task}") for row in FORMATS.values() for task in row.tasks]


def unread(format_name: str, folder: Path, files: Files) -> list[tuple[str, str]]:
    found = found_in(format_name, folder, files)
    return [(said.file, said.reason) for one in found for said in one.findings if said.rule is Rule.UNREAD]


def test_files_that_no_reader_looks_at_are_told_by_kind(tmp_path: Path) -> None:
    strays = {"notes.docx": "x", "b/Notes.DOCX": "x", "foo.json": "{}", "labels.cache": "x", "Makefile": "x"}
    assert unread("voc", tmp_path, {"a.jpg": "", "a.xml": VOC, **strays}) == [
        ("Makefile", "1 file without a suffix is not looked at: Makefile"),
        ("b/Notes.DOCX", "2 .docx files are not looked at: b/Notes.DOCX, notes.docx"),
        ("foo.json", "1 .json file is not looked at: foo.json"),
        ("labels.cache", "1 .cache file is not looked at: labels.cache"),
    ]


def test_what_tools_leave_behind_is_not_told(tmp_path: Path) -> None:
    behind = ["README.dataset.txt", "README.roboflow.txt", "README", "set/readme.md", "LICENSE", "licence.txt"]
    behind += [
        ".gitkeep",
        "notes.json",
        "set/.gitignore",
        ".gitattributes",
        "desktop.ini",
        ".DS_Store",
        "__MACOSX/a.xml",
        "Thumbs.db",
    ]
    assert unread("voc", tmp_path, {"a.jpg": "", "a.xml": VOC, **dict.fromkeys(behind, "x")}) == []


def test_files_that_a_finding_names_are_not_told_again(tmp_path: Path) -> None:
    coco = '{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []}'
    files = {"a.jpg": "", "all.json": coco, "foo.json": "{}", "bar.json": "[", "b.txt": "x"}
    assert [file for file, _ in unread("coco", tmp_path, files)] == ["b.txt"]


def test_images_are_never_told(tmp_path: Path) -> None:
    assert unread("voc", tmp_path, {"a.jpg": "", "b.jpg": "", "c.gif": "x"}) == []


@pytest.mark.parametrize(("row", "task"), CASES)
def test_each_format_reads_all_that_it_writes(row: Format, task: Task, tmp_path: Path) -> None:
    """And recognising it reads nothing, so that it does not count."""
    annotation = AnnotationRecord("cat", Box(2, 3, 30.5, 40) if task == "detection" else None, score=0.5)
    images = [
        ImageRecord("1.jpg", "1" * 64, 64, 48, 9, "labelled", "train", (annotation,)),
        ImageRecord("2.jpg", "2" * 64, 64, 48, 9, "labelled", "val"),
        ImageRecord("3.jpg", "3" * 64, 64, 48, 9, "unlabelled", "test"),
    ]
    lay(row, Header(task, ("cat", "dog"), "Cats"), images, tmp_path)
    listing = Listing(tmp_path)
    for one in FORMATS.values():
        one.layout.recognise(listing)
    assert tuple(listing.unseen) == listing.texts
    list(read(row.layout, listing, ReadLimits()).records)
    assert list(unread_files(listing)) == []


def test_kinds_are_bounded(tmp_path: Path) -> None:
    listing = put(tmp_path, {f"a.x{n:03}": "x" for n in range(KINDS + 9)})
    told = list(unread_files(listing))
    assert len(told) == KINDS + 1
    assert told[-1].reason.startswith("9 files of other kinds are not looked at: a.x")


def test_many_of_them_take_no_memory(tmp_path: Path) -> None:
    for n in range(5_000):
        (tmp_path / f"{n:06}.bin").touch()
    listing = Listing(tmp_path)
    tracemalloc.start()
    (told,) = unread_files(listing)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (told.reason.startswith("5000 .bin files"), peak < 2**16) == (True, True)

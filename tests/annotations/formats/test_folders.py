"""Folders by label: which folder is the label, which the split, and which neither."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.dataset.records import AnnotationRecord, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.folders.folder_names import MOST_BYTES, UNSAFE, folder_of
from annotations.formats.layout import Header, ReadLimits
from annotations.formats.listing import Listing
from tests.annotations.formats.depth import examples
from tests.annotations.formats.laying import lay
from tests.annotations.formats.reading_of import came, findings, found_in, put, sure_of


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["cat/a.jpg", "dog/b.jpg"], {"cat/a.jpg": (None, ["cat"]), "dog/b.jpg": (None, ["dog"])}),
        (["cat/a.jpg", "cat/b.jpg"], {"cat/a.jpg": (None, ["cat"]), "cat/b.jpg": (None, ["cat"])}),
        (
            ["pets/train/cat/a.jpg", "pets/Validation/dog/b.jpg", "pets/c.jpg"],
            {
                "pets/train/cat/a.jpg": ("train", ["cat"]),
                "pets/Validation/dog/b.jpg": ("val", ["dog"]),
                "pets/c.jpg": (None, None),
            },
        ),
        (["train/cat/a.jpg"], {"train/cat/a.jpg": ("train", ["cat"])}),
        (["train/cat/persian/a.jpg"], {"train/cat/persian/a.jpg": ("train", ["cat"])}),
        (["cat/a.jpg", "unlabelled/b.jpg"], {"cat/a.jpg": (None, ["cat"]), "unlabelled/b.jpg": (None, None)}),
        (
            ["train/unlabelled/a.jpg", "train/x/b.jpg", "spare/c.jpg"],
            {
                "train/unlabelled/a.jpg": ("train", ["unlabelled"]),
                "train/x/b.jpg": ("train", ["x"]),
                "spare/c.jpg": (None, None),
            },
        ),
        (["images/a.jpg", "images/b.jpg"], {"images/a.jpg": (None, None), "images/b.jpg": (None, None)}),
        (["train/a.jpg", "b.jpg"], {"train/a.jpg": (None, None), "b.jpg": (None, None)}),
    ],
)
def test_the_folder_below_the_split_is_the_label(
    tmp_path: Path, names: list[str], expected: dict[str, tuple[str | None, list[str] | None]]
) -> None:
    found = found_in("folders", tmp_path, dict.fromkeys(names, ""))
    assert (came(found), findings(found)) == (expected, [])


@pytest.mark.parametrize(
    ("files", "least", "most"),
    [
        ({"train/cat/a.jpg": "", "README.md": "# pets"}, 0.5, 0.7),
        ({"cat/a.jpg": "", "dog/b.jpg": ""}, 0.1, 0.5),
        ({"images/a.jpg": ""}, 0, 0),
        ({"cat/a.jpg": "", "cat/a.xml": "<annotation/>"}, 0, 0),
        ({"train/images/a.jpg": "", "train/labels/a.txt": "0 0.5 0.5 1 1"}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_folders_are_recognised_where_nothing_else_speaks_of_images(
    tmp_path: Path, files: dict[str, str], least: float, most: float
) -> None:
    assert least <= sure_of("folders", tmp_path, files) <= most


def test_labels_that_no_folder_can_be_called_come_back(tmp_path: Path) -> None:
    labels = ("a/b", "..", "con", "%41", "x" * 100 + "é" * 100, "plain")
    images = [
        ImageRecord(f"{n}.jpg", str(n) * 64, 64, 48, queue="labelled", annotations=(AnnotationRecord(label),))
        for n, label in enumerate(labels)
    ]
    lay(FORMATS["folders"], Header("classification", labels, "Pets"), images, tmp_path)
    assert {path.name for path in (tmp_path / "train").iterdir()} >= {"a%2Fb", "%2E%2E", "%63on", "%2541", "plain"}
    found = found_in("folders", tmp_path, {})
    assert {one.name: one.annotations[0].label for one in found} == {f"{n}.jpg": la for n, la in enumerate(labels)}


def test_folders_stay_as_they_are_where_no_list_names_labels(tmp_path: Path) -> None:
    found = found_in("folders", tmp_path, {"a%2Fb/a.jpg": "", "c/b.jpg": ""})
    assert [one.annotations[0].label for one in found] == ["a%2Fb", "c"]


def test_labels_of_a_list_come_in_its_order(tmp_path: Path) -> None:
    listing = put(tmp_path, {"pets/labels.txt": "\ufefffog\r\ncat\r\n\r\n", "pets/train/cat/a.jpg": ""})
    assert FORMATS["folders"].layout.read(listing, ReadLimits())[0].labels == ("fog", "cat")


@examples(25, 100)
@given(st.text(min_size=1, max_size=300))
def test_a_folders_name_is_one_that_systems_take(label: str) -> None:
    name = folder_of(label)
    assert not UNSAFE.search(name.replace("%", ""))
    assert 0 < len(name.encode()) <= MOST_BYTES + 13


def test_several_labels_on_one_image_are_told_as_lost() -> None:
    both = (AnnotationRecord("cat"), AnnotationRecord("dog"))
    image = ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=both)
    assert list(FORMATS["folders"].layout.loses(Header("classification"), image)) == [
        "images with several labels: only the first is written"
    ]


def test_listing_without_images_has_no_labels(tmp_path: Path) -> None:
    assert list(FORMATS["folders"].layout.read(Listing(tmp_path), ReadLimits())[1]) == []

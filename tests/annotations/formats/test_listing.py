"""One listing of an archive: what is in it, and which image a file means."""

import random
from pathlib import Path

import pytest

from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing


def lay(folder: Path, *names: str) -> Listing:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return Listing(folder)


def test_images_and_texts_are_apart_sorted_and_without_litter(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to("/etc/passwd")
    litter = ("__MACOSX/a.jpg", "in/._a.jpg", ".DS_Store", "in/Thumbs.db")
    listing = lay(tmp_path, "in/b.JPG", "a.xml", "in/a.tiff", "README", *litter)
    assert listing.images == ("in/a.tiff", "in/b.JPG")
    assert listing.texts == ("README", "a.xml")
    assert list(listing.texts_ending(".xml", "readme")) == ["README", "a.xml"]


@pytest.mark.parametrize(
    ("source", "names", "image"),
    [
        ("train/a.xml", ("a.jpg",), "train/a.jpg"),
        ("val/deep/a.xml", ("A.JPG",), "val/a.jpg"),
        ("elsewhere/a.xml", ("a.jpg",), "other/a.jpg"),  # the first of those that are equally far
        ("val/ann/b.xml", ("b.jpg",), "val/img/b.png"),  # by its name without the suffix
        ("train/a.xml", ("gone.jpg", "a.jpg"), "train/a.jpg"),
        ("train/instances.json", ("val/a.jpg",), "val/a.jpg"),  # by its path from a folder above
        ("val/instances.json", ("img\\b.png",), "val/img/b.png"),
        ("labels.csv", ("/data/of/somebody/b.png",), "val/img/b.png"),
        ("labels.csv", ("c.jpg",), None),
        ("labels.csv", ("",), None),
        ("labels.csv", (), None),
    ],
)
def test_image_that_a_file_means(tmp_path: Path, source: str, names: tuple[str, ...], image: str | None) -> None:
    listing = lay(tmp_path, "train/a.jpg", "val/a.jpg", "other/a.jpg", "val/img/b.png")
    assert listing.find_image(source, names) == image


def test_the_nearest_of_several_is_the_one_that_shares_most_folders(tmp_path: Path) -> None:
    """Held against looking at each of them."""
    rng = random.Random(3)
    names = {"/".join([*rng.choices(["a", "b", "a-b"], k=rng.randrange(4)), "x.jpg"]) for _ in range(40)}
    listing = lay(tmp_path, *names)
    for _ in range(200):
        folders = rng.choices(["a", "b", "a-b", "c"], k=rng.randrange(5))
        found = listing.find_image("/".join([*folders, "x.xml"]), ("x.jpg",))
        assert found
        assert shared(found, folders) == max(shared(name, folders) for name in names)


def shared(name: str, folders: list[str]) -> int:
    own = name.split("/")[:-1]
    return next(
        (n for n, pair in enumerate(zip(own, folders, strict=False)) if pair[0] != pair[1]), min(len(own), len(folders))
    )


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"12345")
    assert Listing(tmp_path).read("a.txt", 5) == b"12345"
    with pytest.raises(FormatError, match="at most"):
        Listing(tmp_path).read("a.txt", 4)


def test_path_that_fits_comes_before_a_name_that_fits(tmp_path: Path) -> None:
    listing = lay(tmp_path, "test/a.jpg", "images/train/a.jpg")
    assert listing.find_image("all.xml", ("a.jpg", "images/train/a.jpg")) == "images/train/a.jpg"

"""The README's pictures show something."""

import re

import pytest
from PIL import Image, ImageDraw

from tests.e2e.screenshots import FOLDER, SIZE, is_blank

README = (FOLDER.parents[1] / "README.md").read_text()
EMPTY = (246, 246, 246)
"""The page's background: what docs/screenshots/projects.webp once showed, and nothing else."""


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_a_committed_picture_shows_something(name: str) -> None:
    with Image.open(FOLDER / name) as picture:
        assert picture.size == (SIZE["width"], SIZE["height"])
        assert not is_blank(picture)


def test_the_readme_shows_the_committed_pictures() -> None:
    assert set(re.findall(r"docs/screenshots/([\w-]+\.webp)", README)) == {path.name for path in FOLDER.iterdir()}


def test_a_page_without_content_is_blank() -> None:
    page = Image.new("RGB", (SIZE["width"], SIZE["height"]), EMPTY)
    assert is_blank(page)
    header = ImageDraw.Draw(page)
    header.rectangle((0, 0, SIZE["width"], 55), fill="white")
    header.rectangle((1138, 12, 1264, 44), fill="black")
    assert is_blank(page), "a header alone is no content"
    header.rectangle((24, 132, 420, 318), fill="brown")
    assert not is_blank(page)

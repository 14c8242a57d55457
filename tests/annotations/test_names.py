"""Names of strangers' files: one line, nothing unseen, short enough, the suffix kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.file_names import file_name, one_line

NAMES = {
    "photo.jpg": "photo.jpg",
    "C:\\pictures\\photo.jpg": "photo.jpg",
    "../../etc/passwd": "passwd",
    "a\nb\tc\x00.png": "a b c .png",
    "\u202egpj.exe": "gpj.exe",
    "": "unnamed",
    "浣熊 🦝.webp": "浣熊 🦝.webp",
    "n" * 300 + ".jpg": "n" * 251 + ".jpg",
    "n" * 255: "n" * 255,
    "n" * 256: "n" * 255,
}


@pytest.mark.parametrize(("given_name", "wanted"), NAMES.items())
def test_name_as_it_is_kept(given_name: str, wanted: str) -> None:
    assert file_name(given_name) == wanted


@given(st.text(max_size=600))
def test_every_name_is_short_and_on_one_line(name: str) -> None:
    kept = file_name(name)
    assert 0 < len(kept) <= 255
    assert len(kept.splitlines()) == 1
    assert not set(kept) & {"\0", "/", "\\"}
    assert file_name(kept) == kept


def test_text_that_is_cut_says_so() -> None:
    assert (one_line("abc", 3), one_line("abcd", 3)) == ("abc", "ab…")

"""JSON of any length: what it costs, and what is no number in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotations.formats.errors import FormatError
from annotations.formats.json_stream import JsonFile
from annotations.formats.listing import Listing
from tests.annotations.formats.memory import peak

ROOT = Path(__file__).parents[3]


def peak_of(folder: Path) -> int:
    """Bytes that a process needs to go through the items of a file."""
    command = [sys.executable, "-m", __name__, str(folder)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def test_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    item = b'{"text": "%s"},' % (b"x" * 10_000)
    peaks = []
    for name, count in (("short", 1), ("long", 6_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_bytes(b"[" + item * count + b"1]")
        peaks.append(peak_of(tmp_path / name))
    assert peaks[1] - peaks[0] < 10 * 2**20


@pytest.mark.parametrize("text", [b"x", b'\\"', b"[", b"\\\\"])
@pytest.mark.parametrize("around", [b'["%s"]', b'[{"a": "%s"}]'])
def test_one_long_text_is_refused(text: bytes, around: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(around % (text * 2**21))
    with pytest.raises(FormatError, match="an item of the JSON has more than 1 MB"):
        list(JsonFile(Listing(tmp_path), "a.json", 2**20).items("item"))


@pytest.mark.parametrize("place", [2**16 - 1, 2**16 - 2, 2**16 - 3, 2**16 - 4, 2**16])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_is_no_number_is_a_text_wherever_a_chunk_ends(place: int, mark: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(mark + b"[".ljust(place) + b"NaN, -Infinity]")
    assert list(JsonFile(Listing(tmp_path), "a.json", 2**20).items("item")) == ["NaN", "-Infinity"]


@pytest.mark.parametrize("text", ['\\"' * 300_000, f"{'a' * 65_000} " * 10])
def test_what_is_no_number_is_found_in_one_pass(text: str, tmp_path: Path) -> None:
    """That once took a minute a megabyte: each letter of a long word was tried as its beginning."""
    (tmp_path / "a.json").write_text(f'["{text}", NaN]')
    assert list(JsonFile(Listing(tmp_path), "a.json", 2**20).items("item"))[-1] == "NaN"


def test_words_that_are_no_json_are_refused_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[NaN," + f"{'a' * 65_000} " * 10)
    with pytest.raises(FormatError, match="not readable as JSON"):
        list(JsonFile(Listing(tmp_path), "a.json", 2**20).items("item"))


if __name__ == "__main__":
    for _ in JsonFile(Listing(Path(sys.argv[1])), "a.json", 2**20).items("item"):
        pass
    sys.stdout.write(str(peak()))

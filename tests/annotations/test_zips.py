"""A zip, and every part of it, is what `zipfile` writes; what a part leaves out is not read."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.snapshots import zips
from annotations.snapshots.zips import Window, zipped


@dataclass
class Stored:
    data: bytes
    is_known: bool = True
    times_read: int = field(default=0, compare=False)

    @property
    def known(self) -> tuple[int, int] | None:
        return (len(self.data), zlib.crc32(self.data)) if self.is_known else None

    def pieces(self) -> Iterator[bytes]:
        self.times_read += 1
        for start in range(0, len(self.data), 7):
            yield self.data[start : start + 7]


Files = list[tuple[str, Stored]]


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_to: int) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


def by_zipfile(files: Files) -> bytes:
    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files:
            with archive.open(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), "w") as target:
                target.write(content.data)
    return out.getvalue()


def part(files: Files, start: int, stop: int) -> bytes:
    return b"".join(zipped(files, Window(start, stop)))


paths = st.text(st.characters(exclude_characters="\0\\", exclude_categories=["Cs"]), min_size=1, max_size=20)
file_lists = st.lists(
    st.tuples(paths, st.builds(Stored, st.binary(max_size=40), st.booleans())),
    max_size=5,
    unique_by=lambda file: file[0],
)


@given(file_lists, st.integers(0, 800), st.integers(0, 800))
def test_every_part_is_that_part_of_what_zipfile_writes(files: Files, one: int, other: int) -> None:
    whole = by_zipfile(files)
    assert part(files, 0, 2**62) == whole
    start, stop = sorted((one, other))
    assert part(files, start, stop) == whole[start:stop]


def test_what_lies_before_or_behind_is_not_read() -> None:
    files = [(f"{n}.jpg", Stored(bytes([n]) * 100)) for n in range(5)]
    whole = by_zipfile(files)
    start, stop = whole.index(b"2.jpg"), whole.index(b"3.jpg")
    assert part(files, start, stop) == whole[start:stop]
    assert [content.times_read for _, content in files] == [0, 0, 1, 0, 0]


def test_an_unknown_checksum_is_worked_out_for_the_directory() -> None:
    files = [("a.jpg", Stored(b"abc", is_known=False)), ("b.jpg", Stored(b"defg"))]
    whole = by_zipfile(files)
    assert part(files, whole.index(b"PK\x01\x02"), len(whole)) == whole[whole.index(b"PK\x01\x02") :]
    assert [content.times_read for _, content in files] == [1, 0]


def test_the_length_is_known_without_reading() -> None:
    files = [("a.jpg", Stored(b"abc")), ("é.jpg", Stored(b"defg"))]
    window = Window(2**62, 2**62)
    assert b"".join(zipped(files, window)) == b""
    assert window.place == len(by_zipfile(files))
    assert sum(content.times_read for _, content in files) == 0


def test_many_files_and_far_offsets_have_longer_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are lowered here and in `zipfile`: real ones are at 65,535 files and 2 GiB."""
    for name, limit in {"LARGE": 500, "MANY": 12}.items():
        monkeypatch.setattr(zips, name, limit)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 500)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 12)
    for count in (3, 6, 12, 13, 40):
        files = [(f"{n}.jpg", Stored(b"abcdefg")) for n in range(count)]
        assert part(files, 0, 2**62) == by_zipfile(files)

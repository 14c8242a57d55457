"""A backup's file: what was written comes back, and what was changed on the way is refused."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from boxwright.backups.archive import Damaged, Reader, Writer

CONTENT = {"database/rows": b"a table", "objects/teams/1/Übung & co": b"pixels" * 5000, "objects/empty": b""}


def write(path: Path, content: dict[str, bytes] = CONTENT) -> Path:
    with path.open("wb") as out:
        writer = Writer(out)
        for name, data in content.items():
            writer.add(name, io.BytesIO(data))
        writer.close({"rows": {"teams_team": 1}})
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "backup.tar")


def test_what_was_written_comes_back(file: Path) -> None:
    reader = Reader(file)
    assert {name: content.read() for name, content in reader} == CONTENT
    assert reader.about["rows"] == {"teams_team": 1}


def test_any_tar_can_unpack_it(file: Path) -> None:
    with tarfile.open(file) as tar:
        assert tar.getnames() == [*CONTENT, "manifest.jsonl"]


def test_a_file_that_was_cut_anywhere_is_refused(file: Path) -> None:
    """Nothing of the archive's end may miss but the zeros that fill it up."""
    whole = file.read_bytes()
    end = len(whole.rstrip(b"\0"))
    for length in {0, 1, 511, 512, 600, *range(1024, end, 997), end - 1}:
        file.write_bytes(whole[:length])
        with pytest.raises(Damaged):
            Reader(file).prove()


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("where", [b"a table", b"pixelspixels", b'"teams_team": 1', b'"size": 7', b"database/rows"])
def test_a_bit_that_was_flipped_is_found(file: Path, where: bytes) -> None:
    whole = file.read_bytes()
    file.write_bytes(flip(whole, whole.index(where) + len(where) - 1))
    with pytest.raises(Damaged):
        Reader(file).prove()


def without_an_entry(names: list[str]) -> list[str]:
    return [name for name in names if name != "objects/empty"]


def in_another_order(names: list[str]) -> list[str]:
    return [names[1], names[0], *names[2:]]


def with_an_entry_twice(names: list[str]) -> list[str]:
    return [names[0], *names]


@pytest.mark.parametrize("change", [without_an_entry, in_another_order, with_an_entry_twice])
def test_entries_are_those_of_the_manifest(
    file: Path, tmp_path: Path, change: Callable[[list[str]], list[str]]
) -> None:
    changed = tmp_path / "changed.tar"
    with tarfile.open(file) as old, tarfile.open(changed, "w") as new:
        for name in change(old.getnames()):
            new.addfile(old.getmember(name), old.extractfile(name))
    with pytest.raises(Damaged, match="not what its manifest says"):
        Reader(changed).prove()


@pytest.mark.parametrize(
    "name",
    [
        "objects/../../evil",
        "objects/./x",
        "/etc/passwd",
        "objects//x",
        "objects/a\\b",
        "evil",
        "database/../x",
        "objects",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "evil.tar", {name: b"x"})
    with pytest.raises(Damaged, match="a backup holds no"):
        Reader(path).prove()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_are_taken(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        entry = tarfile.TarInfo("objects/x")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(Damaged, match="a backup holds no"):
        Reader(path).prove()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"PK\x03\x04" + b"zip" * 1000)
    with pytest.raises(Damaged):
        Reader(tmp_path / "x").prove()

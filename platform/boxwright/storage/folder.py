"""Objects as files in a local folder: the embedded mode."""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from boxwright.storage.errors import ObjectMissing, StoreAway

PARTS = ".parts"


class FolderStore:
    """Files are written aside, synced, then renamed: a reader sees the old bytes or the new, also after a crash.

    Then the folder is synced that names the file: what was put is there after a power cut.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lasting: set[Path] = set()
        """Folders whose own names this process has seen on the disk, up to the root."""

    def put(self, key: str, data: bytes | BinaryIO, content_type: str = "") -> None:
        target = self._path(key)
        with _away():
            _write(data, target, self.root / PARTS)
            self._keep(target.parent)

    def open(self, key: str) -> BinaryIO:
        path = self._file(key)
        with _away(missing=key):
            return path.open("rb")

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def missing(self, keys: Iterable[str]) -> Iterator[str]:
        return (key for key in keys if not self.exists(key))

    def size(self, key: str) -> int:
        path = self._file(key)
        with _away(missing=key):
            return path.stat().st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _away():
            if path.exists():
                path.unlink(missing_ok=True)
                _sync(path.parent)

    def list(self, prefix: str) -> Iterator[str]:
        folder = prefix.rpartition("/")[0]
        for key in _walk(self.root / folder, f"{folder}/" if folder else ""):
            if key.startswith(prefix) and not key.startswith(PARTS):
                yield key

    def free(self) -> int | None:
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def fetch(self, key: str, path: Path) -> None:
        with self.open(key) as source:
            _write(source, path, path.parent)

    def presign(self, key: str, filename: str, seconds: int = 600) -> str | None:
        return None

    def _keep(self, folder: Path) -> None:
        """Sync the folder; at its first use also those above it, whoever made them."""
        _sync(folder)
        for inner in (folder, *folder.parents):
            if inner in self._lasting:
                return
            _sync(inner.parent)
            self._lasting.add(inner)
            if inner == self.root:
                return

    def _file(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise ObjectMissing(key)
        return path

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        if not parts or key.startswith(("/", PARTS)) or ".." in parts or "\\" in key:
            raise ValueError(f"not an object key: {key!r}")
        return self.root.joinpath(*parts)


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    """The keys in `folder`, sorted; of a store of millions, one folder at a time is in memory."""
    try:
        entries = [(entry.name + "/" * entry.is_dir(), entry) for entry in os.scandir(folder)]
    except FileNotFoundError:  # went away meanwhile
        return
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if name.endswith("/"):
            yield from _walk(Path(entry.path), prefix + name)
        else:
            yield prefix + name


def _write(data: bytes | BinaryIO, target: Path, aside: Path) -> None:
    part = aside / f"{uuid.uuid4().hex}.part"
    try:
        with _opened(part) as out:
            if isinstance(data, bytes):
                out.write(data)
            else:
                shutil.copyfileobj(data, out, 2**20)
            out.flush()
            os.fsync(out.fileno())
        try:
            part.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _opened(part: Path) -> BinaryIO:
    try:
        return part.open("wb")
    except FileNotFoundError:
        part.parent.mkdir(parents=True, exist_ok=True)
        return part.open("wb")


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _away(missing: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(missing or str(error.filename)) from error
    except OSError as error:
        raise StoreAway(str(error)) from error

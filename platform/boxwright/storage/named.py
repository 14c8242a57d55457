"""An object as a row names it: its key, and the hash that its bytes must have."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from boxwright.storage import ObjectStore, store
from boxwright.storage.errors import ObjectDamaged, ObjectMissing
from boxwright.storage.places import Place


@dataclass(frozen=True, slots=True)
class Named:
    key: str
    sha256: str = ""
    """Empty where the row is older than the hashes; then any bytes will do."""
    place: Place | None = None
    """Where the bytes are if the store has none."""

    @property
    def is_elsewhere(self) -> bool:
        return self.place is not None and not store().exists(self.key)

    def check(self, digest: str) -> None:
        """Raises ObjectDamaged."""
        if self.sha256 and digest != self.sha256:
            raise ObjectDamaged(self.key)

    def open(self) -> BinaryIO:
        """A stream of bytes that were read and found right before. Raises ObjectMissing, ObjectDamaged, SourceAway."""
        file = self._opened()
        try:
            if self.sha256:
                self.check(sha256_of(file))
                file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def pieces(self, size: int) -> Iterator[bytes]:
        """The bytes, each read once; the last piece comes only where all were right. Raises as `open` does."""
        digest, held = hashlib.sha256(), b""
        with self._opened() as file:
            while piece := file.read(size):
                digest.update(piece)
                if held:
                    yield held
                held = piece
        self.check(digest.hexdigest())
        yield held

    def fetch(self, objects: ObjectStore, path: Path) -> None:
        """Download to `path`, which holds the right bytes or is not there. Raises as `open` does."""
        try:
            objects.fetch(self.key, path)
        except ObjectMissing:
            if self.place is None:
                raise
            self.place.fetch(path, self.sha256)
        try:
            with path.open("rb") as file:
                self.check(sha256_of(file))
        except BaseException:
            path.unlink()
            raise

    def _opened(self) -> BinaryIO:
        try:
            return store().open(self.key)
        except ObjectMissing:
            if self.place is None:
                raise
            return self.place.open(self.sha256)


def sha256_of(file: BinaryIO) -> str:
    """Of the bytes from here to the end."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # any binary stream that is read


def sha256_of_path(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)

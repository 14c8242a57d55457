"""The object store seam: bytes under plain keys, in a folder or in an S3 bucket.

Nobody else knows which. Keys are paths such as `projects/7/runs/1/best.pt`; `list` takes any prefix of a key.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.core.files.storage import FileSystemStorage, Storage, storages

from boxwright.storage.errors import ObjectMissing, StoreAway

__all__ = ["ObjectMissing", "ObjectStore", "StoreAway", "store"]


class ObjectStore(Protocol):
    """A missing key raises ObjectMissing (a NotFound), a store that does not answer StoreAway (an Unavailable)."""

    def put(self, key: str, data: bytes | BinaryIO, content_type: str = "") -> None:
        """Write the whole object or nothing; an object under the same key is replaced."""

    def open(self, key: str) -> BinaryIO:
        """A seekable stream that the caller closes."""

    def exists(self, key: str) -> bool: ...

    def missing(self, keys: Iterable[str]) -> Iterator[str]:
        """Those of many keys, which come sorted, that are not there: far cheaper than asking for each."""

    def size(self, key: str) -> int: ...

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""

    def list(self, prefix: str) -> Iterator[str]:
        """The keys that begin with `prefix`, sorted."""

    def free(self) -> int | None:
        """Bytes that still fit; None where nobody knows."""

    def fetch(self, key: str, path: Path) -> None:
        """Download to a local file, which appears when it is whole."""

    def presign(self, key: str, filename: str, seconds: int = 600) -> str | None:
        """A URL that downloads the object as `filename` without us; None where the store has none (a folder)."""


def store() -> ObjectStore:
    return _wrap(storages["objects"], storages["links" if "links" in storages.backends else "objects"])


@lru_cache(maxsize=4)
def _wrap(backend: Storage, links: Storage) -> ObjectStore:
    if isinstance(backend, FileSystemStorage):
        from boxwright.storage.folder import FolderStore

        return FolderStore(Path(backend.location))
    from boxwright.storage.s3 import S3Store

    return S3Store(backend, links)

"""Objects whose bytes were left in a bucket of others: read there, or told why they can't be.

Whether the operator still allows the bucket is asked each time, and nothing is ever written or deleted there.
"""

import hashlib
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os.path import commonprefix
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from boxwright.storage.buckets import BucketFolder, allowed_around
from boxwright.storage.errors import (
    BucketRefused,
    ObjectMissing,
    SourceAway,
    SourceChanged,
    SourceGone,
    StoreAway,
)

if TYPE_CHECKING:
    from boxwright.storage.bucket_reader import BucketReader

IN_MEMORY = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    bucket: str
    key: str
    etag: str
    size: int

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def open(self, sha256: str) -> BinaryIO:
        """A seekable stream of the bytes that have this hash; without one, of those that have the ETag.

        Raises SourceAway.
        """
        with ExitStack() as closing:
            file = cast("BinaryIO", closing.enter_context(SpooledTemporaryFile(IN_MEMORY)))
            if self._read(file) != sha256 and sha256:
                raise SourceChanged(str(self))
            file.seek(0)
            closing.pop_all()
        return file

    def fetch(self, path: Path, sha256: str) -> None:
        """Download to a local file, which appears when it is whole. Raises as `open` does."""
        with self.open(sha256) as source:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
            try:
                with part.open("xb") as out:
                    shutil.copyfileobj(source, out, 2**20)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def _read(self, out: BinaryIO) -> str:
        """Write the bytes; answer their hash."""
        digest = hashlib.sha256()
        with _told(str(self)):
            for piece in _reader(_allowed(self)).pieces(self.key, self.etag):
                digest.update(piece)
                out.write(piece)
        return digest.hexdigest()


def faults(places: Iterable[Place]) -> Iterator[tuple[Place, SourceAway]]:
    """Those that are gone or have changed, by the bucket's list: no bytes are read.

    Raises SourceAway where a list can't be had.
    """
    by_folder: dict[BucketFolder, list[Place]] = defaultdict(list)
    for place in places:
        by_folder[_allowed(place)].append(place)
    for folder, some in by_folder.items():
        yield from _faults_in(folder, some)


def _faults_in(allowed: BucketFolder, places: Sequence[Place]) -> Iterator[tuple[Place, SourceAway]]:
    etags, wanted = dict[str, str](), {place.key for place in places}
    shared = commonprefix([place.key for place in places]).rpartition("/")  # noqa: RUF071 (cut at a slash after)
    with _told(str(places[0])):
        for one in _reader(BucketFolder(allowed.bucket, shared[0] + shared[1])).listed():
            if one.key in wanted:
                etags[one.key] = one.etag
    for place in places:
        if place.key not in etags:
            yield place, SourceGone(str(place))
        elif etags[place.key] != place.etag:
            yield place, SourceChanged(str(place))


def _allowed(place: Place) -> BucketFolder:
    """Raises SourceAway."""
    found = allowed_around(BucketFolder(place.bucket, place.key))
    if found is None:
        raise SourceAway(f"This server may no longer read {place}.")
    return found


def _reader(folder: BucketFolder) -> "BucketReader":
    from boxwright.storage.bucket_reader import BucketReader  # boto3 takes long to load

    return BucketReader(folder)


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except ObjectMissing as error:
        raise SourceGone(place) from error
    except BucketRefused as error:
        raise SourceAway(f"{place} can't be read: {error.detail}") from error
    except StoreAway as error:
        raise SourceAway(f"The bucket of {place} does not answer.") from error

"""Reading a folder of a bucket that is not the store's own. Only the configured endpoint is ever asked."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from boxwright.storage.buckets import BucketFolder
from boxwright.storage.errors import BucketRefused, ObjectMissing, SourceChanged, StoreAway

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CHUNK = 2**20
SMALL = 8 * 2**20
"""Bytes of an object that is fetched ahead, whole."""

AHEAD = 8
"""Small objects on their way at once."""

DENIED = {"AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}
CHANGED = {"PreconditionFailed", "412"}


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    size: int
    etag: str


class BucketReader:
    """Raises BucketRefused, and StoreAway where the bucket does not answer."""

    def __init__(self, folder: BucketFolder) -> None:
        self.folder = folder
        self.client = _client(**settings.IMPORT_S3)

    def listed(self) -> Iterator[Listed]:
        """Sorted by their keys."""
        pages = self.client.get_paginator("list_objects_v2")
        with self._translated(""):
            for page in pages.paginate(Bucket=self.folder.bucket, Prefix=self.folder.prefix):
                yield from (Listed(one["Key"], one["Size"], one["ETag"]) for one in page.get("Contents", []))

    def fetched(self, files: Iterable[Listed]) -> Iterator[tuple[Listed, Iterator[bytes]]]:
        """Each with its bytes, which raise as `pieces` does; in order."""
        pool, coming = ThreadPoolExecutor(AHEAD), deque[tuple[Listed, Future[bytes] | None]]()
        try:
            for one in files:
                coming.append((one, pool.submit(self._whole, one) if one.size <= SMALL else None))
                if len(coming) > AHEAD:
                    yield self._next(coming)
            while coming:
                yield self._next(coming)
        finally:
            pool.shutdown(cancel_futures=True)

    def pieces(self, key: str, etag: str) -> Iterator[bytes]:
        """The bytes that had this ETag. Raises ObjectMissing, SourceChanged."""
        with self._translated(key):
            found = self.client.get_object(Bucket=self.folder.bucket, Key=key, IfMatch=etag)
            with closing(found["Body"]) as body:
                while piece := body.read(CHUNK):
                    yield piece

    def _next(self, coming: "deque[tuple[Listed, Future[bytes] | None]]") -> tuple[Listed, Iterator[bytes]]:
        one, future = coming.popleft()
        return one, self.pieces(one.key, one.etag) if future is None else _result(future)

    def _whole(self, one: Listed) -> bytes:
        return b"".join(self.pieces(one.key, one.etag))

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code == "NoSuchBucket" or (code == "404" and not key):
                raise BucketRefused(f"There is no bucket {self.folder.bucket}.") from error
            if code in {"NoSuchKey", "404"}:
                raise ObjectMissing(key) from error
            if code in CHANGED:
                raise SourceChanged(f"s3://{self.folder.bucket}/{key}") from error
            if code in DENIED:
                raise BucketRefused(f"This server has no right to read {key or self.folder}.") from error
            raise StoreAway(str(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise StoreAway(str(error)) from error


@lru_cache(maxsize=4)
def _client(**options: Any) -> "S3Client":
    """One for all threads: a client may be shared, and takes a fifth of a second to make."""
    client: S3Client = boto3.session.Session().client("s3", **options)
    return client


def _result(future: "Future[bytes]") -> Iterator[bytes]:
    yield future.result()

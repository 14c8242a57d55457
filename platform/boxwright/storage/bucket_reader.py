"""Reading a folder of a bucket that is not the store's own. Only the configured endpoint is ever asked."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from boxwright.storage.buckets import BucketFolder
from boxwright.storage.errors import BucketRefused, ObjectMissing, StoreAway

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CHUNK = 2**20
SMALL = 8 * 2**20
"""Bytes of an object that is fetched ahead, whole."""

AHEAD = 8
"""Small objects on their way at once."""

DENIED = {"AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    size: int
    etag: str


class BucketReader:
    """Raises BucketRefused, and StoreAway where the bucket does not answer."""

    def __init__(self, folder: BucketFolder) -> None:
        self.folder = folder
        self.client: S3Client = boto3.session.Session().client("s3", **settings.IMPORT_S3)

    def listed(self) -> Iterator[Listed]:
        """Sorted by their keys."""
        pages = self.client.get_paginator("list_objects_v2")
        with self._translated(""):
            for page in pages.paginate(Bucket=self.folder.bucket, Prefix=self.folder.prefix):
                yield from (Listed(one["Key"], one["Size"], one["ETag"]) for one in page.get("Contents", []))

    def fetched(self, files: Iterable[tuple[str, int]]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each key of (key, size) with its bytes, which raise ObjectMissing where it is gone; in order."""
        pool, coming = ThreadPoolExecutor(AHEAD), deque[tuple[str, Future[bytes] | None]]()
        try:
            for key, size in files:
                coming.append((key, pool.submit(self._whole, key) if size <= SMALL else None))
                if len(coming) > AHEAD:
                    yield self._next(coming)
            while coming:
                yield self._next(coming)
        finally:
            pool.shutdown(cancel_futures=True)

    def _next(self, coming: "deque[tuple[str, Future[bytes] | None]]") -> tuple[str, Iterator[bytes]]:
        key, future = coming.popleft()
        return key, self._pieces(key) if future is None else _result(future)

    def _whole(self, key: str) -> bytes:
        return b"".join(self._pieces(key))

    def _pieces(self, key: str) -> Iterator[bytes]:
        with self._translated(key), closing(self.client.get_object(Bucket=self.folder.bucket, Key=key)["Body"]) as body:
            while piece := body.read(CHUNK):
                yield piece

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
            if code in DENIED:
                raise BucketRefused(f"This server has no right to read {key or self.folder}.") from error
            raise StoreAway(str(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            raise StoreAway(str(error)) from error


def _result(future: "Future[bytes]") -> Iterator[bytes]:
    yield future.result()

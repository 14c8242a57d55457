"""Objects in an S3-compatible bucket, through django-storages. Only it and `bucket_reader` know boto3."""

import logging
import socket
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cached_property
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from boto3.exceptions import Boto3Error
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session
from django.utils.http import content_disposition_header

from boxwright.parallel import AT_ONCE
from boxwright.storage.errors import ObjectMissing, StoreAway

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

log = logging.getLogger(__name__)

IN_MEMORY = 8 * 2**20
MISSING = {"404", "NoSuchKey", "NotFound"}

LINK_SECONDS = 900

LOOKERS = 8
LOOK_AT = 100
"""Keys that one of them looks for."""


class S3Store:
    """`backend` is a `storages.backends.s3.S3Storage`, which holds one connection a thread.

    `links` is the same bucket at the address where browsers find it: a signature holds for one host only.
    """

    def __init__(self, backend: Any, links: Any) -> None:
        self.backend, self.links = backend, links
        self.bucket: str = backend.bucket_name

    @property
    def client(self) -> "S3Client":
        return cast("S3Client", self.backend.connection.meta.client)

    def put(self, key: str, data: bytes | BinaryIO, content_type: str = "") -> None:
        extra = {"ContentType": content_type} if content_type else {}
        body = data if isinstance(data, bytes) else data.read(IN_MEMORY + 1)
        if len(body) <= IN_MEMORY and self._put_quickly(key, body, content_type):
            return
        rest = BytesIO(body) if isinstance(data, bytes) else _Chained(body, data)
        with _translated(key):
            self.client.upload_fileobj(cast("BinaryIO", rest), self.bucket, key, ExtraArgs=extra)

    def _put_quickly(self, key: str, body: bytes, content_type: str) -> bool:
        """By a link, which costs a fifth of what the client computes for each call. False: it must be put otherwise."""
        wanted = {"Bucket": self.bucket, "Key": key} | ({"ContentType": content_type} if content_type else {})
        headers = {"Content-Length": str(len(body))} | ({"Content-Type": content_type} if content_type else {})
        with _translated(key):
            url = self.signer.generate_presigned_url("put_object", Params=wanted, ExpiresIn=LINK_SECONDS)
        request = AWSRequest(method="PUT", url=url, data=body, headers=headers).prepare()
        try:
            return bool(self.session.send(request).status_code == 200)
        except BotoCoreError:
            return False

    @cached_property
    def signer(self) -> "S3Client":
        """One for all threads: a client may be shared, and takes a fifth of a second to make."""
        return self.client

    @cached_property
    def session(self) -> URLLib3Session:
        """Kept connections for what is sent by links."""
        verify = True if self.backend.verify is None else self.backend.verify  # None would be False here
        # Without it a put waits 40 ms for the gateway's word. Its stub says strings.
        at_once: Any = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        return URLLib3Session(
            verify=verify, proxies=self.backend.proxies, max_pool_connections=AT_ONCE, socket_options=at_once
        )

    def open(self, key: str) -> BinaryIO:
        with ExitStack() as closing:
            file = cast("BinaryIO", closing.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY)))
            with _translated(key):
                self.client.download_fileobj(self.bucket, key, file)
            file.seek(0)
            closing.pop_all()
        return file

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def missing(self, keys: Iterable[str]) -> Iterator[str]:
        client, left = self.client, iter(keys)
        with ThreadPoolExecutor(LOOKERS) as pool:
            while shares := [share for _ in range(LOOKERS) if (share := list(islice(left, LOOK_AT)))]:
                for found in pool.map(lambda share: self._missing(client, share), shares):
                    yield from found

    def _missing(self, client: "S3Client", keys: list[str]) -> list[str]:
        """Beside the bucket's list: a request answers for all keys up to its last, or for one where they lie apart."""
        missing = []
        while keys:
            with _translated(keys[0]):
                page = client.list_objects_v2(Bucket=self.bucket, StartAfter=keys[0][:-1], MaxKeys=1000)
            listed = [item["Key"] for item in page.get("Contents", [])]
            last = listed[-1] if page.get("IsTruncated") else keys[-1]
            there, seen = set(listed), [key for key in keys if key <= last]
            if not seen and self.exists(keys[0]):  # more than a page of others lies before it
                there.add(keys[0])
            seen = seen or keys[:1]
            missing += [key for key in seen if key not in there]
            keys = keys[len(seen) :]
        return missing

    def size(self, key: str) -> int:
        with _translated(key):
            return self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"]

    def delete(self, key: str) -> None:
        with _translated(key):
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def list(self, prefix: str) -> Iterator[str]:
        pages = self.client.get_paginator("list_objects_v2")
        with _translated(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                yield from (item["Key"] for item in page.get("Contents", []))

    def free(self) -> int | None:
        return None

    def fetch(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            with _translated(key):
                self.client.download_file(self.bucket, key, str(part))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def presign(self, key: str, filename: str, seconds: int = 600) -> str | None:
        disposition = content_disposition_header(as_attachment=True, filename=filename)
        wanted = {"Bucket": self.bucket, "Key": key, "ResponseContentDisposition": disposition}
        browsers = cast("S3Client", self.links.connection.meta.client)
        return browsers.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)


class _Chained:
    """What was read of a stream already, then the rest of it. boto3 closes what it uploads; the stream stays open."""

    def __init__(self, begun: bytes, stream: BinaryIO) -> None:
        self.begun, self.stream = BytesIO(begun), stream

    def read(self, size: int = -1) -> bytes:
        first = self.begun.read(size)
        return first + self.stream.read(size - len(first) if size >= 0 else -1)


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            raise ObjectMissing(key) from error
        log.warning("the object store refused %s: %s", key, error)
        raise StoreAway(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreAway(str(error)) from error

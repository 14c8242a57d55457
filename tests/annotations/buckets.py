"""A bucket of others, `scans`, and what the tests lay into it."""

import hashlib
import io
from typing import Any

from django.core.management import call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations.models import Image
from tests.annotations.archives import voc
from tests.annotations.images import picture
from tests.services.processes import free_port

SET = "s3://scans/sets/raccoons/"
FIRST = "sets/raccoons/train/a.jpg"
FIRST_SHA256 = hashlib.sha256(picture(0)).hexdigest()


def put(client: Any, key: str, data: bytes) -> None:
    client.put_object(Bucket="scans", Key=key, Body=data)


def put_raccoons(client: Any) -> None:
    put(client, "sets/raccoons/", b"")
    for seed, split in enumerate(("train", "valid")):
        put(client, f"sets/raccoons/{split}/a.jpg", picture(seed))
        put(client, f"sets/raccoons/{split}/a.xml", voc("a.jpg", ("raccoon", 1, 2, 30, 40)))
    put(client, "sets/raccoons 2/b.jpg", picture(7))


def run(address: str, **options: Any) -> tuple[int, str]:
    """`manage.py importdataset`: its exit status and what it said."""
    out = io.StringIO()
    try:
        call_command("importdataset", address, stdout=out, stderr=out, **{"project": "plates/raccoons", **options})
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def changed(bucket: Any, _settings: Settings) -> None:
    put(bucket, FIRST, picture(99))


def gone(bucket: Any, _settings: Settings) -> None:
    bucket.delete_object(Bucket="scans", Key=FIRST)


def no_longer_allowed(_bucket: Any, settings: Settings) -> None:
    settings.IMPORT_BUCKETS = ["s3://scans/others"]


def away(_bucket: Any, settings: Settings) -> None:
    settings.IMPORT_S3 = {**settings.IMPORT_S3, "endpoint_url": f"http://127.0.0.1:{free_port()}"}


def file_of(client: APIClient, image: Image, **headers: str) -> Any:
    return client.get(f"/api/v1/images/{image.pk}/file/", headers=headers)


def of_bucket(bucket: Any) -> dict[str, str]:
    found = bucket.list_objects_v2(Bucket="scans").get("Contents", [])
    return {one["Key"]: one["ETag"] for one in found}

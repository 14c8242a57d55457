"""A bucket of others, `scans`, and what the tests lay into it."""

import io
from typing import Any

from django.core.management import call_command

from tests.annotations.archives import voc
from tests.annotations.images import picture

SET = "s3://scans/sets/raccoons/"


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

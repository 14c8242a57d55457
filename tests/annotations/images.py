"""Small real pictures, and API calls that the tests here repeat."""

import io
import random
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from annotations import trash
from annotations.models import Image as Row
from boxwright.projects.models import Label, Project
from boxwright.storage import store
from boxwright.storage.collector import collect


def picture(seed: int = 0, size: tuple[int, int] = (64, 48), kind: str = "JPEG", **options: Any) -> bytes:
    """A picture whose bytes depend on `seed`."""
    image = Image.new("RGB", size, tuple(random.Random(seed).randrange(256) for _ in range(3)))
    image.putpixel((seed % size[0], seed // size[0] % size[1]), (255, 255, 255))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scene(seed: int, size: tuple[int, int] = (96, 96), **options: Any) -> bytes:
    """A picture that looks like no other: blurred noise."""
    noise = Image.frombytes("L", (9, 8), random.Random(seed).randbytes(72))
    out = io.BytesIO()
    noise.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", **options)
    return out.getvalue()


def upload(client: APIClient, project: Project, **files: bytes) -> dict[str, Any]:
    """Upload `name=bytes`; a double underscore in a name stands for a dot."""
    sent = [SimpleUploadedFile(name.replace("__", "."), data) for name, data in files.items()]
    answer = client.post(f"/api/v1/projects/{project.pk}/images/", {"files": sent}, format="multipart")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def stored_keys() -> list[str]:
    return list(store().list(""))


def kept_keys() -> list[str]:
    """What is stored once the collector has taken what nobody needs."""
    collect(timedelta(0))
    return stored_keys()


def label_id(project: Project, name: str = "raccoon") -> int:
    return Label.objects.get(project=project, name=name).pk


def box(project: Project, x: float = 1, label: str = "raccoon", **fields: Any) -> dict[str, Any]:
    sides = {"x_min": x, "y_min": 2, "x_max": x + 10, "y_max": 20.5}
    return {"id": str(uuid.uuid4()), "label": label_id(project, label), **sides, **fields}


def save(client: APIClient, image: int, base: int = 0, **changes: Any) -> Any:
    return client.patch(f"/api/v1/images/{image}/annotations/", {"base_revision": base, **changes}, format="json")


def body_of(answer: Any) -> bytes:
    """The bytes of an answer, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def delete_for_good(image: Row) -> None:
    """Through the Trash and out of it, by nobody in particular."""
    trash.discard(image.project, [image.pk], None)
    trash.delete_for_good(image.project, [image.pk])

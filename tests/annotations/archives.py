"""Archives to import: real files, some of them hostile."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from boxwright.projects.models import Project


def voc(name: str, *boxes: tuple[str, float, float, float, float], size: tuple[int, int] = (64, 48)) -> bytes:
    """An annotation file as LabelImg writes it, one object a line from line 4 on."""
    objects = "\n".join(
        f"<object><name>{label}</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
        "</bndbox></object>"
        for label, x0, y0, x1, y1 in boxes
    )
    width, height = size
    return (
        f"<annotation>\n<filename>{name}</filename>\n"
        f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>\n{objects}\n</annotation>"
    ).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: Literal["w", "w:gz"] = "w", **options: Any) -> bytes:
    """`options`: of tarfile.open."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **options) as archive:
        for name, data in files.items():
            member(archive, name, data)
    return out.getvalue()


def member(archive: tarfile.TarFile, name: str, data: bytes = b"", **fields: Any) -> None:
    """One entry; `fields` of its TarInfo say what is odd about it."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    archive.addfile(info, io.BytesIO(data))


def zipped_folder(folder: Path) -> bytes:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return zipped({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


Commits = Callable[..., Any]
"""pytest-django's `django_capture_on_commit_callbacks`: `with commits(execute=True)` lets jobs run."""


def import_zip(client: APIClient, project: Project, data: bytes, commits: Commits, **fields: Any) -> dict[str, Any]:
    """Send the archive, let the worker's task run, and answer the import as the API shows it."""
    sent = {"archive": SimpleUploadedFile("set.zip", data, "application/zip"), **fields}
    with commits(execute=True):
        answer = client.post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    assert answer.status_code == 201, answer.content
    url = f"/api/v1/imports/{answer.json()['id']}/"
    body: dict[str, Any] = client.get(url).json()
    assert "findings" not in body
    return body | {"findings": client.get(f"{url}findings/?limit=200").json()["results"]}

"""The bad-input table of the foundation: each row gives a clear finding, stores nothing, and stays small in memory."""

import io
import json
import os
import resource
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from rest_framework.test import APIClient

from annotations.imports.start import start_import
from annotations.models import Annotation, Image
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import kept_keys, picture

AsUser = Callable[[User], APIClient]
ROOT = Path(__file__).resolve().parents[2]


def huge_png(side: int = 30_000) -> bytes:
    """A few hundred bytes that say they are side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def animated() -> bytes:
    out, frames = io.BytesIO(), [Pillow.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def deep() -> bytes:
    out = io.BytesIO()
    Pillow.new("I;16", (8, 8)).save(out, "PNG")
    return out.getvalue()


FILES = {
    "truncated.jpg": (picture(size=(400, 300))[:-900], "cut off"),
    "huge.png": (huge_png(), "30000×30000 is 900 megapixels; at most 60"),
    "empty.jpg": (b"", "empty (0 bytes)"),
    "evil.svg": (b'<?xml version="1.0"?><svg onload="alert(1)"><script>x</script></svg>', "SVG is refused"),
    "renamed.jpg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG is refused"),
    "text.jpg": (b"hello, I am a text\n" * 9, "whatever its name says"),
    "animated.png": (animated(), "animated"),
    "deep.png": (deep(), "more than 8 bits"),
    "page.jpg": (b"<html><script>alert(1)</script></html>", "whatever its name says"),
    "film.gif": (b"GIF89a" + bytes(30), "GIF"),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_file_is_rejected_with_its_reason(project: Project, bob: User, as_user: AsUser, name: str) -> None:
    data, reason = FILES[name]
    sent = {"files": [SimpleUploadedFile(name, data), SimpleUploadedFile("good.jpg", picture(7))]}
    path = f"/api/v1/projects/{project.pk}/images/"
    answer = as_user(bob).post(path, sent, format="multipart").json()
    assert [image["name"] for image in answer["created"]] == ["good.jpg"]
    assert answer["rejected"][0]["name"] == name
    assert reason in answer["rejected"][0]["reason"]
    assert len(kept_keys()) == 3


@pytest.mark.parametrize("name", FILES)
def test_bad_file_in_an_archive_is_a_finding(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    data, reason = FILES[name]
    xml = voc(name, ("cat", 1, 1, 9, 9))
    archive = zipped({f"images/{name}": data, f"xml/{Path(name).stem}.xml": xml})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert (done["finding_count"], done["findings"][0]["file"]) == (1, f"images/{name}")
    assert reason in done["findings"][0]["reason"]
    assert (Image.objects.count(), Annotation.objects.count(), kept_keys()) == (0, 0, [])


def entry(name: str, data: bytes = b"x", mode: int = 0o644) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info, data


UNSAFE = {
    "parent": (entry("../../evil.jpg"), "leaves the archive"),
    "inner parent": (entry("a/../../evil.jpg"), "leaves the archive"),
    "backslashes": (entry("..\\evil.jpg"), "leaves the archive"),
    "absolute": (entry("/etc/evil.jpg"), "absolute path"),
    "drive": (entry("C:\\evil.jpg"), "absolute path"),
    "link": (entry("evil.jpg", b"/etc/passwd", stat.S_IFLNK | 0o777), "symbolic link"),
    "bomb": (entry("bomb.jpg", bytes(30 * 2**20)), "100 times"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_archive_is_refused_whole(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    (info, data), reason = UNSAFE[name]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.jpg", picture())
        archive.writestr("good.xml", voc("good.jpg"))
        archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    done = import_zip(as_user(bob), project, out.getvalue(), django_capture_on_commit_callbacks)
    assert (done["status"], done["error"]["code"]) == ("failed", "archive_refused")
    assert done["findings"][0]["file"] == info.filename
    assert reason in done["findings"][0]["reason"]
    assert (Image.objects.count(), kept_keys()) == (0, [])


def test_archive_of_too_many_files_is_refused(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_FILES", 2)
    archive = zipped({f"{n}.jpg": picture(n) for n in range(3)})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert "3 files; at most 2" in done["error"]["detail"]


def test_damaged_entry_is_a_finding_and_the_rest_comes_in(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("bad.jpg", picture(1))
        archive.writestr("good.jpg", picture(2))
        archive.writestr("good.xml", voc("good.jpg"))
    data = bytearray(out.getvalue())
    data[200] ^= 0xFF
    done = import_zip(as_user(bob), project, bytes(data), django_capture_on_commit_callbacks)
    assert (done["findings"][0]["severity"], done["findings"][0]["file"]) == ("error", "bad.jpg")
    assert [image.name for image in Image.objects.all()] == ["good.jpg"]


ENTITY = b'<?xml version="1.0"?>\n<!DOCTYPE annotation [<!ENTITY secret SYSTEM "file:///etc/passwd">]>\n<annotation>'
BAD_XML = {
    "external entity": (ENTITY + b"<filename>&secret;</filename></annotation>", "document type or entities"),
    "not well-formed": (b"<annotation>\n<object></annotation>", "not well-formed"),
}


@pytest.mark.parametrize("name", BAD_XML)
def test_bad_xml_is_a_finding_and_its_image_is_not_stored(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    xml, reason = BAD_XML[name]
    archive = zipped({"a.jpg": picture(), "a.xml": xml})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert (done["findings"][0]["severity"], done["findings"][0]["file"]) == ("error", "a.xml")
    assert reason in done["findings"][0]["reason"]
    assert "root:" not in json.dumps(done)
    assert (Image.objects.count(), kept_keys()) == (0, [])


def test_box_outside_and_unknown_label_store_no_annotation(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    xml = voc("a.jpg", ("cat", 100, 100, 200, 200), ("", 1, 1, 9, 9), ("cat", 50, 40, 90, 90))
    archive = zipped({"a.jpg": picture(), "a.xml": xml})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    said = [(f["severity"], f["file"], f["line"]) for f in done["findings"]]
    assert said == [("error", "a.xml", 4), ("error", "a.xml", 5), ("warning", "a.xml", 6)]
    assert "outside the image of 64×48" in done["findings"][0]["reason"]
    assert "an object without a name" in done["findings"][1]["reason"]
    only = Annotation.objects.get()
    assert (only.x_min, only.y_min, only.x_max, only.y_max) == (50, 40, 64, 48)


MEMORY = """
import io, resource, sys
from annotations.decoding import PixelBudget
from annotations.imaging import ImageLimits, Refused, examine
from annotations.formats.errors import FormatError
from annotations.formats.voc.pages import parse
from tests.annotations.test_bad_input import FILES, huge_png
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for data, _ in FILES.values():
    try:
        examine(io.BytesIO(data), ImageLimits(), PixelBudget(60_000_000))
        sys.exit("was taken")
    except Refused:
        pass
lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
try:
    parse(f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><annotation><filename>&l11;</filename></annotation>'.encode())
    sys.exit("was taken")
except FormatError:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_bad_files_cost_little_memory() -> None:
    """In a process of its own, which may have 400 MB more than it has at the start and uses a fraction of it."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "DJANGO_SETTINGS_MODULE": "boxwright.settings"}
    code = "import django; django.setup()\n" + MEMORY
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow over 256 KB: what is written beyond fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def all_of(waiting: list[Callable[[], object]]) -> None:
    for each in waiting:
        each()


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_fills_while_the_archive_is_fetched_is_said(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    picture = io.BytesIO()
    Pillow.effect_noise((800, 600), 90).save(picture, "PNG")
    archive = zipped({"a.png": picture.getvalue()})
    with django_capture_on_commit_callbacks() as waiting:
        started = start_import(project=project, author=bob, name="a.zip", archive=io.BytesIO(archive))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))
    all_of(waiting)
    started.refresh_from_db()
    assert (started.status, started.error) == ("queued", "")
    assert started.waiting_for == "The server's disk is full."
    assert not list((settings.SCRATCH_DIR / "jobs").iterdir())

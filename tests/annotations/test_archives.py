"""Archives that strangers make to harm: refused or left out by name, at a bounded price of memory, disk and time."""

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from annotations.dataset.findings import Finding
from annotations.imports.archives import ArchiveLimits, ArchiveRefused, unpack
from boxwright.errors import NoRoom
from tests.annotations.archives import voc, zipped
from tests.annotations.images import picture
from tests.services.server import ROOT, Server, server

LIMITS = ArchiveLimits(max_files=1000, max_bytes=2**30, max_ratio=100, max_directory=2**20, spare_bytes=1)
MB_ALLOWED = 300


def unpacked(folder: Path, data: bytes, limits: ArchiveLimits = LIMITS) -> tuple[Finding, ...]:
    archive, tree = folder / "a.zip", folder / "tree"
    archive.write_bytes(data)
    tree.mkdir()
    return unpack(archive, tree, limits, lambda: None)


def files(folder: Path) -> dict[str, int]:
    tree = folder / "tree"
    return {p.relative_to(tree).as_posix(): p.stat().st_size for p in tree.rglob("*") if p.is_file()}


def overlapping() -> bytes:
    """Two entries in the table of contents that mean the same packed bytes."""
    data = zipped({"a.bin": os.urandom(4000), "b.bin": b"b"})
    end = data.rindex(b"PK\5\6")
    second = data.rindex(b"PK\1\2", 0, end)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def entry(name: bytes) -> bytes:
    """What a table of contents says of an empty file."""
    return struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, *[0] * 4, 0, 0, 0, len(name), *[0] * 4, 0, 0) + name


def ending(table: bytes, count: int) -> bytes:
    """A table of contents and the end of an archive, which says of it that it has `count` entries."""
    return table + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(table), 0, 0)


def deep(levels: int) -> str:
    return "/".join(["d"] * levels) + "/a.txt"


REFUSED: dict[str, tuple[Callable[[], bytes], ArchiveLimits, str]] = {
    "many small entries that all grow": (
        lambda: zipped({f"{n}.xml": bytes(2**20) for n in range(12)}),
        LIMITS,
        "grows more than 100 times",
    ),
    "entries that share bytes": (overlapping, LIMITS, "shares its bytes"),
    "one entry too many": (lambda: zipped({f"{n}": b"" for n in range(4)}), replace(LIMITS, max_files=3), "4 files"),
    "more entries than it says": (
        lambda: ending(entry(b"a") * 4, 1),
        replace(LIMITS, max_files=3),
        "4 files; at most 3",
    ),
    "so many that nothing is read": (lambda: ending(bytes(100), 4), replace(LIMITS, max_files=3), "4 files; at most 3"),
    "a table of contents too long": (
        lambda: zipped({f"{n}".zfill(200): b"" for n in range(10)}),
        replace(LIMITS, max_directory=2000),
        "table of contents",
    ),
}


@pytest.mark.parametrize(("made", "limits", "reason"), REFUSED.values(), ids=REFUSED)
def test_archive_is_refused_with_nothing_written(
    tmp_path: Path, made: Callable[[], bytes], limits: ArchiveLimits, reason: str
) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        unpacked(tmp_path, made(), limits)
    assert reason in refused.value.reason
    assert files(tmp_path) == {}


def test_archive_at_its_limits_is_taken(tmp_path: Path) -> None:
    at_limit = replace(LIMITS, max_files=3, max_bytes=3, max_directory=3 * (46 + 1))
    assert unpacked(tmp_path, zipped({"a": b"1", "b": b"2", "c": b"3"}), at_limit) == ()
    assert files(tmp_path) == {"a": 1, "b": 1, "c": 1}


LEFT_OUT = {
    "a part of its name too long": ("n" * 256 + ".txt", zipfile.ZIP_DEFLATED, "name is too long"),
    "its path too long": ("/".join(["n" * 200] * 6), zipfile.ZIP_DEFLATED, "name is too long"),
    "one folder too deep": (deep(32), zipfile.ZIP_DEFLATED, "folders deep"),
    "packed by bzip2": ("a.txt", zipfile.ZIP_BZIP2, "method that is not read"),
    "packed by lzma": ("a.txt", zipfile.ZIP_LZMA, "method that is not read"),
}


@pytest.mark.parametrize(("name", "method", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_entry_is_left_out_and_the_rest_taken(tmp_path: Path, name: str, method: int, reason: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x" * 100, method)
        archive.writestr(deep(31), b"good", zipfile.ZIP_DEFLATED)
    (finding,) = unpacked(tmp_path, out.getvalue())
    assert (finding.severity, finding.file) == ("error", name)
    assert reason in finding.reason
    assert files(tmp_path) == {deep(31): 4}


def test_file_where_a_folder_must_be_leaves_out_what_would_lie_in_it(tmp_path: Path) -> None:
    (finding,) = unpacked(tmp_path, zipped({"a.txt": b"1", "a.txt/b.txt": b"2", "c.txt": b"3"}))
    assert (finding.severity, finding.file) == ("error", "a.txt/b.txt")
    assert files(tmp_path) == {"a.txt": 1, "c.txt": 1}


@pytest.mark.parametrize("declared", [10, 1000])
def test_entry_that_lies_about_its_size_writes_no_more_than_it_declares(tmp_path: Path, declared: int) -> None:
    data = bytearray(zipped({"a.bin": bytes(9 * 2**20), "b.bin": b"good"}))
    place = data.index(b"PK\1\2") + 24
    data[place : place + 4] = struct.pack("<I", declared)
    (finding,) = unpacked(tmp_path, bytes(data))
    assert (finding.severity, finding.file) == ("error", "a.bin")
    assert files(tmp_path) == {"b.bin": 4}


def test_zip_in_a_zip_stays_a_file(tmp_path: Path) -> None:
    inner = zipped({"bomb.bin": bytes(9 * 2**20)})
    assert unpacked(tmp_path, zipped({"inner.zip": inner})) == ()
    assert files(tmp_path) == {"inner.zip": len(inner)}


def test_without_room_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        unpacked(tmp_path, zipped({"a": b"a"}), replace(LIMITS, spare_bytes=2**60))
    assert files(tmp_path) == {}


def test_disk_that_fills_up_meanwhile_ends_the_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotations.imports.archives.disk.LOOK_EVERY", 2**20)
    free = iter([2**40, 2**40, 0])
    monkeypatch.setattr(
        "annotations.imports.archives.disk.shutil.disk_usage", lambda _: SimpleNamespace(free=next(free))
    )
    with pytest.raises(NoRoom):
        unpacked(tmp_path, zipped({"a.bin": os.urandom(4 * 2**20)}))


# what a worker's memory shows ----------------------------------------------------------------------------------------

WORKER = """
import json, sys
from pathlib import Path
import django; django.setup()
from annotations.models import Import
from boxwright.jobs.attempt import attempt
attempt(Import, int(sys.argv[1]))
job = Import.objects.get(pk=sys.argv[1])
peak = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
longest = max((len(finding.reason) + len(finding.file) for finding in job.findings.all()), default=0)
print(json.dumps([job.status, job.error_code, peak // 1024, job.findings.count(), job.finding_count, longest]))
"""


MB_OF_FULL_LIST = 400
LISTING = """
import sys
from pathlib import Path
sys.path[:0] = [".", "platform"]
import django; django.setup()
from annotations.imports.archives import ArchiveLimits, unpack
from boxwright.errors import NoRoom
limits = ArchiveLimits(max_files=500_000, max_bytes=1, max_ratio=1, max_directory=2**26, spare_bytes=2**60)
try:
    unpack(Path(sys.argv[1]), Path("."), limits, lambda: None)
except NoRoom:  # it was listed, and nothing is unpacked
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(int(peak.split()[1]) // 1024)
"""


def long_names() -> dict[str, bytes]:
    """550 kB that once became a row of 270 MB: each of 500 findings quoted a name of half a megabyte."""
    boxes = [("n" * 540_000, 3, 3, 3, 9)] * 17
    pages = {f"{n}.xml": voc(f"{n}.jpg", *boxes) for n in range(30)}
    return pages | {f"{n}.jpg": picture(n) for n in range(30)}


def padded(files: dict[str, bytes], size: int = 2**20) -> bytes:
    """Beside so many random bytes that the whole does not grow too much."""
    return zipped(files | {"padding.bin": os.urandom(size)})


def many_objects() -> bytes:
    xml = b"<annotation>" + b"<object/>" * 450_000 + b"</annotation>"
    return padded({f"{n}.xml": xml for n in range(4)})


def many_findings() -> bytes:
    boxes = [("n" * 600, 3, 3, 3, 9)] * 4_900
    pages = {f"{n}.xml": voc(f"{n}.jpg", *boxes) for n in range(4)}
    return padded(pages | {f"{n}.jpg": picture(n) for n in range(4)})


def many_attributes() -> bytes:
    """As many nodes as fit into an annotation file."""
    return padded({f"{n}.xml": b"<annotation>" + b'<a b=""/>' * 460_000 + b"</annotation>" for n in range(3)})


def long_table() -> bytes:
    """1,100 names of 64 kB: a small part of what an archive of the largest size could hold."""
    return ending(entry(b"n" * 65_535) * 1_100, 1)


def many_entries() -> bytes:
    """More than an archive may have, and says that it has one."""
    return ending(entry(b"n" * 60) * 600_000, 1)


def coco(categories: int, boxes: int) -> bytes:
    """So many, made by hand: `json` would hold them all."""
    names = b",".join(b'{"id":%d,"name":"n%d"}' % (number, number) for number in range(categories))
    box = b'{"image_id":1,"category_id":0,"bbox":[1,1,9,9]}'
    head = b'{"images":[{"id":1,"file_name":"a.jpg"}],"categories":[%s],"annotations":[' % names
    return head + b",".join([box] * boxes) + b"]}"


def beside_a_picture(name: str, data: bytes) -> bytes:
    return padded({"a.jpg": picture(), name: data}, len(data) // 90 + 2**16)


TABLE = b"filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,64,48,"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "many attributes": (many_attributes, "succeeded"),
    "a field of 100 MB": (
        lambda: beside_a_picture("a.csv", TABLE + b"c" * 100 * 2**20 + b",1,1,9,9\n"),
        "succeeded",
    ),
}
ALIKE: dict[str, tuple[Callable[[], bytes], str]] = {
    "long names beside other bytes": (lambda: padded(long_names(), 3 * 2**20), "succeeded"),
    "long names": (lambda: zipped(long_names()), "failed"),
    "many entries": (many_entries, "failed"),
    "many objects": (many_objects, "succeeded"),
    "many findings": (many_findings, "succeeded"),
    "a long table of contents": (long_table, "failed"),
}


YAML = b"names:\n" + b"".join(b"- n%d\n" % number for number in range(100_000))
LONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "a line of 1 GB": (lambda: beside_a_picture("a.json", coco(1, 1)[:-2] + b" " * 2**30 + b"]}"), "succeeded"),
    "an item of 300 MB": (
        lambda: beside_a_picture("a.json", coco(1, 0)[:-2] + b'{"a": "' + b"x" * 300 * 2**20),
        "failed",
    ),
    "a million boxes on one image": (lambda: beside_a_picture("a.json", coco(1, 10**6)), "succeeded"),
    "a million categories": (lambda: beside_a_picture("a.json", coco(10**6, 1)), "failed"),
    "100,000 names": (lambda: beside_a_picture("data.yaml", YAML), "failed"),
    "500,000 classes": (
        lambda: beside_a_picture("obj.names", b"".join(b"%d\n" % number for number in range(500_000))),
        "failed",
    ),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
@pytest.mark.parametrize(
    "table",
    [
        pytest.param(HOSTILE, id="short"),
        pytest.param(ALIKE, id="alike", marks=pytest.mark.full),
        pytest.param(LONG, id="long", marks=pytest.mark.full),
    ],
)
def test_hostile_archive_leaves_worker_and_rows_small(
    tmp_path: Path, table: dict[str, tuple[Callable[[], bytes], str]]
) -> None:
    with server(tmp_path) as running, running.client(running.set_up()) as client:
        asked = {"team": "plates", "name": "P", "task": "detection", "labels": [{"name": "cat"}]}
        project = client.post("projects/", json=asked).json()["id"]
        for name, (made, wanted) in table.items():
            sent = client.post(f"projects/{project}/imports/", files={"archive": ("a.zip", made())})
            assert sent.status_code == 201, (name, sent.text)
            status, code, peak, rows, count, longest = worked(running, sent.json()["id"])
            assert (status, code) == (wanted, "archive_refused" if wanted == "failed" else ""), name
            assert rows == min(count, 10_000), name
            assert longest <= 600, name
            assert peak <= MB_ALLOWED, (name, peak)
        listed = client.get(f"projects/{project}/imports/")
        assert len(listed.content) < 1000 * len(table)


@pytest.mark.full
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
def test_archive_with_as_many_files_as_allowed_is_listed_in_bounded_memory(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(500_000):
            archive.writestr(zipfile.ZipInfo(f"train/images/of-an-ordinary-name-{number:07}.xml"), b"")
    command = [sys.executable, "-c", LISTING, str(tmp_path / "a.zip")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) <= MB_OF_FULL_LIST


def worked(running: Server, job: int) -> list[Any]:
    command = [sys.executable, "-c", WORKER, str(job)]
    done = subprocess.run(command, env=running.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answer

"""Scratch space: a folder a job, swept when its worker was killed; images kept for the next run, within a bound."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from annotations.object_keys import image_key
from boxwright import scratch
from boxwright.scratch import folder_for
from boxwright.storage import ObjectMissing, store
from boxwright.storage.errors import ObjectDamaged
from boxwright.storage.named import Named
from training.work import image_cache

SHA = "ab" * 32

HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def stored(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    store().put(image_key(1, sha256), content)
    return sha256


def original(sha256: str) -> Named:
    return Named(image_key(1, sha256), sha256)


def jobs(settings: Settings) -> list[Path]:
    return sorted((settings.SCRATCH_DIR / "jobs").iterdir())


def test_a_jobs_folder_is_gone_when_its_work_ends(settings: Settings) -> None:
    with folder_for("run", 7) as folder:
        (folder / "out").mkdir()
        assert jobs(settings) == [folder]
    assert jobs(settings) == []


def test_sweeping_leaves_alone_what_is_worked_on(settings: Settings) -> None:
    with folder_for("run", 7) as folder:
        scratch.sweep()
        assert jobs(settings) == [folder]


def test_sweeping_removes_what_a_killed_worker_left(settings: Settings, tmp_path: Path) -> None:
    left = settings.SCRATCH_DIR / "jobs" / "run-7-abc"
    left.mkdir(parents=True)
    command = [sys.executable, "-c", HOLDER, str(left / "held")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        scratch.sweep()
        assert jobs(settings) == [left]
        holder.kill()
    scratch.sweep()
    assert jobs(settings) == []


def test_an_image_is_fetched_once_and_linked_from_then_on(tmp_path: Path) -> None:
    sha256 = stored(b"pixels")
    image_cache.link_image(store(), original(sha256), tmp_path / "first")
    store().delete(image_key(1, sha256))
    image_cache.link_image(store(), original(sha256), tmp_path / "second")
    assert (tmp_path / "second").read_bytes() == b"pixels"
    assert (tmp_path / "first").samefile(tmp_path / "second")


def test_an_image_with_other_bytes_is_named_and_not_kept(settings: Settings, tmp_path: Path) -> None:
    sha256 = stored(b"pixels")
    store().put(image_key(1, sha256), b"pixelz")
    with pytest.raises(ObjectDamaged, match=sha256):
        image_cache.link_image(store(), original(sha256), tmp_path / "image")
    assert not [path for path in settings.SCRATCH_DIR.rglob("*") if path.is_file()]


def test_an_image_that_is_nowhere_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing):
        image_cache.link_image(store(), original(SHA), tmp_path / "image")


def test_the_cache_forgets_what_was_not_used_for_longest(settings: Settings, tmp_path: Path) -> None:
    for age, name in enumerate("abcd"):
        sha256 = stored(name.encode() * 10)
        image_cache.link_image(store(), original(sha256), tmp_path / name)
        os.utime(settings.SCRATCH_DIR / "images" / sha256[:2] / sha256, (1000 - age, 1000 - age))
    image_cache.shrink(25)
    left = {path.read_text()[0] for path in (settings.SCRATCH_DIR / "images").glob("*/*")}
    assert left == {"a", "b"}
    assert (tmp_path / "d").read_bytes() == b"d" * 10, "a run that uses it keeps it"

"""What the processes of one test session make once: the first that asks makes it, the others wait for it."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

FOLDER = "BOXWRIGHT_TEST_SESSION"


def begin_session() -> Callable[[], None]:
    """A folder that all processes started from here share; answers what removes it."""
    folder = tempfile.mkdtemp(prefix="boxwright-session-")
    os.environ[FOLDER] = folder
    return lambda: shutil.rmtree(folder, ignore_errors=True)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The file `name`; `make` writes it. Outside a session of tests it is this process's own."""
    if FOLDER not in os.environ:
        atexit.register(begin_session())
    place = Path(os.environ[FOLDER]) / name
    with place.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            half = place.with_name(f"{name}.half")
            make(half)
            half.rename(place)
    return place

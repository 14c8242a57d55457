"""A child leaves with its parent, and takes along what it has started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from boxwright import lifeline
from tests.services.installation import wait_gone
from tests.services.processes import wait_until

# A stubborn program with a child of its own, as an export with Node is.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ready", flush=True)
time.sleep(600)
"""

PARENT = """
import os, sys, time
from boxwright import lifeline
child = lifeline.spawn("stubborn", environment=os.environ, stdout=2)
print(child.pid, flush=True)
time.sleep(600)
"""


def environment(folder: Path) -> dict[str, str]:
    (folder / "stubborn.py").write_text(STUBBORN)
    platform = str(lifeline.ROOT / "platform")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([platform, str(folder)])}


def family(pid: int) -> list[psutil.Process]:
    """The process, its watcher and its own child, once all three are there."""
    top = psutil.Process(pid)
    wait_until(lambda: len(top.children(recursive=True)) == 2, "the child's family")
    return [top, *top.children(recursive=True)]


def test_a_child_is_gone_after_its_parent_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=environment(tmp_path), stdout=subprocess.PIPE)
    assert parent.stdout
    members = family(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    wait_gone(members)
    parent.stdout.close()
    parent.wait()


def test_what_a_child_has_started_is_gone_after_the_child_was_killed(tmp_path: Path) -> None:
    child = lifeline.spawn("stubborn", environment=environment(tmp_path), stdout=subprocess.DEVNULL)
    members = family(child.pid)
    child.kill()
    assert lifeline.end(child, 1) == -signal.SIGKILL
    wait_gone(members)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = lifeline.spawn("stubborn", environment=environment(tmp_path), stdout=subprocess.DEVNULL)
    members = family(child.pid)
    assert lifeline.end(child, 0.2) == -signal.SIGKILL
    wait_gone(members)


def test_a_child_that_ends_by_itself_gives_its_exit_code_and_all_its_output(tmp_path: Path) -> None:
    (tmp_path / "brief.py").write_text("import sys; print('said'); sys.exit(3)")
    child = lifeline.spawn("brief", environment=environment(tmp_path), stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.read() == b"said\n"
    assert lifeline.end(child, 5) == 3
    child.stdout.close()

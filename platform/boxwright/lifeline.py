"""`python -m boxwright.lifeline MODULE …`: run a module in a process that never outlives its parent.

The parent holds the other end of our standard input. When it dies, however it dies, the kernel closes that end, and a
watcher forked off here kills the process group: the module and whatever it has started. The watcher is a process,
not a thread, because native code may keep the interpreter's lock for many seconds.
"""

import contextlib
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]


def spawn(
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    pass_fds: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start `python -m module arguments…`, tied to this process, in a process group of its own."""
    paths = [str(ROOT), str(ROOT / "platform"), environment.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-m", "boxwright.lifeline", module, *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes], grace_seconds: float) -> int:
    """Ask the process to leave, then kill it with all it has started; return its exit code."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    cut(process)
    return process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and its group at once. `cut` would not do: in a stopped group the watcher is stopped too."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def cut(process: subprocess.Popen[bytes]) -> None:
    """Let go of the process: its watcher kills what is left of the group."""
    if process.stdin is not None:
        process.stdin.close()


def _tie() -> None:
    """Fork the watcher. Only the watcher keeps the standard input: the module must not read it."""
    null = os.open(os.devnull, os.O_RDWR)
    if os.fork():
        os.dup2(null, 0)
        os.close(null)
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _keep_only_stdin(null)
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


def _keep_only_stdin(null: int) -> None:
    """The watcher closes what it inherited: else the module's output and its sockets would stay open after its end."""
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.closerange(3, 256)


if __name__ == "__main__":
    _tie()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

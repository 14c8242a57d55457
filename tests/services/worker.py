"""A real worker for the queue `default` of a server of ours: imports, snapshots, removals; and its `manage.py`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.processes import stop
from tests.services.server import ROOT, Server


@contextmanager
def worker(server: Server) -> Iterator[None]:
    """Takes up what waits already: a worker that starts sends everything again that is queued."""
    command = [sys.executable, "-m", "celery", "-A", "boxwright.celery", "worker", "--pool=threads"]
    with server.log.with_name("worker.log").open("wb") as out:
        process = subprocess.Popen(
            [*command, "--queues=default", "--concurrency=2"],
            env=server.environment,
            stdout=out,
            stderr=out,
            cwd=server.log.parent,
        )
    try:
        yield
    finally:
        stop(process)


def manage(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py …` on the server's database and store; the caller looks at the exit status."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=server.environment, capture_output=True, text=True, check=False)

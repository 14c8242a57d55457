"""A real worker for the queue `default` of a server of ours: imports, snapshots, removals; and its `manage.py`."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.processes import PATIENCE, stop
from tests.services.server import ROOT, Server

REMOVED = """
import sys, time, django
django.setup()
from boxwright.projects.models import Project
end = time.monotonic() + float(sys.argv[2])
while (is_there := Project.objects.filter(pk=sys.argv[1]).exists()) and time.monotonic() < end:
    time.sleep(0.1)  # between two looks: the row's end is the condition
sys.exit(is_there)
"""


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


def is_removed(server: Server, project: int, seconds: float = PATIENCE) -> bool:
    """Whether the project's row is gone within so many seconds; one process looks, whose start costs half of one."""
    command = [sys.executable, "-c", REMOVED, str(project), str(seconds)]
    return subprocess.run(command, env=server.environment, check=False).returncode == 0


def manage(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py …` on the server's database and store; the caller looks at the exit status."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=server.environment, capture_output=True, text=True, check=False)

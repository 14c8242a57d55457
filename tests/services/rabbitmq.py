"""A throw-away RabbitMQ in a temporary folder, without systemd. Debian's package `rabbitmq-server` is all it needs.

python -m tests.services.rabbitmq -- pytest …      runs the command with BOXWRIGHT_BROKER_URL set
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import accepts, as_command, free_port, program, stop, wait_until


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The broker's URL; it is gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="boxwright-rabbitmq-"))
    port, mapper = free_port(), free_port()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    (folder / "plugins").write_text("[].\n")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"boxwright-{uuid.uuid4().hex[:8]}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    try:
        with _epmd(mapper), _server(folder, environment):
            wait_until(lambda: accepts(port), "RabbitMQ", 90)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Erlang's own program, not Debian's wrapper: that one changes user and hides the process."""
    command = program("rabbitmq-server", "rabbitmq-server", Path("/usr/lib/rabbitmq/bin"))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([command], env=environment, stdout=out, stderr=out, cwd=folder)
    try:
        yield
    finally:
        stop(process)


@contextmanager
def _epmd(port: int) -> Iterator[None]:
    """Erlang's port mapper, ours alone: the one that RabbitMQ would start stays behind."""
    command = [program("epmd", "erlang-base"), "-port", str(port), "-address", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        stop(process)


def main(arguments: Sequence[str]) -> int:
    with rabbitmq() as url:
        return as_command("rabbitmq", arguments, {"BOXWRIGHT_BROKER_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

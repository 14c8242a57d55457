"""A throw-away PostgreSQL in a temporary folder, without systemd. Debian's package `postgresql` is all it needs.

    python -m tests.services.postgres -- pytest tests/platform

runs the command with BOXWRIGHT_DATABASE_URL set, and leaves nothing behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services.processes import accepts, as_command, free_port, program, stop, wait_until

# Nothing of it must survive a power cut; the disk is spared.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database, gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="boxwright-postgres-"))
    data, port = folder / "data", free_port()
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))[-1:]
    user = _server_user()
    if user:
        shutil.chown(folder, user)
    try:
        initdb = program("initdb", "postgresql", *tools)
        create = [initdb, "-D", str(data), "-U", "boxwright", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
        server = _start(program("postgres", "postgresql", *tools), data, port, user)
        try:
            wait_until(lambda: accepts(port), "PostgreSQL")
            yield f"postgresql://boxwright@127.0.0.1:{port}/postgres"
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(server: str, data: Path, port: int, user: str | None) -> "subprocess.Popen[bytes]":
    options = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={data}", *FAST]
    command = [server, "-D", str(data), *(part for option in options for part in ("-c", option))]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=data.parent)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package has made a user for it."""
    return "postgres" if os.getuid() == 0 else None


def main(arguments: Sequence[str]) -> int:
    with postgres() as url:
        return as_command("postgres", arguments, {"BOXWRIGHT_DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The MongoDB that FiftyOne needs, from the wheel that carries one.

FiftyOne starts one itself, and gives up after seconds where the machine is busy.
"""

import atexit
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

MONGOD = Path(sys.prefix) / f"lib/python3.{sys.version_info.minor}/site-packages/fiftyone/db/bin/mongod"
PATIENCE = 120
"""Seconds."""


def start(folder: Path) -> None:
    """Before `fiftyone` is imported: it is told by the environment."""
    folder.mkdir(parents=True)
    port = _free_port()
    options = ["--dbpath", folder, "--port", port, "--bind_ip", "127.0.0.1", "--nounixsocket", "--quiet"]
    process = subprocess.Popen([str(word) for word in (MONGOD, *options)], stdout=subprocess.DEVNULL)
    atexit.register(process.wait)
    atexit.register(process.terminate)
    _wait(process, port)
    os.environ["FIFTYONE_DATABASE_URI"] = f"mongodb://127.0.0.1:{port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"MongoDB does not listen; it ended with {process.poll()}")

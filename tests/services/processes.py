"""What the services share: free ports, waiting with a deadline, ending a process."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PATIENCE = 120.0
"""After which a test gives up waiting. Only one that fails waits so long, however busy the machine is."""


class ServiceMissing(Exception):
    """A program that the service needs is not installed; the message names its Debian package."""


def program(name: str, package: str, *folders: Path) -> str:
    places = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/rabbitmq/bin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise ServiceMissing(f"{name} is not installed: apt-get install {package}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: nothing after {seconds:g} s")
        time.sleep(0.05)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop(process: subprocess.Popen[bytes], seconds: float = 20) -> int:
    """End a process that we started: politely, then not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def as_command(name: str, arguments: Sequence[str], environment: dict[str, str]) -> int:
    """`python -m tests.services.NAME -- command …`: run it with the service's environment, give its status."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        sys.exit(f"usage: python -m tests.services.{name} -- command …")
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode

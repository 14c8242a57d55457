"""What must hold before anything starts; each failure is one clear line. Standard library only."""

import fcntl
import os
import socket
import stat
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import IO


class NotReady(Exception):
    """Boxwright can't start here; the message is one line for whoever typed the command."""


def writable_folder(folder: Path) -> None:
    """Make the folder if need be, ours alone, and write to it. Raises NotReady."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keep_private(folder)
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise NotReady(
            f"The folder {folder} can't be written to ({reason}); set BOXWRIGHT_VAR to one that can."
        ) from None


def keep_private(*paths: Path) -> None:
    """Take from group and others what they may do with a file or folder of ours, however it was made.

    A folder that is shared on purpose, such as /tmp, or another user's stays as it is; `manage.py doctor` says so.
    """
    for path in paths:
        mode = path.stat().st_mode
        if mode & 0o077 and not mode & stat.S_ISVTX:
            with suppress(PermissionError):
                path.chmod(mode & 0o700)


def only_one(folder: Path) -> IO[str]:
    """Hold the folder's lock while the file returned is open. Raises NotReady where another holds it."""
    file = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise NotReady(f"Boxwright already runs on {folder} (process {file.read().strip() or '?'}).") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket. Raises NotReady where the port is taken or not ours."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise NotReady(
            f"Port {port} on {host} can't be used ({reason}); choose another: BOXWRIGHT_PORT=8001."
        ) from None
    return listener


def is_local(listener: socket.socket) -> bool:
    """Whether only this machine can connect."""
    return ip_address(listener.getsockname()[0]).is_loopback

"""A bad line: a way to a server that breaks off in the middle of its first answers."""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import cast
from urllib.parse import urlsplit

ENDLESS = 2**62


class BadLine(socketserver.ThreadingTCPServer):
    """`cuts`: bytes of the answer after which the next connections end; the rest stay whole."""

    daemon_threads = True
    target: tuple[str, int]
    cuts: list[int]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        line = cast("BadLine", self.server)
        left = line.cuts.pop(0) if line.cuts else ENDLESS
        with socket.create_connection(line.target) as there:
            Thread(target=_pass_on, args=(self.request, there), daemon=True).start()
            while left and (data := there.recv(min(left, 65536))):
                self.request.sendall(data)
                left -= len(data)


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)


@contextmanager
def bad_line(url: str, *cuts: int) -> Iterator[BadLine]:
    parts = urlsplit(url)
    line = BadLine(("127.0.0.1", 0), Connection)
    line.target, line.cuts = (str(parts.hostname), int(parts.port or 80)), list(cuts)
    thread = Thread(target=line.serve_forever)
    thread.start()
    try:
        yield line
    finally:
        line.shutdown()
        thread.join()
        line.server_close()

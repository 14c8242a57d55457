"""`python -m boxwright.serve --fd N` or `--port N [--host …]`: the web process.

The supervisor binds the socket and keeps it while this process restarts: a browser waits a moment instead of being
refused.
"""

import argparse
import asyncio
import ctypes
import gc
import logging
import re
import resource
import socket
import sys
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

import uvicorn
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boxwright import limits
from boxwright.door import HANG_UP

LEAVE_SECONDS = 2
IN_ADDRESS = re.compile(r"(\bsignature=|/try/)[^&/\s]+")
SWITCH_SECONDS = 0.001
"""After so long a thread that computes lets another one run: a fifth of Python's default. A save may wait for it each
time that it comes back from the database."""


M_ARENA_MAX, HEAPS = -8, 2
PIPELINED = 4
"""Requests that may wait on one connection for the answer to another. Browsers send none."""


class TooMany(Exception):
    """Requests that nobody waits for."""


class Protocol(HttpToolsProtocol):
    """Hangs up on clients that uvicorn would wait for or read without end.

    For a request's head, or to take the last bytes; what is neither a body nor small, and requests before an answer.
    """

    _open: ClassVar[Counter[str]] = Counter()
    """Connections by address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = ""
        self._application = self.app
        self.app = self._called
        self._head_timer: asyncio.TimerHandle | None = None
        self._beside_body = 0

    async def _called(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.setdefault("extensions", {})[HANG_UP] = self.transport.abort
        await self._application(scope, receive, send)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self._open[self._address] += 1
        if self._open[self._address] > limits.CONNECTIONS_AN_ADDRESS and not self._is_proxy():
            self.transport.abort()
        else:
            self._expect_head()

    def data_received(self, data: bytes) -> None:
        self._beside_body += len(data)
        super().data_received(data)
        if self._beside_body > limits.HEAD_BYTES:
            self.transport.abort()
        elif self.cycle is None or self.cycle.response_complete:
            self._expect_head()
        else:
            self._stop_expecting()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._beside_body = 0

    def on_headers_complete(self) -> None:
        if len(self.pipeline) == PIPELINED:
            self.transport.abort()
            raise TooMany
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._beside_body = 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_expecting()
        self._open.subtract([self._address])
        if not self._open[self._address]:
            del self._open[self._address]
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(limits.SEND_SECONDS, self.transport.abort)

    def _is_proxy(self) -> bool:
        try:
            address = ip_address(self._address)
        except ValueError:
            return False
        return any(address in ip_network(named) for named in settings.PROXIES)

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(limits.HEADER_SECONDS, self.transport.abort)

    def _stop_expecting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m boxwright.serve")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--fd", type=int, help="a bound socket, inherited")
    place.add_argument("--port", type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--log-level", default="warning")
    parser.add_argument("--leave-seconds", type=int, default=LEAVE_SECONDS, help="what a stop waits for answers")
    options = parser.parse_args()
    allow_many_connections()
    keep_few_heaps()
    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        "boxwright.asgi:application",
        http=Protocol,
        lifespan="off",
        ws="none",
        log_level=options.log_level,
        access_log=options.log_level == "info",
        server_header=False,
        proxy_headers=False,  # boxwright.asgi believes named proxies only
        timeout_graceful_shutdown=options.leave_seconds,
    )
    logging.getLogger("uvicorn.access").addFilter(hide_signature)
    config.load()  # outside the event loop: the application may look into the database while it is imported
    gc.freeze()  # what stays for ever is not looked through each time that somebody saves many boxes
    # From the number, Python finds the socket's family; `uvicorn --fd` takes it for a Unix socket and leaves Nagle on.
    bound = socket.socket(fileno=options.fd) if options.fd is not None else _bound(options.host, options.port)
    uvicorn.Server(config).run(sockets=[bound])


def hide_signature(line: logging.LogRecord) -> bool:
    """An access line holds the address, and a signature in it opens what it leads to."""
    arguments = line.args if isinstance(line.args, tuple) else ()
    line.args = tuple(IN_ADDRESS.sub(r"\1…", each) if isinstance(each, str) else each for each in arguments)
    return True


def allow_many_connections() -> None:
    """As many open files as the system lets us have: each person who watches holds one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def keep_few_heaps() -> None:
    """glibc gives many threads a heap of their own, and each keeps what large pictures have left free in it."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, HEAPS)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    return made


if __name__ == "__main__":
    main()

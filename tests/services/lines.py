"""A connection that says exactly what a test wants: half a body, none of it, or nothing while an answer flows."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPResponse
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30.0


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """`Line(server.url, token)`. The window is small, so that what is not read soon stays with the server."""

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        self.host, self.token = parts.netloc, token
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(SECONDS)
        self.socket.connect((parts.hostname, parts.port))

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str | int) -> None:
        """`Content_Length=…` and the like are sent as they are said; none is added."""
        who = [f"Authorization: Token {self.token}"] if self.token else []
        said = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"{method} /api/v1/{path} HTTP/1.1", f"Host: {self.host}", *who, *said, "", ""])
        self.socket.sendall(head.encode() + body)

    def send(self, data: bytes) -> bool:
        """False when the server has hung up."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def answer(self) -> Answered:
        response = HTTPResponse(self.socket)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, headers, response.read())

    def head(self) -> bytes:
        """The first bytes of the answer, up to the end of its head."""
        seen = b""
        while b"\r\n\r\n" not in seen and (data := self.socket.recv(256)):
            seen += data
        return seen

    def successes(self, most: int) -> int:
        """Reads until there are so many, or the server has hung up."""
        seen = b""
        try:
            while seen.count(b"HTTP/1.1 200 ") < most and (data := self.socket.recv(65536)):
                seen += data
        except ConnectionResetError:
            pass
        return seen.count(b"HTTP/1.1 200 ")

    def ended(self) -> bool:
        """Reads what is left; true once the server has hung up."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            return True
        return True

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"

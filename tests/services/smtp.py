"""A mail server that keeps what it gets: enough SMTP for Python's client, without TLS or accounts."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages: list[Message] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def settings(self) -> dict[str, str]:
        """What Boxwright's environment says to use it."""
        return {
            "BOXWRIGHT_SMTP_HOST": "127.0.0.1",
            "BOXWRIGHT_SMTP_PORT": str(self.port),
            "BOXWRIGHT_SMTP_TLS": "false",
        }


class _Session(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        for line in self.rfile:
            word = line.split(None, 1)[0].upper() if line.strip() else b""
            if word == b"DATA":
                self._say("354 go on")
                self.server.messages.append(message_from_bytes(self._content()))
                self._say("250 kept")
            elif word == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 sink")
        return None

    def _content(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Sink]:
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()

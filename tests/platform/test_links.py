"""Files that lie in a bucket: a browser is sent there, and nothing that came with a token ever is."""

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import httpx
import pytest

from tests.annotations.images import picture
from tests.services.bucket import make_bucket
from tests.services.moto import moto
from tests.services.server import FIRST, Server, server

PICTURE = picture(1)


class Strict(ThreadingHTTPServer):
    """The bucket as clients see it. It refuses a request with two proofs of who asks, as S3 does and moto does not."""

    bucket: str = ""
    shown: list[str]


class Asked(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        strict = cast("Strict", self.server)
        strict.shown.append(self.headers.get("Authorization", ""))
        if self.headers.get("Authorization"):
            self.send_error(400, "Only one auth mechanism allowed")
            return
        with urllib.request.urlopen(strict.bucket + self.path) as answer:
            self.send_response(200)
            self.send_header("Content-Disposition", answer.headers["Content-Disposition"])
            self.end_headers()
            shutil.copyfileobj(answer, self.wfile)

    def log_message(self, *_words: Any) -> None:
        pass


@dataclass
class Site:
    web: Server
    bucket: Strict
    token: str
    file: str
    """The address of an image's original."""


@contextmanager
def strict(bucket: str) -> Iterator[Strict]:
    front = Strict(("127.0.0.1", 0), Asked)
    front.bucket, front.shown = bucket, []
    thread = Thread(target=front.serve_forever)
    thread.start()
    try:
        yield front
    finally:
        front.shutdown()
        thread.join()
        front.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with moto() as url, strict(url) as front:
        make_bucket(url, "key", "secret", "plates")
        settings = {
            "BOXWRIGHT_S3_BUCKET": "plates",
            "BOXWRIGHT_S3_ENDPOINT": url,
            "BOXWRIGHT_S3_PUBLIC_ENDPOINT": f"http://127.0.0.1:{front.server_address[1]}",
            "BOXWRIGHT_S3_ACCESS_KEY": "key",
            "BOXWRIGHT_S3_SECRET_KEY": "secret",
        }
        with server(tmp_path_factory.mktemp("site"), None, **settings) as web:
            token = web.set_up()
            yield Site(web, front, token, _uploaded(web, token))


def _uploaded(web: Server, token: str) -> str:
    with web.client(token) as client:
        project = client.post("projects/", json={"team": "plates", "name": "Cars", "task": "detection"}).json()["id"]
        answer = client.post(f"projects/{project}/images/", files={"files": ("a.jpg", PICTURE)}).raise_for_status()
        return f"images/{answer.json()['created'][0]['id']}/file/"


@pytest.fixture
def shown(site: Site) -> list[str]:
    """The Authorization headers that reached the bucket from here on."""
    site.bucket.shown.clear()
    return site.bucket.shown


def test_a_client_that_keeps_its_headers_gets_the_file(site: Site, shown: list[str]) -> None:
    """Python's urllib follows a redirect with all that it was told to send."""
    asked = urllib.request.Request(
        f"{site.web.url}/api/v1/{site.file}", headers={"Authorization": f"Token {site.token}"}
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.read() == PICTURE
        assert (answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (str(len(PICTURE)), "bytes")
    assert shown == []


def test_a_token_gets_a_link_where_it_asks_for_one(site: Site, shown: list[str]) -> None:
    with site.web.client(site.token) as client:
        answer = client.get(site.file, params={"link": 1}).raise_for_status()
    link = answer.json()
    left = datetime.fromisoformat(link["expires"]) - datetime.now().astimezone()
    assert answer.headers["Cache-Control"] == "no-store"
    assert 500 < left.total_seconds() <= 600
    assert httpx.get(link["url"]).content == PICTURE
    assert shown == [""]


def test_a_browser_is_sent_to_the_bucket(site: Site, shown: list[str]) -> None:
    with site.web.client() as browser:
        browser.get("auth/session/")
        browser.post(
            "auth/login/", json=FIRST, headers={"X-CSRFToken": browser.cookies["csrftoken"]}
        ).raise_for_status()
        answer = browser.get(site.file)
        assert answer.status_code == 302
        assert browser.get(answer.headers["Location"]).content == PICTURE
    assert shown == [""]


def test_where_no_link_can_be_had_that_is_said(tmp_path: Path) -> None:
    with server(tmp_path) as web:
        token = web.set_up()
        file = _uploaded(web, token)
        with web.client(token) as client:
            refused = client.get(file, params={"link": 1})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "link")
            assert client.get(file).content == PICTURE

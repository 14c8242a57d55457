"""Downloads over a bad line, with real clients against a real server, on a folder and on a bucket."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxwright import limits
from tests.annotations.images import picture
from tests.annotations.test_originals import placed
from tests.platform.test_door import join
from tests.services.bucket import make_bucket
from tests.services.cut import bad_line
from tests.services.lines import Line
from tests.services.moto import moto
from tests.services.processes import wait_until
from tests.services.server import ROOT, Server, server
from tests.services.worker import worker

CELL = ROOT / "frontend/src/pages/snapshots/notebook.py"
SIZE = (1500, 1200)


@dataclass
class Site:
    web: Server
    token: str
    download: str
    whole: bytes

    def link(self, query: str = "") -> str:
        with self.web.client(self.token) as client:
            answer = client.get(f"{self.download}?link=1{query}").raise_for_status()
        return str(answer.json()["url"])


@pytest.fixture(scope="module", params=["folder", pytest.param("bucket", marks=pytest.mark.full)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        settings = in_bucket(stack) if request.param == "bucket" else {}
        web = stack.enter_context(server(tmp_path_factory.mktemp("web"), None, **settings))
        token = web.set_up()
        with web.client(token) as client:
            path = f"snapshots/{snapshot(web, client)}/download/voc/"
            yield Site(web, token, path, client.get(path).raise_for_status().content)


def in_bucket(stack: ExitStack) -> dict[str, str]:
    url = stack.enter_context(moto())
    make_bucket(url, "key", "secret", "plates")
    return {
        "BOXWRIGHT_S3_BUCKET": "plates",
        "BOXWRIGHT_S3_ENDPOINT": url,
        "BOXWRIGHT_S3_ACCESS_KEY": "key",
        "BOXWRIGHT_S3_SECRET_KEY": "secret",
    }


def snapshot(web: Server, client: httpx.Client) -> int:
    """Of eight pictures, half of which tell where they were taken."""
    made: Any = {"team": "plates", "name": "Cars", "task": "detection", "labels": [{"name": "car"}]}
    project = client.post("projects/", json=made).raise_for_status().json()["id"]
    files = [("files", (f"{n}.png", picture(n, SIZE, "PNG", compress_level=0))) for n in range(4)]
    files += [("files", (f"{n}.jpg", placed(1, (100 + n, 100)))) for n in range(4)]
    client.post(f"projects/{project}/images/", files=files).raise_for_status()
    frozen = int(client.post(f"projects/{project}/snapshots/").raise_for_status().json()["id"])
    with worker(web):
        wait_until(lambda: client.get(f"snapshots/{frozen}/").json()["status"] == "succeeded", "a snapshot")
    return frozen


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def through(line: str, link: str, web: str) -> str:
    return link.replace(web, line)


def test_curl_goes_on_where_the_line_broke(site: Site, tmp_path: Path) -> None:
    third = len(site.whole) // 3
    with bad_line(site.web.url, third, third) as line:
        url = through(line.url, site.link(), site.web.url)
        file, seen = tmp_path / "set.zip", []
        for _ in range(3):
            done = subprocess.run(["curl", "-sS", "-C", "-", "-o", file, url], check=False, capture_output=True)
            seen.append((done.returncode == 0, file.stat().st_size))
    assert [whole for whole, _ in seen] == [False, False, True]
    assert 0 < seen[0][1] < seen[1][1] < seen[2][1]
    assert sha256(file.read_bytes()) == sha256(site.whole)


def test_the_notebooks_cell_fetches_and_unpacks_over_a_bad_line(site: Site, tmp_path: Path) -> None:
    half = len(site.whole) // 2
    with bad_line(site.web.url, half) as line:
        link = through(line.url, site.link(), site.web.url)
        text = CELL.read_text()
        for name, value in {"link": link, "expires": "12:00", "name": "cars-v1-voc"}.items():
            text = text.replace(f"{{{name}}}", value)
        (tmp_path / "cell.py").write_text(text)
        command = [sys.executable, "-I", "cell.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "12 files" in done.stdout
    assert sha256((tmp_path / "cars-v1-voc.zip").read_bytes()) == sha256(site.whole)
    with zipfile.ZipFile(tmp_path / "cars-v1-voc.zip") as archive:
        unpacked = {name: (tmp_path / "cars-v1-voc" / name).read_bytes() for name in archive.namelist()}
        assert unpacked == {name: archive.read(name) for name in archive.namelist()}


def test_the_cell_says_why_it_ends(site: Site, tmp_path: Path) -> None:
    (tmp_path / "cell.py").write_text(CELL.read_text().replace("{link}", f"{site.link()}x"))
    done = subprocess.run([sys.executable, "-I", "cell.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "its signature does not fit" in done.stderr


def test_whoever_has_a_link_counts_as_its_author(site: Site) -> None:
    """Twelve downloads a person, also where none of them shows a login."""
    mine = join(site.web, site.token, "hungry", "viewer")
    with site.web.client(mine) as client:
        link = client.get(f"{site.download}?link=1").raise_for_status().json()["url"]
    path = link.partition("/api/v1/")[2]
    assert len(site.whole) > 2**20 * 4
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(site.web.url)) for _ in range(limits.DOWNLOADS_A_PERSON)]
        for line in lines:
            line.ask("GET", path)
            assert b" 200 " in line.head()
        assert httpx.get(link, headers={"Range": "bytes=1-"}).status_code == 429
        with site.web.client(site.token) as other:
            assert other.get(site.download, headers={"Range": "bytes=100-199"}).content == site.whole[100:200]


def test_a_storm_of_parts_keeps_nobody_waiting_for_good(site: Site) -> None:
    """One person asks for fifty parts at once: each is right or refused, and another one's save goes through."""
    mine = join(site.web, site.token, "stormy", "viewer")
    with ExitStack() as stack, site.web.client(site.token) as other:
        lines = [stack.enter_context(Line(site.web.url, mine)) for _ in range(50)]
        for number, line in enumerate(lines):
            line.ask("GET", site.download, Range=f"bytes={number * 1000}-{number * 1000 + 9}")
        assert other.get("projects/").status_code == 200
        answers = [line.answer() for line in lines]
    for number, answer in enumerate(answers):
        assert answer.status in {206, 429}
        assert answer.status == 429 or answer.body == site.whole[number * 1000 : number * 1000 + 10]
    assert answers[0].status == 206


def test_no_signature_is_in_our_log(tmp_path: Path) -> None:
    from logging import LogRecord

    from boxwright.serve import hide_signature

    asked = ("1.2.3.4:5", "GET", "/api/v1/snapshots/1/download/voc/?images=false&signature=abc:def", "1.1", 200)
    line = LogRecord("uvicorn.access", 20, "", 0, '%s - "%s %s HTTP/%s" %d', asked, None)
    assert hide_signature(line)
    assert line.getMessage() == (
        '1.2.3.4:5 - "GET /api/v1/snapshots/1/download/voc/?images=false&signature=… HTTP/1.1" 200'
    )
    line.args = ("1.2.3.4:5", "GET", "/api/v1/try/MQ:1x:nX-_/files/model.json", "1.1", 200)
    assert hide_signature(line)
    assert line.getMessage() == '1.2.3.4:5 - "GET /api/v1/try/…/files/model.json HTTP/1.1" 200'

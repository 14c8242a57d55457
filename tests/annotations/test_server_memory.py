"""A really running server stays small, whatever is sent to it."""

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.annotations.archives import voc, zipped
from tests.annotations.images import picture
from tests.annotations.test_bad_input import FILES
from tests.services.server import server

MB_ALLOWED = 400
SIDE = 7740


def peak_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
def test_bad_and_huge_input_leaves_the_server_under_400_mb(tmp_path: Path) -> None:
    largest = io.BytesIO()
    Image.new("RGBA", (SIDE, SIDE)).save(largest, "PNG", compress_level=1)
    with server(tmp_path) as running, running.client(running.set_up()) as client:
        labels = [{"name": "cat"}]
        asked = {"team": "plates", "name": "P", "task": "detection", "labels": labels}
        project = client.post("projects/", json=asked).json()["id"]
        bad = [("files", (name, data)) for name, (data, _) in FILES.items()]
        answer = client.post(f"projects/{project}/images/", files=bad).json()
        assert len(answer["rejected"]) == len(FILES)
        sent = [("files", ("largest.png", largest.getvalue()))]
        assert len(client.post(f"projects/{project}/images/", files=sent).json()["created"]) == 1
        archive = zipped({"a.xml": voc("a.jpg"), "zeros.bin": bytes(60 * 2**20)})
        assert client.post(f"projects/{project}/imports/", files={"archive": ("a.zip", archive)}).status_code == 201
        assert peak_mb(running.process.pid) < MB_ALLOWED


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
def test_millions_of_rows_are_refused_by_number(tmp_path: Path) -> None:
    """9.8 MB that are no annotations: a short answer, and the server stays small."""
    with server(tmp_path) as running, running.client(running.set_up()) as client:
        asked = {"team": "plates", "name": "P", "task": "detection", "labels": [{"name": "cat"}]}
        project = client.post("projects/", json=asked).json()["id"]
        sent = [("files", ("a.jpg", picture()))]
        image = client.post(f"projects/{project}/images/", files=sent).json()["created"][0]["id"]
        zeros = ",".join(["0"] * 4_900_000)
        for field in ("upsert", "delete"):
            body = f'{{"base_revision": 0, "{field}": [{zeros}]}}'
            answer = client.patch(
                f"images/{image}/annotations/", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 400
            assert len(answer.content) < 1000
        body = f'{{"team": "plates", "name": "Q", "task": "detection", "labels": [{zeros}]}}'
        answer = client.post("projects/", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, len(answer.content) < 1000) == (413, True)
        assert peak_mb(running.process.pid) < MB_ALLOWED


@pytest.mark.full
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
def test_sixteen_uploads_at_once_leave_the_server_under_400_mb(tmp_path: Path) -> None:
    """Each of 12 megapixels, 48 MB when it is decoded."""
    people = [io.BytesIO() for _ in range(16)]
    for number, file in enumerate(people):
        Image.new("RGBA", (3990, 3000), (number, 0, 0, 200)).save(file, "PNG", compress_level=1)
    with server(tmp_path) as running:
        token = running.set_up()
        with running.client(token) as client:
            project = client.post("projects/", json={"team": "plates", "name": "P", "task": "detection"}).json()["id"]

        def upload(file: io.BytesIO) -> int:
            with running.client(token) as client:
                sent = client.post(f"projects/{project}/images/", files=[("files", ("a.png", file.getvalue()))])
                return len(sent.raise_for_status().json()["created"])

        with ThreadPoolExecutor(len(people)) as threads:
            assert list(threads.map(upload, people)) == [1] * len(people)
        assert peak_mb(running.process.pid) < MB_ALLOWED

"""timm's weights from a hub: a real server that speaks as much of the hub's protocol as a download asks for."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAME, COMMIT = "resnet18.a1_in1k", "0123456789abcdef0123456789abcdef01234567"
CONTENT = os.urandom(300_000)
PROGRAM = f"""
import json, sys
from pathlib import Path
from training.engine.catalog import model_info
from training.engine.errors import WeightsError
from training.engine.progress import Silent
from training.engine.weight_files import download_weights

class Watching(Silent):
    def on_download(self, done, total):
        assert total == {len(CONTENT)}, total

try:
    path = download_weights(model_info({NAME!r}), Path(sys.argv[1]), Watching())
    print(json.dumps(path.name))
except WeightsError as error:
    print(json.dumps(error.detail))
"""


class Hub(BaseHTTPRequestHandler):
    """`asked` grows; `sha256` is what it says of CONTENT."""

    def __init__(self, asked: list[str], sha256: str, *arguments: object) -> None:
        self.asked, self.sha256 = asked, sha256
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(CONTENT)

    def _answer(self, body: bytes) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{self.sha256}"')
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(params=[True, False], ids=["as it is", "damaged"])
def hub(request: pytest.FixtureRequest) -> Iterator[tuple[str, list[str], bool]]:
    """Its address, what it was asked, whether it sends what it promises."""
    asked: list[str] = []
    sha256 = hashlib.sha256(CONTENT if request.param else b"other").hexdigest()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, asked, sha256)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked, request.param
        server.shutdown()


def download(address: str, folder: Path) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        cwd=ROOT,
        env=os.environ | {"HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said: str = json.loads(ended.stdout)
    return said


def test_the_newest_revision_is_fetched_by_its_name_and_its_hash_is_checked(
    hub: tuple[str, list[str], bool], tmp_path: Path
) -> None:
    address, asked, is_sound = hub
    said = download(address, tmp_path)
    assert asked == [
        f"HEAD /timm/{NAME}/resolve/main/model.safetensors",
        f"GET /timm/{NAME}/resolve/{COMMIT}/model.safetensors",
    ]
    if is_sound:
        assert said == f"{NAME}.safetensors"
        assert (tmp_path / said).read_bytes() == CONTENT
    else:
        assert "the download failed (invalid hash" in said
        assert not list(tmp_path.iterdir())


def test_a_hub_that_is_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    said = download("http://127.0.0.1:9", tmp_path)
    assert said.startswith(f"The ImageNet weights of {NAME} are not on this machine, and the download failed")
    assert f"Put {NAME}.safetensors into BOXWRIGHT_WEIGHTS_DIR" in said

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

for _ in range(int(sys.argv[2])):
    try:
        path = download_weights(model_info({NAME!r}), Path(sys.argv[1]), Watching())
        print(json.dumps(path.name))
    except WeightsError as error:
        print(json.dumps(error.detail))
"""


class Hub(BaseHTTPRequestHandler):
    """`asked` grows. The first time that CONTENT is asked for it comes with another hash."""

    def __init__(self, asked: list[str], *arguments: object) -> None:
        self.asked = asked
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(CONTENT)

    def _answer(self, body: bytes) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(b"other" if len(self.asked) <= 2 else CONTENT).hexdigest()}"')
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it was asked."""
    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, asked)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def download(address: str, folder: Path, times: int = 1) -> list[str]:
    """What is said each time, in one process."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), str(times)],
        cwd=ROOT,
        env=os.environ | {"HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.full
def test_the_newest_revision_is_fetched_by_its_name_and_its_hash_is_checked(
    hub: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = hub
    damaged, sound = download(address, tmp_path, times=2)
    assert asked == 2 * [
        f"HEAD /timm/{NAME}/resolve/main/model.safetensors",
        f"GET /timm/{NAME}/resolve/{COMMIT}/model.safetensors",
    ]
    assert "the download failed (invalid hash" in damaged
    assert sound == f"{NAME}.safetensors"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(sound, CONTENT)]


@pytest.mark.full
def test_a_hub_that_is_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    (said,) = download("http://127.0.0.1:9", tmp_path)
    assert said.startswith(f"The ImageNet weights of {NAME} are not on this machine, and the download failed")
    assert f"Put {NAME}.safetensors into BOXWRIGHT_WEIGHTS_DIR" in said

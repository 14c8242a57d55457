"""`kill -9` of the web process while 100 saves are in flight: what was acknowledged is there, the rest arrives once."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import httpx
import psutil
from PIL import Image

from tests.e2e.api import Api, Json, box
from tests.e2e.conftest import Server
from tests.services.processes import PATIENCE, wait_until

shares_server = True
SAVES = 100


def test_acknowledged_saves_survive_and_the_rest_arrives_once(server: Server, api: Api, tmp_path: Path) -> None:
    project = api.project("Kill", "detection", ["thing"])
    label = project["labels"][0]["id"]
    images = [row["id"] for row in api.upload(project["id"], drawn(tmp_path, 20))["created"]]
    saves = [(images[number % len(images)], box(label, 2 * number, 5)) for number in range(SAVES)]

    acknowledged = save_all_and_kill(server, saves)

    assert 0 < len(acknowledged) < SAVES, "the kill must hit in the middle"
    server_answers_again(server)
    stored = stored_ids(api, images)
    assert acknowledged <= stored
    for image, mark in saves:
        api.patch(f"images/{image}/annotations/", base_revision=0, upsert=[mark], delete=[])
    assert stored_ids(api, images) == {mark["id"] for _, mark in saves}
    counts = api.get(f"projects/{project['id']}/")["counts"]
    assert counts["annotations"] == SAVES
    assert counts["labelled"] == len(images)


def save_all_and_kill(server: Server, saves: list[tuple[int, Json]]) -> set[str]:
    """Save from eight threads, kill the web process after the thirtieth answer; the ids that were answered."""
    acknowledged: set[str] = set()
    thirty = threading.Event()

    def save(item: tuple[int, Json]) -> None:
        image, mark = item
        try:
            api.patch(f"images/{image}/annotations/", base_revision=0, upsert=[mark], delete=[])
        except httpx.HTTPError:
            return
        acknowledged.add(mark["id"])
        if len(acknowledged) >= 30:
            thirty.set()

    with Api(server.url) as api, ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(save, item) for item in saves]
        assert thirty.wait(PATIENCE)
        os.kill(web_pid(server), signal.SIGKILL)
        for future in sent:
            future.result()
    return acknowledged


def web_pid(server: Server) -> int:
    assert server.process is not None
    children = psutil.Process(server.process.pid).children(recursive=True)
    return int(next(child.pid for child in children if "boxwright.serve" in " ".join(child.cmdline())))


def server_answers_again(server: Server) -> None:
    """The supervisor restarts what died."""
    wait_until(server.answers, "the web process's return")


def stored_ids(api: Api, images: list[int]) -> set[str]:
    rows = [row["id"] for image in images for row in api.get(f"images/{image}/annotations/")["annotations"]]
    assert len(rows) == len(set(rows))
    return set(rows)


def drawn(folder: Path, count: int) -> list[Path]:
    """Small pictures that differ."""
    paths = [folder / f"drawn-{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        buffer = BytesIO()
        Image.new("RGB", (320, 240), (number * 9 % 255, 90, 120)).save(buffer, "PNG")
        path.write_bytes(buffer.getvalue())
    return paths

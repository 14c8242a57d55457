"""10,000 images and 50,000 boxes in and out of a really running server, as other tools' files.

    python -m bench.exchange [--images 10000]
    python -m tests.services.postgres -- python -m bench.exchange

An archive of COCO with its images; the same once more, which must change nothing; COCO and Pascal VOC out; new boxes
for images that are known, these once more, and others while somebody saves a box on one image after the other. Says
seconds, CPU time and memory of the server's processes, and fails over a bar.
"""

import argparse
import io
import json
import random
import sys
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from PIL import Image

from bench.labelling.eight import SECRET, Person, join
from bench.labelling.merge import tell
from bench.server import parts_of, running_server

BOXES, SIZE = 5, (640, 480)
RATE_BAR, AGAIN_BAR, SAVE_BAR = 2_000, 0.25, 0.1
"""Known images a second; times of the first import; seconds (p95)."""
PAUSE = 0.1
"""Seconds between two saves."""
COCO_BAR, VOC_BAR, FIRST_BYTE_BAR = 2.0, 20.0, 1.0
"""Seconds."""
IMPORT_MB, EXPORT_MB = 300, 250
"""Of one process."""


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.cpu:.1f} s of computing, at most {self.megabytes:.0f} MB in one process"


class Watch:
    """What the server's processes cost, from its begin to its end."""

    def __init__(self) -> None:
        self.most = 0.0
        self._done = threading.Event()

    @contextmanager
    def running(self) -> Iterator[Callable[[], Cost]]:
        began, computed = time.perf_counter(), self._computed()
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield lambda: Cost(time.perf_counter() - began, self._computed() - computed, self.most)
        finally:
            self._done.set()
            thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max([self.most, *(size for size, _ in self._processes())])

    def _computed(self) -> float:
        return sum(seconds for _, seconds in self._processes())

    def _processes(self) -> list[tuple[float, float]]:
        found = []
        for process in psutil.Process().children(recursive=True):
            try:
                times, memory = process.cpu_times(), process.memory_info()
            except psutil.Error:
                continue
            found.append((memory.rss / 2**20, times.user + times.system))
        return found


def coco(images: int, seed: int) -> bytes:
    chance = random.Random(seed)
    rows = [{"id": n, "file_name": f"{n:06}.jpg", "width": SIZE[0], "height": SIZE[1]} for n in range(images)]
    marks: list[dict[str, Any]] = []
    for number in range(images * BOXES):
        x, y = chance.uniform(0, 500), chance.uniform(0, 380)
        bbox = [x, y, chance.uniform(9, 100), chance.uniform(9, 90)]
        mark = {"image_id": number % images, "category_id": number % 3, "bbox": bbox, "iscrowd": 0}
        marks.append({"id": number, "area": bbox[2] * bbox[3], **mark})
    kinds = [{"id": n, "name": name} for n, name in enumerate(("cat", "dog", "bird"))]
    return json.dumps({"images": rows, "annotations": marks, "categories": kinds}).encode()


def archive(images: int, sheet: bytes) -> bytes:
    """Each picture is the same photograph with a comment of its own."""
    out, photo = io.BytesIO(), io.BytesIO()
    Image.effect_noise(SIZE, 40).convert("RGB").save(photo, "JPEG", quality=60)
    start, rest = photo.getvalue()[:2], photo.getvalue()[2:]
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("annotations/instances_train.json", sheet)
        for number in range(images):
            comment = b"\xff\xfe\x00\x08" + f"{number:06}".encode()
            zipped.writestr(f"images/{number:06}.jpg", start + comment + rest)
    return out.getvalue()


@dataclass
class Bench:
    owner: Person
    other: Person
    project: int
    label: int

    def take(self, name: str, data: bytes) -> tuple[dict[str, Any], Cost]:
        """Import it to its end. The cost is counted from when it has arrived."""
        border = uuid.uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="archive"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
        kind = f"multipart/form-data; boundary={border}"
        with Watch().running() as cost:
            job = self.owner.ask("import", "POST", f"projects/{self.project}/imports/", body, kind)
            sent = self.owner.seconds["import"][-1]
            done = self.ended(f"imports/{job['id']}/")
            spent = cost()
        return done["counts"], Cost(spent.seconds - sent, spent.cpu, spent.megabytes)

    def ended(self, path: str) -> dict[str, Any]:
        while True:
            job: dict[str, Any] = self.owner.ask("wait", "GET", path)
            if job["status"] in {"succeeded", "failed", "canceled"}:
                if job["status"] != "succeeded":
                    raise SystemExit(f"{path}: {job['error']}")
                return job
            time.sleep(0.1)

    def download(self, path: str) -> tuple[float, int, Cost]:
        """Seconds until its first byte, bytes, cost."""
        line, size = self.owner.line, 0
        with Watch().running() as cost:
            line.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Token {self.owner.token}"})
            answer = line.getresponse()
            first = answer.read(1)
            began = cost().seconds
            while piece := answer.read(2**20):
                size += len(piece)
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}")
            return began, size + len(first), cost()

    def saves_until(self, done: threading.Event, images: list[int]) -> None:
        """A box by somebody else, on one image after the other, faster than anybody draws.

        Not without a pause: a program that computes for more than its share waits, whatever else is going on.
        """
        number = 0
        while not done.wait(PAUSE):
            upsert = [{"id": str(uuid.uuid4()), "label": self.label, "x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}]
            path = f"images/{images[number % len(images)]}/annotations/"
            self.other.ask("save", "PATCH", path, {"base_revision": 0, "upsert": upsert})
            number += 1


def lay(link: str) -> Bench:
    url, code = parts_of(link)
    owner = Person(url)
    first = {"email": "owner@example.org", "name": "Owner", "password": SECRET, "team_name": "Bench", "code": code}
    owner.ask("set up", "POST", "auth/setup/", first)
    owner.log_in("owner@example.org")
    team = owner.ask("me", "GET", "me/")["teams"][0]["slug"]
    wanted = {"team": team, "name": "Bench", "task": "detection", "labels": [{"name": "thing"}]}
    project = owner.ask("project", "POST", "projects/", wanted)
    return Bench(owner, join(owner, url, team, 1), project["id"], project["labels"][0]["id"])


class Bars:
    """Says what was measured beside its bar."""

    def __init__(self) -> None:
        self.missed = False

    def hold(self, what: str, is_held: bool) -> None:
        print(f"  {'within' if is_held else 'OVER'}: {what}", flush=True)
        self.missed = self.missed or not is_held


def with_images(bench: Bench, images: int, bars: Bars) -> None:
    data = archive(images, coco(images, 1))
    counts, first = bench.take("set.zip", data)
    print(f"COCO with its {images} images: {first}")
    bars.hold(f"{IMPORT_MB} MB", first.megabytes <= IMPORT_MB)
    counts, again = bench.take("set.zip", data)
    print(f"the same again: {again}")
    check_unchanged(counts)
    bars.hold(f"{AGAIN_BAR:g} of the first import's time", again.seconds <= AGAIN_BAR * first.seconds)


def annotations_only(bench: Bench, images: int, bars: Bars) -> None:
    sheet = coco(images, 2)
    _, first = bench.take("boxes.json", sheet)
    print(f"{images * BOXES} boxes for known images: {images / first.seconds:.0f} images/s, {first}")
    bars.hold(f"{RATE_BAR} images/s", images >= RATE_BAR * first.seconds)
    bars.hold(f"{IMPORT_MB} MB", first.megabytes <= IMPORT_MB)
    counts, again = bench.take("boxes.json", sheet)
    print(f"the same again: {again}, {again.seconds / first.seconds:.2f} of the first's time")
    check_unchanged(counts)
    done = threading.Event()
    known = [image["id"] for image in bench.owner.ask("list", "GET", f"projects/{bench.project}/images/")["results"]]
    thread = threading.Thread(target=bench.saves_until, args=(done, known))
    thread.start()
    _, beside = bench.take("more.json", coco(images, 3))
    done.set()
    thread.join()
    print(f"as many others, while somebody saves: {images / beside.seconds:.0f} images/s, {beside}")
    bars.hold(f"{SAVE_BAR} s (p95)", tell("saves meanwhile", bench.other.seconds["save"]) <= SAVE_BAR)


def check_unchanged(counts: dict[str, int]) -> None:
    if any(counts[name] for name in ("images_created", "images_changed", "annotations_created")):
        raise SystemExit(f"the same archive again changed something: {counts}")


def out(bench: Bench, bars: Bars) -> None:
    snapshot = bench.owner.ask("snapshot", "POST", f"projects/{bench.project}/snapshots/", {})
    path = f"snapshots/{snapshot['id']}"
    boxes = bench.ended(f"{path}/")["box_count"]
    first, size, cost = bench.download(f"{path}/download/coco/?images=false")
    print(f"COCO of {boxes} boxes: {size / 2**20:.1f} MB, first byte after {first:.2f} s, {cost}")
    bars.hold(f"{COCO_BAR} s, {EXPORT_MB} MB", cost.seconds <= COCO_BAR and cost.megabytes <= EXPORT_MB)
    first, size, cost = bench.download(f"{path}/download/voc/")
    print(f"Pascal VOC with images: {size / 2**20:.1f} MB, first byte after {first:.2f} s, {cost}")
    bars.hold(f"{VOC_BAR} s, {EXPORT_MB} MB", cost.seconds <= VOC_BAR and cost.megabytes <= EXPORT_MB)
    bars.hold(f"first byte after {FIRST_BYTE_BAR} s", first <= FIRST_BYTE_BAR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000)
    images = parser.parse_args().images
    bars = Bars()
    with running_server() as link:
        bench = lay(link)
        with_images(bench, images, bars)
        out(bench, bars)
        annotations_only(bench, images, bars)
    sys.exit(bars.missed)


if __name__ == "__main__":
    main()

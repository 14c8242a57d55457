"""A run looks at 1,000 unlabelled images of 640×480 while somebody saves boxes, one after the other.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.suggestions [--images 1000]

From the click to "succeeded", and the saves' p95 beside the same saves before.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bench.loop import Report, raccoon_zip
from bench.server import parts_of, running_server
from bench.uploads import pictures
from tests.e2e.api import Api, Json, box

SECONDS, SAVING = 60, 100
"""The bars: of the whole prediction, and of the saves' p95 in milliseconds."""
QUIET_SAVES = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1000)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as name, running_server() as link, Api.first_visit(*parts_of(link)) as api:
        project = labelled_raccoons(api, Path(name))
        train(api, project["id"])
        lay(api, project["id"], options.images)
        measure(api, project, options.images, report)
    return 1 if report.failed else 0


def labelled_raccoons(api: Api, folder: Path) -> Json:
    project = api.project("Raccoons", "detection", ["raccoon"])
    archive = raccoon_zip(folder)
    job = api.send_archive(project["id"], archive.name, archive.read_bytes())
    api.finish(f"imports/{job['id']}/", 300)
    return project


def train(api: Api, project: object) -> None:
    """One epoch: how good it is does not matter here."""
    snapshot = api.post(f"projects/{project}/snapshots/")
    wanted = {"snapshot": snapshot["id"], "model": "ssdlite320_mobilenet_v3_large", "config": {"epochs": 1}}
    run = api.post(f"projects/{project}/runs/", **wanted)
    api.finish(f"runs/{run['id']}/", 600)


def lay(api: Api, project: object, images: int) -> None:
    sent = [("files", (f"{number}.jpg", content)) for number, content in enumerate(pictures(images))]
    for start in range(0, images, 50):
        api.http.post(f"projects/{project}/images/", files=sent[start : start + 50]).raise_for_status()


def measure(api: Api, project: Json, images: int, report: Report) -> None:
    image = api.get(f"projects/{project['id']}/images/", queue="labelled", limit=1)["results"][0]
    label = project["labels"][0]["id"]
    revision = image["revision"]

    def save() -> float:
        nonlocal revision
        began = time.perf_counter()
        body = {"base_revision": revision, "upsert": [box(label, 5, 5, 9, 9)], "delete": []}
        revision = api.patch(f"images/{image['id']}/annotations/", **body)["revision"]
        return time.perf_counter() - began

    cpu = worker_seconds()
    quiet = [save() for _ in range(QUIET_SAVES)]
    began = time.monotonic()
    job = api.post(f"projects/{project['id']}/predictions/")
    busy, done = saves_until(lambda: ended(api, project["id"]), save)
    report.line(f"{images} images looked at", time.monotonic() - began, SECONDS, "s")
    if (done["id"], done["status"], done["done_count"]) != (job["id"], "succeeded", images):
        raise SystemExit(f"it did not succeed: {done}")
    print(f"the worker and its process computed {worker_seconds() - cpu:.1f} s")
    print(f"{len(busy)} saves meanwhile; p95 before {1000 * p95(quiet):.1f} ms")
    report.line("saving a box meanwhile, p95", 1000 * p95(busy), SAVING, "ms")


def worker_seconds() -> float:
    """CPU seconds of the server's workers and of the processes that they have waited for."""
    workers = [one for one in psutil.Process().children(recursive=True) if "celery" in " ".join(one.cmdline())]
    return sum(sum(one.cpu_times()[:4]) for one in workers)


def saves_until(ended: Callable[[], Json | None], save: Callable[[], float]) -> tuple[list[float], Json]:
    taken: list[float] = []
    while (done := ended()) is None:
        taken.append(save())
        time.sleep(0.1)  # a quick annotator
    return taken, done


def ended(api: Api, project: object) -> Json | None:
    newest: Json = api.get(f"projects/{project}/predictions/", limit=1)["results"][0]
    return None if newest["status"] in {"queued", "running"} else newest


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))]


if __name__ == "__main__":
    sys.exit(main())

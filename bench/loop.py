"""The whole loop on the raccoon set, timed as a user meets it, each part against the limit it must keep.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.loop

Second start to first page; click to "succeeded"; the three artifacts; the resident memory of the idle web process.
"""

import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench.server import parts_of, running_server
from tests.e2e.api import Api

TARGETS = ("onnx", "tflite", "tfjs")


class Report:
    def __init__(self) -> None:
        self.failed = False

    def line(self, what: str, value: float, limit: float, unit: str, *, least: bool = False) -> None:
        """`least`: the limit is a floor."""
        good = value >= limit if least else value <= limit
        self.failed |= not good
        sign = "≥" if least else "≤"
        print(f"{what:<32} {value:9.4g} {unit:<4} {sign} {limit:g}  {'ok' if good else 'MISSED'}", flush=True)


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_server(folder):
            pass
        began = time.monotonic()
        with running_server(folder) as link:
            report.line("second start to first page", time.monotonic() - began, 3, "s")
            with Api.first_visit(*parts_of(link)) as api:
                report.line("web process at rest", web_memory(folder), 200, "MB")
                run_the_loop(api, folder, report)
    return 1 if report.failed else 0


def run_the_loop(api: Api, folder: Path, report: Report) -> None:
    project = api.project("Raccoons", "detection", ["raccoon"])["id"]
    archive = raccoon_zip(folder)
    with archive.open("rb") as file:
        answer = api.http.post(f"projects/{project}/imports/", files={"archive": (archive.name, file)})
    done = api.finish(f"imports/{answer.json()['id']}/", 300)
    print(f"imported: {done['counts']}, {done['finding_count']} findings")
    run, seconds = timed(lambda: train(api, project))
    images, estimate = run["images"], run["estimate_seconds"]
    print(f"trained on {images['train']}, validated on {images['val']}; estimated {estimate} s")
    report.line("click to succeeded", seconds, 90, "s")
    report.line("AP", run["metrics"]["AP"], 0.60, "", least=True)
    report.line("AP50", run["metrics"]["AP50"], 0.95, "", least=True)
    artifacts, seconds = timed(lambda: publish(api, run["id"]))
    report.line("three artifacts", seconds, 120, "s")
    for artifact in artifacts:
        parity = artifact["parity"]
        report.line(f"{artifact['target']}: largest box difference", parity["max_box_px"], 1, "px")
        report.line(f"{artifact['target']}: largest score difference", parity["max_score"], 0.01, "")


def train(api: Api, project: int) -> dict[str, Any]:
    """The one click."""
    run = api.post(f"projects/{project}/retrain/")
    return api.finish(f"runs/{run['id']}/", 600)


def publish(api: Api, run: int) -> list[dict[str, Any]]:
    """All three asked for at once, as a user clicks."""
    asked = [api.post(f"runs/{run}/artifacts/", target=target) for target in TARGETS]
    return [api.finish(f"artifacts/{artifact['id']}/", 600) for artifact in asked]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    result = work()
    return result, time.monotonic() - began


def raccoon_zip(folder: Path) -> Path:
    """The set as people mail it: images and Pascal VOC annotations in one zip."""
    source = Path(os.environ["BOXWRIGHT_TEST_DATA"]) / "raccoon"
    archive = folder / "raccoon.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted([*source.glob("images/*"), *source.glob("annotations/*.xml")]):
            zipped.write(path, path.relative_to(source))
    return archive


def web_memory(folder: Path) -> float:
    """Resident MB of the web process that works in `folder`."""
    for process in psutil.process_iter(["cmdline"]):
        is_web = "boxwright.serve" in (process.info["cmdline"] or [])
        if is_web and process.environ().get("BOXWRIGHT_VAR") == str(folder):
            return float(process.memory_info().rss) / 2**20
    raise SystemExit("no web process")


if __name__ == "__main__":
    sys.exit(main())

"""Every target of one run: how long, how much memory, how fast, how small, and what the targets' own clients see.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.targets

The default detector learns raccoons on a really running server; each target is asked for at once, as by a click on
each; TFLite's file then runs in MediaPipe, TF.js's in Chromium.
"""

import contextlib
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import torch

from annotations.dataset.records import ImageRecord
from bench import clients
from bench.loop import Report, raccoon_zip, timed, train
from bench.server import parts_of, running_server
from bench.suggestions import worker_seconds
from tests.e2e.api import Api, Json
from training.engine import checkpoint
from training.engine.detectors.postprocess import MAX_DETECTIONS
from training.engine.exporters import onnx
from training.engine.exporters.accuracy import JUDGES
from training.engine.exporters.answers import ask_torch
from training.engine.exporters.bundle import unpack
from training.engine.exporters.images import ComparisonImages, read_export_images
from training.engine.predict import predict
from training.engine.progress import Silent
from training.engine.sources import lay_run_folder
from training.engine.targets import TARGETS

ALONE_S, ALL_S, MEMORY_MB = 5, 180, 1200
SMALL = ("onnx", "tflite")
"""Targets whose 8-bit file is held against the whole one."""
SIZE_SHARE, SPEED, AP_GAP = 0.4, 1.5, 0.01
PIXELS, BROWSER_MS, FIRST_LOAD_MB, BLOCKED_MS = 1.0, 60, 10, 50
ROUNDS, SLOW = 5, 5
"""Of the speeds in turns; pictures on what is slow."""


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "var").mkdir()
        with running_server(folder / "var") as link, Api.first_visit(*parts_of(link)) as api:
            project = api.project("Raccoons", "detection", ["raccoon"])
            archive = raccoon_zip(folder)
            job = api.send_archive(project["id"], archive.name, archive.read_bytes())
            api.finish(f"imports/{job['id']}/", 300)
            run = train(api, project["id"])
            made = publish(api, run["id"], report)
            lay(api, run, made, folder)
            network = checkpoint.load(folder / "run" / "checkpoint.pt")
            images = read_export_images(folder / "run", network.image_size).comparison
            sizes(folder, report)
            speeds(folder, network, images, report)
            in_mediapipe(folder, network, images, made["tflite"], report)
            in_chromium(folder, images, parts_of(link)[0], f"/p/{project['slug']}/runs/{run['number']}", report)
    return 1 if report.failed else 0


def publish(api: Api, run: int, report: Report) -> dict[str, Json]:
    """Target, or target-int8, and its artifact."""
    cpu = worker_seconds()
    one, seconds = timed(lambda: ended(api, [api.post(f"runs/{run}/artifacts/", target="onnx")], pause=0.05))
    report.line("onnx alone: click to verified", seconds, ALONE_S, "s")
    print(f"worker and child computed {worker_seconds() - cpu:.1f} s")
    with watched() as most:
        asked = [api.post(f"runs/{run}/artifacts/", target=name) for name in TARGETS if name != "onnx"]
        others, more = timed(lambda: ended(api, asked))
    report.line("every target, verified", seconds + more, ALL_S, "s")
    print(f"workers and children computed {worker_seconds() - cpu:.1f} s")
    report.line("exporting at a time", most.pop("children"), 1, "")
    for target, megabytes in most.items():
        report.line(f"{target}: memory", megabytes, MEMORY_MB, "MB")
    small = [api.post(f"runs/{run}/artifacts/", target=name, quantization="int8") for name in SMALL]
    return {artifact["target"]: artifact for artifact in one + others} | {
        f"{artifact['target']}-int8": artifact for artifact in ended(api, small)
    }


def ended(api: Api, asked: list[Json], pause: float = 0.25) -> list[Json]:
    return [api.finish(f"artifacts/{artifact['id']}/", 1200, pause) for artifact in asked]


@contextlib.contextmanager
def watched() -> Iterator[dict[str, float]]:
    """The most processes that exported at a time, and by target the most MB of one and what it started."""
    most, done = dict[str, float](children=0), threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            there = exporting()
            most["children"] = max(most["children"], len(there))
            for target, megabytes in there:
                most[target] = max(most.get(target, 0), megabytes)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        done.set()
        watcher.join()


def exporting() -> list[tuple[str, float]]:
    """Target and MB of each process that exports; what watches over it, its fork, is one of those that it started."""
    there = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            command = process.cmdline()  # asked once: of a process that has ended it is empty
            if exports(command) and not exports(psutil.Process(process.ppid()).cmdline()):
                family = [process, *process.children(recursive=True)]
                megabytes = sum(one.memory_info().rss for one in family) / 2**20
                there.append((command[command.index("--target") + 1], megabytes))
    return there


def exports(command: list[str]) -> bool:
    return {"training.engine", "export"} <= set(command)


def lay(api: Api, run: Json, made: dict[str, Json], folder: Path) -> None:
    """The bundles, unpacked, and the run's folder as the engine knows it: its snapshot, and its checkpoint."""
    for name, artifact in made.items():
        fetched(api, f"artifacts/{artifact['id']}/download/", folder / f"{name}.zip")
        unpack(folder / f"{name}.zip", folder / name)
    fetched(api, f"snapshots/{run['snapshot']['id']}/download/coco/", folder / "snapshot.zip")
    lay_run_folder(folder / "snapshot.zip", folder / "run", "detection", "auto", Silent())
    best = max((folder / "var" / "objects").rglob("best.pt"), key=lambda file: file.stat().st_mtime)
    shutil.copy(best, folder / "run" / "checkpoint.pt")


def fetched(api: Api, address: str, path: Path) -> None:
    path.write_bytes(api.http.get(address, follow_redirects=True).raise_for_status().content)


def sizes(folder: Path, report: Report) -> None:
    for target in SMALL:
        whole, small = (weight(folder / name, target) for name in (target, f"{target}-int8"))
        report.line(f"{target}: int8 of fp32's size", small / whole, SIZE_SHARE, "")


def weight(folder: Path, target: str) -> int:
    return (folder / f"model.{target}").stat().st_size


def speeds(folder: Path, network: checkpoint.Checkpoint, images: ComparisonImages, report: Report) -> None:
    """In turns on one thread, a picture at a time: the median of each."""
    torch.set_num_threads(1)
    form, squares = checkpoint.export_form(network), images.examples.squares[:8]
    eager, run = list[float](), list[float]()
    for _ in range(ROUNDS):
        ask_torch(form, network, squares, eager)
        run += onnx.ask(folder / "onnx", network, squares).milliseconds
    ratio = statistics.median(eager) / statistics.median(run)
    report.line("onnxruntime's speed, torch's is 1", ratio, SPEED, "", least=True)


def in_mediapipe(
    folder: Path, network: checkpoint.Checkpoint, images: ComparisonImages, artifact: Json, report: Report
) -> None:
    model, records = folder / "tflite" / "model.tflite", list(images.examples.images)
    paths, page = pictures_of(images), artifact["metrics"]["AP"]
    report.line("tflite: largest box difference", artifact["parity"]["max_box_px"], PIXELS, "px")
    found = ap(network, clients.in_mediapipe(model, paths, network.config.score_threshold, MAX_DETECTIONS), records)
    report.line("tflite in MediaPipe: AP off the page's", abs(found - page), AP_GAP, "")
    for name, (files, truth) in clients.strange_kinds(paths, records, folder):
        there = clients.in_mediapipe(model, files, network.config.score_threshold, MAX_DETECTIONS)
        lost = ap(network, list(predict(network, files)), truth) - ap(network, there, truth)
        report.line(f"{name}: AP lost in MediaPipe", lost, AP_GAP, "")


def pictures_of(images: ComparisonImages) -> list[Path]:
    return [images.folder / "images" / image.sha256 for image in images.examples.images]


def ap(network: checkpoint.Checkpoint, found: clients.Annotations, records: list[ImageRecord]) -> float:
    value = JUDGES[network.task].accuracy(network.labels, found, records).metrics["AP"]
    assert value is not None
    return value


def in_chromium(folder: Path, images: ComparisonImages, url: str, page: str, report: Report) -> None:
    pictures = pictures_of(images)
    looked = clients.in_chromium(folder / "tfjs", pictures, SLOW)
    for backend, gap in looked.gaps.items():
        report.line(f"tfjs on {backend}: boxes off wasm's", gap, PIXELS, "px")
    report.line("tfjs on wasm: a picture", looked.milliseconds, BROWSER_MS, "ms")
    report.line("tfjs: first load of its page", clients.first_load(folder / "tfjs") / 2**20, FIRST_LOAD_MB, "MB")
    report.line("run's page blocked at most", clients.blocked(url, page, pictures[:SLOW]), BLOCKED_MS, "ms")


if __name__ == "__main__":
    sys.exit(main())

"""Trains the default detector on the raccoon set in a child process, as a worker does, and says how good and how fast.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.raccoon [--seeds 0 1 2] [--set epochs=6]

`--seeds` are project seeds: each gives another split. The time is that of the whole child: imports to written files.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.dataset.split import split_of
from training.engine.catalog import complete_config, estimate_seconds
from training.engine.config import TRAINING_ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
MODEL = "ssdlite320_mobilenet_v3_large"
BAR = {"AP": 0.60, "AP50": 0.95, "seconds": 65.0}


def lay_run_folder(data: Path, folder: Path, project_seed: int, config: dict[str, Any]) -> tuple[int, int]:
    """Write a run folder of the raccoon set; returns how many images train and validate."""
    (folder / "images").mkdir(parents=True)
    images = {image.sha256: image for image in (_read(path, folder, project_seed) for path in _annotations(data))}
    write_manifest(folder / "manifest.jsonl", (images[key] for key in sorted(images)))
    snapshot = {"project": {"task": "detection", "seed": project_seed}, "labels": [{"name": "raccoon"}]}
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    (folder / "config.json").write_text(json.dumps({"model": MODEL} | config))
    splits = [image.split for image in images.values()]
    return splits.count("train"), splits.count("val")


def train(folder: Path, weights: str) -> dict[str, Any]:
    """Run the engine as a child; returns its `done` event with the seconds it took."""
    command = [sys.executable, "-m", "training.engine", "train", str(folder), "--weights-dir", weights]
    began = time.monotonic()
    child = subprocess.run(
        command, cwd=ROOT, env=os.environ | TRAINING_ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=False
    )
    events = [json.loads(line) for line in child.stdout.splitlines()]
    if child.returncode != 0:
        raise SystemExit(f"the engine ended with {child.returncode}: {events[-1:]}")
    metrics = [event["values"] for event in events if event["event"] == "metrics"]
    curve = [(values["AP"], values["AP50"]) for values in metrics if "AP" in values]
    done: dict[str, Any] = events[-1]
    return done | {"seconds": time.monotonic() - began, "curve": curve}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings of the run")
    parser.add_argument("--json", action="store_true", help="one JSON object a seed instead of a line of text")
    options = parser.parse_args()
    config = {name: value(text) for name, text in (item.split("=") for item in options.set)}
    data, weights = Path(os.environ["BOXWRIGHT_TEST_DATA"]) / "raccoon", os.environ["BOXWRIGHT_WEIGHTS_DIR"]
    failed = 0
    for seed in options.seeds:
        folder = Path(tempfile.mkdtemp(prefix="raccoon-"))
        try:
            counts = lay_run_folder(data, folder, seed, config)
            done = train(folder, weights)
        finally:
            shutil.rmtree(folder)
        failed += not _report(seed, counts, done, config, options.json)
    return 1 if failed else 0


def _report(seed: int, counts: tuple[int, int], done: dict[str, Any], config: dict[str, Any], as_json: bool) -> bool:
    metrics, seconds = done["metrics"], round(done["seconds"], 1)
    passed: bool = metrics["AP"] >= BAR["AP"] and metrics["AP50"] >= BAR["AP50"] and seconds <= BAR["seconds"]
    epochs = complete_config({"model": MODEL} | config).epochs
    estimate = round(estimate_seconds(MODEL, counts[0] * epochs, os.cpu_count() or 1))
    result = {"seed": seed, "train": counts[0], "val": counts[1], **metrics, "best_epoch": done["best_epoch"]}
    result |= {"seconds": seconds, "estimated_seconds": estimate, "passed": passed}
    if as_json:
        print(json.dumps(result), flush=True)
    else:
        curve = " ".join(f"{ap:.2f}/{ap50:.2f}" for ap, ap50 in done["curve"])
        numbers = f"AP {metrics['AP']:.3f}, AP50 {metrics['AP50']:.3f} (epoch {done['best_epoch']})"
        times = f"{seconds} s (estimated {estimate} s)"
        verdict = "ok" if passed else "UNDER THE BAR"
        print(f"seed {seed}: {counts[0]} + {counts[1]} images, {numbers}, {times}, {verdict}  [{curve}]", flush=True)
    return passed


def _annotations(data: Path) -> list[Path]:
    return sorted((data / "annotations").glob("*.xml"))


def _read(annotation: Path, folder: Path, project_seed: int) -> ImageRecord:
    """One image with its Pascal VOC boxes, its file copied into the run folder."""
    root = ET.parse(annotation).getroot()
    name = root.findtext("filename", "")
    picture = annotation.parents[1] / "images" / (annotation.stem + ".jpg")
    content = picture.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / "images" / sha256).write_bytes(content)
    width, height = (int(root.findtext(f"size/{side}", "0")) for side in ("width", "height"))
    annotations = tuple(AnnotationRecord("raccoon", _box(item)) for item in root.findall("object/bndbox"))
    split = split_of(sha256, project_seed)
    return ImageRecord(name, sha256, width, height, len(content), "labelled", split, annotations)


def _box(item: ET.Element) -> Box:
    x_min, y_min, x_max, y_max = (float(item.findtext(side, "0")) for side in ("xmin", "ymin", "xmax", "ymax"))
    return Box(x_min, y_min, x_max, y_max)


def value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(main())

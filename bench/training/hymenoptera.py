"""Trains the default classifier to tell ants from bees, beside a linear probe on the same frozen features.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.hymenoptera [--seeds 0 1 2] [--set epochs=6]

Both are child processes, timed from imports to the end, on the set's own split. The probe is a logistic regression that
takes, of four decays, the one that answers best on the validation images; our run takes the best epoch on them.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, ImageRecord, Split
from training.engine import catalog
from training.engine.batches import plain_batch
from training.engine.classifiers.classifier import pooled
from training.engine.classifiers.mobilenet import MobileNet
from training.engine.config import TRAINING_ENVIRONMENT
from training.engine.data import read_examples, read_run_folder
from training.engine.network import normalise
from training.engine.weight_files import find_weights, read_weights

ROOT = Path(__file__).resolve().parents[2]
MODEL = "mobilenet_v2"
LABELS = ("ants", "bees")
SPLITS: tuple[Split, ...] = ("train", "val")
MARGIN = 0.01
"""What our accuracy, the mean over the seeds, may be under the probe's."""
DECAYS = (0.0003, 0.001, 0.003, 0.01)


def lay_run_folder(data: Path, folder: Path, config: dict[str, Any]) -> None:
    """Write a run folder of the set, divided as its folders say."""
    (folder / "images").mkdir(parents=True)
    paths = [(split, label, path) for split in SPLITS for label in LABELS for path in (data / split / label).iterdir()]
    images = {image.sha256: image for image in (_read(path, split, label, folder) for split, label, path in paths)}
    write_manifest(folder / "manifest.jsonl", (images[key] for key in sorted(images)))
    snapshot = {"project": {"task": "classification", "seed": 0}, "labels": [{"name": label} for label in LABELS]}
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    (folder / "config.json").write_text(json.dumps({"model": MODEL} | config))


def run_child(
    *command: str, environment: Mapping[str, str] = TRAINING_ENVIRONMENT
) -> tuple[list[dict[str, Any]], float]:
    """The JSON lines of a module, and its CPU seconds; it runs as a worker runs the engine if nothing else is said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return [json.loads(line) for line in child.stdout.splitlines()], seconds


def probe(folder: Path, weights: Path) -> float:
    """The accuracy of a logistic regression on the published network's features."""
    (seen, truth), (unseen, wanted) = (_features(folder, weights, split) for split in SPLITS)
    return max(_accuracy(*_regression(seen, truth, decay), unseen, wanted) for decay in DECAYS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings of the run")
    parser.add_argument("--probe", type=Path, metavar="FOLDER", help="only the probe, on a run folder")
    options = parser.parse_args()
    weights = Path(os.environ["BOXWRIGHT_WEIGHTS_DIR"])
    if options.probe:
        print(json.dumps({"accuracy": probe(options.probe, weights)}))
        return 0
    config = {name: json.loads(text) for name, text in (item.split("=") for item in options.set)}
    pairs = [_compare(seed, config, weights) for seed in options.seeds]
    ours, theirs = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    passed = ours >= theirs - MARGIN
    print(f"mean: ours {ours:.3f}, probe {theirs:.3f}, {'ok' if passed else 'UNDER THE BAR'}", flush=True)
    return 0 if passed else 1


def _compare(seed: int, config: dict[str, Any], weights: Path) -> tuple[float, float]:
    """Our accuracy and the probe's."""
    data = Path(os.environ["BOXWRIGHT_TEST_DATA"]) / "hymenoptera384"
    with tempfile.TemporaryDirectory(prefix="hymenoptera-") as name:
        folder = Path(name) / "run"
        lay_run_folder(data, folder, config | {"seed": seed})
        [probed], probe_seconds = run_child("bench.training.hymenoptera", "--probe", str(folder))
        events, seconds = run_child("training.engine", "train", str(folder), "--weights-dir", str(weights))
    curve = [event["values"]["accuracy"] for event in events if event["event"] == "metrics"]
    ours, theirs = events[-1]["metrics"]["accuracy"], probed["accuracy"]
    numbers = f"ours {ours:.3f} (last epoch {curve[-1]:.3f}) in {seconds:.1f} CPU-s"
    print(f"seed {seed}: {numbers}, probe {theirs:.3f} in {probe_seconds:.1f} CPU-s", flush=True)
    return ours, theirs


@torch.no_grad()
def _features(folder: Path, weights: Path, split: Split) -> tuple[Tensor, Tensor]:
    """Pooled features [n, 1280] and labels [n] of the split's images as they are."""
    info, dataset = catalog.model_info(MODEL), read_run_folder(folder)
    path = find_weights(info, [weights])
    if path is None:
        raise SystemExit(f"none of {', '.join(info.weight_files)} is in {weights}")
    network = MobileNet(info, info.weights.label_count)
    network.load_state_dict(read_weights(info, path))
    network.fold()
    examples = read_examples(dataset, dataset.split(split), folder, info.image_size)
    features: list[Tensor] = []
    labels: list[Tensor] = []
    for start in range(0, len(examples), 16):
        squares, targets = plain_batch(examples, range(start, min(start + 16, len(examples))))
        features.append(pooled(network.features(normalise(squares, info.mean, info.std))))
        labels.extend(target.labels for target in targets)
    return torch.cat(features), torch.cat(labels)


def _regression(features: Tensor, labels: Tensor, decay: float) -> tuple[Tensor, Tensor]:
    """Weights [labels, features] and bias [labels] that minimise the cross-entropy and `decay` times their squares."""
    weight = torch.zeros(len(LABELS), features.shape[1], requires_grad=True)
    bias = torch.zeros(len(LABELS), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(features @ weight.T + bias, labels) + decay * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def _accuracy(weight: Tensor, bias: Tensor, features: Tensor, labels: Tensor) -> float:
    return ((features @ weight.T + bias).argmax(1) == labels).float().mean().item()


def _read(path: Path, split: Split, label: str, folder: Path) -> ImageRecord:
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / "images" / sha256).write_bytes(content)
    with Image.open(path) as image:
        width, height = image.size
    annotations = (AnnotationRecord(label),)
    return ImageRecord(path.name, sha256, width, height, len(content), "labelled", split, annotations)


if __name__ == "__main__":
    sys.exit(main())

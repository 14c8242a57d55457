"""Few and many images of a set, learned in each way of transfer learning: what the rule in `transfer` stands on.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.transfer [--sets raccoon bccd]
        [--images 10 0] [--ways all auto] [--seeds 0 1] [--model ssdlite320_mobilenet_v3_large]

One line of JSON a run; `--images 0` is all of them, and a seed chooses which the few are. Each run is a child process,
as a worker starts it, with one thread. What the rule chooses must not be behind learning everything.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations.dataset.manifest import read_manifest
from training.engine.catalog import model_info
from training.engine.config import TRAINING_ENVIRONMENT
from training.engine.progress import JsonLines
from training.engine.sources import lay_run_folder, link_run_folder

ROOT = Path(__file__).resolve().parents[2]
SETS = {"raccoon": "raccoon", "bccd": "bccd", "fruit": "fruit/train", "hymenoptera": "hymenoptera384"}
MARGIN = 0.01
"""What the score of `auto`, the mean over the seeds, may be under that of `all`."""
WAYS: dict[str, tuple[str, float]] = {
    "auto": ("auto", 1.0),
    "all": ("none", 1.0),
    "heads": ("trunk", 1.0),
    "late": ("early", 1.0),
    "faster": ("none", 2.0),
}
"""What each holds still, and the factor of its learning rate."""


def run(folder: Path, place: Path, config: dict[str, Any], weights: str) -> dict[str, Any]:
    """The best epoch's score, the CPU seconds and the rule's choice of a run on the images of `folder`."""
    link_run_folder(folder, place)
    (place / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "training.engine", "train", str(place), "--weights-dir", weights]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | TRAINING_ENVIRONMENT
    child = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    events = [json.loads(line) for line in child.stdout.splitlines()]
    metrics: dict[str, float] = events[-1]["metrics"]
    start = json.loads((place / "out" / "evaluation.json").read_text())["start"]
    shutil.rmtree(place / "out")
    score = metrics["AP"] if "AP" in metrics else metrics["accuracy"]
    return {"score": round(score, 3), "cpu_seconds": round(seconds, 1), "choice": start["transfer"]}


def measure(folder: Path, model: str, images: int, ways: Sequence[str], seeds: Sequence[int]) -> bool:
    """Whether the rule is not behind learning everything, as far as both were asked for."""
    mean = {}
    for way in ways:
        found = []
        for seed in seeds if images else seeds[:1]:
            config = _config(model, way, _share(folder, images), seed)
            found.append(run(folder, folder.parent / "run", config, os.environ["BOXWRIGHT_WEIGHTS_DIR"]))
            told = {"set": folder.name, "model": model, "images": images, "seed": seed, "way": way}
            print(json.dumps(told | found[-1]), flush=True)
        mean[way] = sum(one["score"] for one in found) / len(found)
    if not {"auto", "all"} <= set(mean):
        return True
    passed: bool = mean["auto"] >= mean["all"] - MARGIN
    verdict = "ok" if passed else "UNDER THE BAR"
    print(
        f"{folder.name}, {images or 'all'} images: auto {mean['auto']:.3f}, all {mean['all']:.3f}, {verdict}",
        flush=True,
    )
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sets", nargs="+", default=["raccoon", "bccd"], choices=SETS)
    parser.add_argument("--model", default="ssdlite320_mobilenet_v3_large")
    parser.add_argument("--images", type=int, nargs="+", default=[10, 0])
    parser.add_argument("--ways", nargs="+", default=["all", "auto"], choices=WAYS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    options = parser.parse_args()
    data, passed = Path(os.environ["BOXWRIGHT_TEST_DATA"]), []
    with tempfile.TemporaryDirectory(prefix="transfer-") as place:
        for name in options.sets:
            folder = Path(place) / name
            lay_run_folder(data / SETS[name], folder, None, "auto", JsonLines(sys.stderr))
            passed += [measure(folder, options.model, n, options.ways, options.seeds) for n in options.images]
    return 0 if all(passed) else 1


def _config(model: str, way: str, share: float, seed: int) -> dict[str, Any]:
    freeze, factor = WAYS[way]
    rate = model_info(model).default_config.learning_rate * factor
    common = {"model": model, "freeze": freeze, "learning_rate": rate}
    return common | {"train_share": share, "seed": seed, "threads": 1}


def _share(folder: Path, images: int) -> float:
    """Of the training images; 0 images are all."""
    count = sum(image.split == "train" and image.is_labelled for image in read_manifest(folder / "manifest.jsonl"))
    return min(1.0, images / count) if images else 1.0


if __name__ == "__main__":
    sys.exit(main())

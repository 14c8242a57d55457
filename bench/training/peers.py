"""Our defaults beside peers' recipes on the same weights, images and splits: AP and CPU seconds.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.peers [--sets raccoon] [--results FILE]

SSDlite against torchvision's reference, SSD-MobileNetV1 against jetson-inference's `train_ssd.py`: see `recipes`. Each
training is a process of its own with one thread. Of either the epoch that is best on the validation images counts.
Our CPU seconds are from imports to written files with the evaluation of each epoch, a peer's are without any.
With `--results` each training is kept as a line, and one that is there is not done again: a new file for new recipes.
"""

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any

from annotations.dataset.manifest import read_manifest, write_manifest
from annotations.dataset.split import split_of
from bench.training.hymenoptera import run_child
from training.engine.progress import Silent
from training.engine.sources import MANIFEST, lay_run_folder, link_run_folder

PEERS = {"ssdlite320_mobilenet_v3_large": "torchvision", "ssd_mobilenet_v1_075": "pytorch-ssd"}
SETS = ("raccoon", "bccd", "fruit")
OURS = "ours"
AP_MARGIN = 0.02
CPU_SHARES = {"raccoon": 0.25}
"""How much of the peer's CPU seconds ours may take, by set."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`split`: the project's seed, by which images are divided; `seed`: the training's."""

    set: str
    model: str
    split: int
    seed: int
    recipe: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """AP and AP50 of the best epoch and AP of the last; `load`: of the machine, when it began."""

    ap: float
    ap50: float
    last_ap: float
    epochs: int
    cpu_seconds: float
    wall_seconds: float
    load: float


def lay(data: Path, place: Path, split_seed: int) -> Path:
    """A run folder of the set, divided by its images' hashes alone."""
    whole, folder = place / "whole", place / "run"
    lay_run_folder(data, whole, "detection", "auto", Silent())
    link_run_folder(whole, folder)
    images = [replace(image, split=split_of(image.sha256, split_seed)) for image in read_manifest(whole / MANIFEST)]
    (folder / MANIFEST).unlink()
    write_manifest(folder / MANIFEST, images)
    return folder


def run(trial: Trial) -> Outcome:
    data, weights = Path(os.environ["BOXWRIGHT_TEST_DATA"]), os.environ["BOXWRIGHT_WEIGHTS_DIR"]
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        folder = lay(data / trial.set, Path(name), trial.split)
        began, load = time.monotonic(), os.getloadavg()[0]
        if trial.recipe == OURS:
            settings = {"model": trial.model, "seed": trial.seed, "threads": 1}
            (folder / "config.json").write_text(json.dumps(settings))
            events, cpu_seconds = run_child("training.engine", "train", str(folder), "--weights-dir", weights)
            curve = [event["values"] | {"epoch": event["epoch"]} for event in events if event["event"] == "metrics"]
        else:
            arguments = (trial.recipe, str(folder), "--weights-dir", weights, "--seed", str(trial.seed))
            curve, _ = run_child("bench.training.recipes", *arguments, environment={})
            cpu_seconds = curve[-1]["cpu_seconds"]
        wall_seconds = time.monotonic() - began
    best, last = max(curve, key=lambda row: row["AP"] + row["AP50"]), curve[-1]
    return Outcome(best["AP"], best["AP50"], last["AP"], last["epoch"], cpu_seconds, wall_seconds, load)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--models", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--splits", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--results", type=Path, metavar="FILE", help="keep each training there, and go on from it")
    parser.add_argument("--table", action="store_true", help="train nothing: only what the file has")
    options = parser.parse_args(arguments)
    done = dict(_read(options.results))
    for trial in _trials(options.sets, options.models, options.splits, options.seeds):
        if trial not in done and not options.table:
            done[trial] = run(trial)
            _keep(options.results, trial, done[trial])
            print(f"{' '.join(map(str, astuple(trial)))}: {_told(done[trial])}", flush=True)
    passed = [_compare(done, name, model) for name in options.sets for model in options.models]
    return 0 if all(passed) else 1


def _trials(sets: Iterable[str], models: Iterable[str], splits: Iterable[int], seeds: Iterable[int]) -> Iterator[Trial]:
    """The first seed of everything comes first, so that a part of them says something."""
    for seed, name, split, model in itertools.product(seeds, sets, splits, models):
        yield Trial(name, model, split, seed, OURS)
        yield Trial(name, model, split, seed, PEERS[model])


def _compare(done: dict[Trial, Outcome], name: str, model: str) -> bool:
    """Print the means over all splits and seeds of which both are there; whether ours keep the limits."""
    mine = [one for one in done if (one.set, one.model, one.recipe) == (name, model, OURS)]
    pairs = [(one, replace(one, recipe=PEERS[model])) for one in mine]
    both = [(done[ours], done[theirs]) for ours, theirs in pairs if theirs in done]
    if not both:
        print(f"{name} {model}: NOT MEASURED")
        return False
    ours, theirs = ([asdict(outcome) for outcome in side] for side in zip(*both, strict=True))
    ap, peer_ap = _mean(ours, "ap"), _mean(theirs, "ap")
    cpu, peer_cpu = _mean(ours, "cpu_seconds"), _mean(theirs, "cpu_seconds")
    share = CPU_SHARES.get(name)
    passed = ap >= peer_ap - AP_MARGIN and (share is None or cpu <= share * peer_cpu)
    limit = f"AP ≥ {peer_ap - AP_MARGIN:.3f}" + (f", ≤ {share * peer_cpu:.0f} CPU-s" if share else "")
    print(f"{name} {model}, mean of {len(both)}: {'ok' if passed else 'UNDER THE BAR'} ({limit})")
    for recipe, rows in ((OURS, ours), (PEERS[model], theirs)):
        numbers = (
            f"AP {_mean(rows, 'ap'):.3f} (last epoch {_mean(rows, 'last_ap'):.3f}), AP50 {_mean(rows, 'ap50'):.3f}"
        )
        times = f"{_mean(rows, 'cpu_seconds'):.0f} CPU-s, {_mean(rows, 'wall_seconds'):.0f} s"
        loads = f"load {min(row['load'] for row in rows):.0f} to {max(row['load'] for row in rows):.0f}"
        print(f"  {recipe:<12} {numbers}, {_mean(rows, 'epochs'):.0f} epochs, {times}, {loads}", flush=True)
    return passed


def _read(path: Path | None) -> Iterator[tuple[Trial, Outcome]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
    for row in map(json.loads, lines):
        yield Trial(**row["trial"]), Outcome(**row["outcome"])


def _keep(path: Path | None, trial: Trial, outcome: Outcome) -> None:
    if path is None:
        return
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"trial": asdict(trial), "outcome": asdict(outcome)}) + "\n")


def _mean(rows: list[dict[str, Any]], name: str) -> float:
    return statistics.fmean(row[name] for row in rows)


def _told(outcome: Outcome) -> str:
    return f"AP {outcome.ap:.3f}, AP50 {outcome.ap50:.3f}, {outcome.cpu_seconds:.0f} CPU-s, load {outcome.load:.0f}"


if __name__ == "__main__":
    sys.exit(main())

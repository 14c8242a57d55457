"""A part of a set is learned, then the rest comes: going on with what is new against training anew on everything.

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.continuing [--sets raccoon] [--seeds 0 1 2]

All are measured on the same validation images, which no run learns from. `--seeds` give other splits, `--part` is the
share of the training images that the base has learned from, `--set` are settings of all runs, `--then` of the second.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotations.dataset.records import ImageRecord
from annotations.dataset.split import split_of
from bench.training.raccoon import MODEL, train, value
from bench.training.two_stages import lay, read_set
from training.engine.catalog import model_info

WORST = 0.02
"""AP that may be lost against training anew."""

Images = dict[Path, ImageRecord]


def measure(data: Path, weights: str, place: Path, seed: int, options: argparse.Namespace) -> bool:
    images = {path: replace(one, split=split_of(one.sha256, seed)) for path, one in read_set(data).items()}
    config = replace(model_info(MODEL).default_config, seed=seed, threads=1, **_settings(options.set))
    first = lay(place / "first", _part(images, options.part), config.to_dict(), None)
    _, seconds_first = _timed(first, weights)
    going_on = config.continued().to_dict() | _settings(options.then)
    second = lay(place / "second", images, going_on, first / "out" / "best.pt")
    after, seconds = _timed(second, weights)
    report = json.loads((second / "out" / "evaluation.json").read_text())
    anew, seconds_anew = _timed(lay(place / "anew", images, config.to_dict(), None), weights)
    print(
        f"{data.name}, split {seed}: AP {report['before']['metrics']['AP']:.3f} before ({seconds_first:.0f} CPU s), "
        f"{after:.3f} going on ({seconds:.0f} CPU s, {report['start']['replay']}), "
        f"{anew:.3f} anew ({seconds_anew:.0f} CPU s); load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    return after >= anew - WORST and seconds < seconds_anew


def _settings(given: Sequence[str]) -> dict[str, Any]:
    return {name: value(text) for name, text in (item.split("=") for item in given)}


def _part(images: Images, part: float) -> Images:
    """All validation images, and of the training images that share, by their hashes."""
    return {path: one for path, one in images.items() if one.split != "train" or int(one.sha256[:8], 16) < part * 2**32}


def _timed(folder: Path, weights: str) -> tuple[float, float]:
    """AP, and the CPU seconds of the whole child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = train(folder, weights)["metrics"]["AP"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sets", nargs="+", default=["raccoon"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--part", type=float, default=0.5)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--then", nargs="*", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    data, weights = Path(os.environ["BOXWRIGHT_TEST_DATA"]), os.environ["BOXWRIGHT_WEIGHTS_DIR"]
    passed = []
    for name in options.sets:
        for seed in options.seeds:
            with tempfile.TemporaryDirectory(prefix="continuing-") as place:
                passed.append(measure(data / name, weights, Path(place), seed, options))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m training.engine export`, one process an artifact, as the worker starts it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.exporters.conftest import random_classifier
from training.engine.catalog import MODELS
from training.engine.checkpoint import Checkpoint, save
from training.engine.targets import TARGETS

EXPORTS = [(target, quantization) for target, info in TARGETS.items() for quantization in info.limits]
OF_CLASSIFIERS = [
    (name, target.name, quantization)
    for name, info in MODELS.items()
    if info.task == "classification"
    for target in TARGETS.values()
    for quantization in info.quantizations_of(target)
]


def export(folder: Path, checkpoint: Checkpoint, target: str, quantization: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and events."""
    save(checkpoint, folder / "checkpoint.pt")
    command = [sys.executable, "-m", "training.engine", "export", str(folder), "--target", target]
    command += ["--quantization", quantization]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.full
@pytest.mark.parametrize(("target", "quantization"), EXPORTS)
def test_a_detector(target: str, quantization: str, detector: Checkpoint, raccoons: Path) -> None:
    code, events = export(raccoons, detector, target, quantization)

    assert code == 0
    assert {event["event"] for event in events} == {"log", "done"}
    assert events[-1]["artifact"]["parity"]["passed"]
    assert (raccoons / "out" / "artifact.zip").stat().st_size == events[-1]["artifact"]["size"]


@pytest.mark.full
@pytest.mark.parametrize(("model", "target", "quantization"), OF_CLASSIFIERS)
def test_every_classifier(model: str, target: str, quantization: str, shapes: Path) -> None:
    code, events = export(shapes, random_classifier(model), target, quantization)

    assert code == 0
    parity = events[-1]["artifact"]["parity"]
    assert parity["passed"]
    assert target == "torch" or parity["max_score"] > 0
    assert parity["max_score"] <= (1e-4 if quantization == "none" else TARGETS[target].limits[quantization].score)


def test_a_quantization_that_the_target_does_not_offer_is_refused(shapes: Path, classifier: Checkpoint) -> None:
    code, events = export(shapes, classifier, "onnx", "int3")

    assert code == 2
    assert [(event["event"], event["code"]) for event in events] == [("error", "bad_target")]

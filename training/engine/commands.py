"""What each subcommand of `python -m training.engine` does with its folder."""

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotations.dataset.records import AnnotationRecord
from training.engine import checkpoint
from training.engine import evaluate as evaluation
from training.engine import export as exporting
from training.engine import predict as predicting
from training.engine import train as training
from training.engine.catalog import complete_config
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.errors import ConfigError
from training.engine.exporters.images import read_export_images
from training.engine.progress import JsonLines


def train(options: Namespace, events: JsonLines) -> None:
    config = _parse_config(options.config, "--config") if options.config else _read_config(options.folder)
    dataset = read_run_folder(options.folder)
    best = training.train(config, dataset, options.folder, events, options.weights_dir)
    events.write("done", best_epoch=best.epoch, metrics=best.metrics)


def evaluate(options: Namespace, events: JsonLines) -> None:
    folder: Path = options.folder
    trained = checkpoint.load(folder / "checkpoint.pt")
    found = evaluation.evaluate(trained, read_run_folder(folder), folder, options.split, events)
    (folder / "out").mkdir(exist_ok=True)
    evaluation.write_report(found.report, folder / "out" / "evaluation.json")
    events.write("done", metrics=found.metrics)


def predict(options: Namespace, events: JsonLines) -> None:
    trained = checkpoint.load(options.folder / "checkpoint.pt")
    for path, annotations in zip(options.images, predicting.predict(trained, options.images), strict=True):
        events.write("prediction", image=str(path), marks=[_as_json(annotation) for annotation in annotations])
    events.write("done")


def export(options: Namespace, events: JsonLines) -> None:
    folder: Path = options.folder
    out = folder / "out"
    out.mkdir(exist_ok=True)
    trained = checkpoint.load(folder / "checkpoint.pt")
    images = read_export_images(folder, trained.image_size)
    artifact = exporting.export(trained, options.target, options.quantization, images, out, events)
    events.write("done", artifact=artifact)


def _read_config(folder: Path) -> Config:
    try:
        text = (folder / "config.json").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError("The run folder has no config.json.") from error
    except ValueError as error:
        raise ConfigError(f"config.json can't be read: {error}.") from error
    return _parse_config(text, "config.json")


def _parse_config(text: str, name: str) -> Config:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{name} can't be read: {error}.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{name} must hold an object.")
    return complete_config(values)


def _as_json(annotation: AnnotationRecord) -> dict[str, Any]:
    box = asdict(annotation.box) if annotation.box else {}
    return {"label": annotation.label, "score": annotation.score, **box}

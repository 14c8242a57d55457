"""What each subcommand of `python -m training.engine` does with its data."""

import json
import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from annotations.dataset.records import AnnotationRecord
from training.engine import catalog, checkpoint, distributed
from training.engine import evaluate as evaluation
from training.engine import export as exporting
from training.engine import predict as predicting
from training.engine import verify as verifying
from training.engine.base_files import as_checkpoint, told
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.errors import CheckpointError
from training.engine.exporters.images import read_export_images
from training.engine.exporters.provenance import read_provenance
from training.engine.progress import JsonLines, Progress, stop_if_asked
from training.engine.results import Ids, Seen, coco_results, manifest_of, pictures_in
from training.engine.settings import CONFIG, config_of, values_of
from training.engine.sources import is_run_folder, lay_run_folder

RUNS = Path("runs")
CHECKPOINTS = ("checkpoint.pt", "out/best.pt")
"""Where a run folder may have its checkpoint: the first one counts."""


class Events(Progress, Protocol):
    """`progress.JsonLines` or `console.Console`."""

    def write(self, event: str, **fields: Any) -> None: ...


def train(options: Namespace, events: Events) -> None:
    from training.engine import train as training  # here, as an export waits for nothing that it does not need

    folder = _run_folder(options, events)
    dataset = read_run_folder(folder)
    config = config_of(options, folder, dataset.task)
    if options.base:
        _lay_base(options.base, folder, config, events)
    if folder != options.folder:
        (folder / CONFIG).write_text(json.dumps(config.to_dict()), encoding="utf-8")
    best = training.train(config, dataset, folder, events, options.weights_dir)
    events.write("done", best_epoch=best.epoch, metrics=best.metrics)


def evaluate(options: Namespace, events: Events) -> None:
    folder = _run_folder(options, events)
    trained = _checkpoint(options, folder)
    found = evaluation.evaluate(trained, read_run_folder(folder), folder, options.split, events)
    evaluation.write_report(found.report, _out(folder) / "evaluation.json")
    events.write("done", metrics=found.metrics)


def predict(options: Namespace, events: Events) -> None:
    trained = _trained(options.folder)
    images = pictures_in(options.images)
    seen = _seen(trained, images, options.runtime, events)
    if options.to is None:
        for path, annotations in seen:
            events.write("prediction", image=str(path), marks=[_as_json(annotation) for annotation in annotations])
    elif options.form == "manifest":
        manifest_of(seen, options.to)
    else:
        ids = Ids.read(options.ids) if options.ids else None
        options.to.write_text(json.dumps(coco_results(seen, trained.labels, ids)), encoding="utf-8")
    events.write("done")


def export(options: Namespace, events: Events) -> None:
    folder = _run_folder(options, events)
    trained = _checkpoint(options, folder)
    images = read_export_images(folder, trained.image_size, trained.config.tiles)
    provenance = read_provenance(folder, _checkpoint_file(options.checkpoint or folder))
    out = _out(folder)
    wanted = (options.target, options.quantization)
    artifact = exporting.export(trained, *wanted, images, out, events, provenance, released=options.released)
    events.write("done", artifact=artifact)


def verify(options: Namespace, events: Events) -> None:
    if verifying.is_bundle(options.folder):
        events.write("done", verified=verifying.verify_bundle(options.folder))
        return
    folder = _run_folder(options, events)
    trained = _checkpoint(options, folder)
    images = read_export_images(folder, trained.image_size, trained.config.tiles)
    archive = options.artifact or folder / "out" / "artifact.zip"
    events.write("done", verified=verifying.verify(archive, trained, images.comparison))


def sweep(options: Namespace, events: Events) -> None:
    from training.engine import sweep as sweeping

    folder = _run_folder(options, events)
    dataset = read_run_folder(folder)
    settings = values_of(options, folder, dataset.task)
    grid = sweeping.combinations(options.grid)
    rows = sweeping.sweep(
        settings, grid, dataset, folder, events, options.weights_dir, lambda row: events.write("run", **row)
    )
    events.write("done", runs=len(rows), table=str(folder / "sweep" / "table.csv"))


def _lay_base(path: Path, folder: Path, config: Config, events: Events) -> None:
    """As `base.pt`, which a run that goes on reads again."""
    if distributed.rank() == 0:
        checkpoint.save(as_checkpoint(path, config), folder / "base.pt")
        events.on_log(f"Begins with {told(path)}")
    distributed.wait()


def _run_folder(options: Namespace, events: Events) -> Path:
    """The data's run folder: itself, or one that is made of it."""
    source: Path = options.folder
    if options.run is None and (is_run_folder(source) or (source / CONFIG).is_file()):
        return source
    folder: Path = options.run or RUNS / source.stem
    if distributed.rank() == 0:
        lay_run_folder(source, folder, options.task, options.format, events)
    distributed.wait()
    events.on_log(f"The run folder is {folder}")
    return folder


def _checkpoint(options: Namespace, folder: Path) -> Checkpoint:
    return _trained(options.checkpoint or folder)


def _trained(place: Path) -> Checkpoint:
    return checkpoint.load(_checkpoint_file(place))


def _checkpoint_file(place: Path) -> Path:
    """A checkpoint's file, or that of its run's folder. Raises CheckpointError."""
    if not place.is_dir():
        return place
    path = next((place / name for name in CHECKPOINTS if (place / name).is_file()), None)
    if path is None:
        raise CheckpointError(f"{place} has no checkpoint ({' or '.join(CHECKPOINTS)}): train first, or name one.")
    return path


def _seen(trained: Checkpoint, images: list[Path], runtime: str, events: Events) -> Iterator[Seen]:
    predict_by = predicting.predict
    if runtime == "onnx":
        predict_by = catalog.load_module("training.engine.exporters.onnx_predict").predict_with_onnx
    found = predict_by(trained, images, lambda: stop_if_asked(events))
    return zip(images, found, strict=True)


def _out(folder: Path) -> Path:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return out


def _as_json(annotation: AnnotationRecord) -> dict[str, Any]:
    box = asdict(annotation.box) if annotation.box else {}
    return {"label": annotation.label, "score": annotation.score, **box}


COMMANDS: dict[str, Callable[[Namespace, Events], None]] = {
    "train": train,
    "evaluate": evaluate,
    "predict": predict,
    "export": export,
    "verify": verify,
    "sweep": sweep,
}


def called(options: Namespace, events: Events) -> None:
    """The command that was asked for; of several processes the first one speaks."""
    with distributed.joined(), Path(os.devnull).open("w") as nowhere:
        speaks = distributed.rank() == 0
        COMMANDS[options.command](options, events if speaks else JsonLines(nowhere, events.should_stop))

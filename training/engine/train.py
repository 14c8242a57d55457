"""The training loop: a run folder in, `out/best.pt` and `out/evaluation.json` out, resumable after every epoch."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from annotations.dataset.records import Dataset, Split
from training.engine import anchor_fit, batches, catalog, checkpoint, device, optim
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import Examples, read_examples, usable_images
from training.engine.diagnoses import diagnoses
from training.engine.errors import ConfigError, DataError, DivergedError
from training.engine.evaluate import Evaluation, evaluate_network, write_report
from training.engine.network import LearningTarget, normalise
from training.engine.progress import Progress, stop_if_asked
from training.engine.state import TrainingState, resume, start
from training.engine.tasks import TASKS
from training.engine.weights import starting_network


@dataclass(frozen=True, slots=True)
class TrainingLoop:
    """What stays the same from the first step to the last."""

    config: Config
    info: catalog.ModelInfo
    labels: tuple[str, ...]
    training: Examples
    validation: Examples
    out: Path
    progress: Progress


def train(
    config: Config, dataset: Dataset, folder: Path, progress: Progress, weights_dir: Path | None = None
) -> Checkpoint:
    """Train on the folder's labelled images and return the best checkpoint, which is `out/best.pt`.

    Goes on from `out/last.pt` when an earlier process left one. Raises an EngineError on what the user can mend,
    and Stopped when `progress` asks for it.
    """
    threads = device.use_threads(config.threads)
    loop = _prepare(config, dataset, folder, progress, threads)
    config = loop.config
    state = resume(loop.out / "last.pt", config, loop.labels, progress)
    if state is None:
        network = starting_network(config, loop.labels, loop.training, folder, weights_dir, progress)
        state = start(network, config)
        progress.on_log(_summary(loop, threads))
    _keep_metrics_until(loop.out / "metrics.jsonl", state.epoch)
    while state.epoch < loop.config.epochs:
        _epoch(loop, state)
    _diagnose(loop, dataset)
    return checkpoint.load(loop.out / "best.pt")


def _prepare(config: Config, dataset: Dataset, folder: Path, progress: Progress, threads: int) -> TrainingLoop:
    info = catalog.model_info(config.model)
    if info.task != dataset.task:
        raise ConfigError(f"{info.title} does {info.task}; this project does {dataset.task}.")
    if not dataset.labels:
        raise DataError("The project has no labels.")
    config = _fitted(config, dataset, folder, progress)
    info.check(config)
    out = folder / "out"
    out.mkdir(exist_ok=True)

    def examples(split: Split) -> Examples:
        images = usable_images(dataset, dataset.split(split))
        return read_examples(dataset, images, folder, config.image_size, lambda: stop_if_asked(progress), threads)

    loop = TrainingLoop(config, info, dataset.labels, examples("train"), examples("val"), out, progress)
    if len(loop.training) == 0:
        raise DataError("There are no labelled images in the training split: label some first.")
    if not any(len(labels) for labels in loop.training.labels):
        raise DataError("No training image has a box: there is nothing to learn from.")
    if len(loop.validation) == 0:
        progress.on_log("No labelled image in the validation split: nothing measures this run; the last epoch is kept.")
    return loop


def _fitted(config: Config, dataset: Dataset, folder: Path, progress: Progress) -> Config:
    """The config with anchors and image size that serve the training boxes; those of the base where it has its own."""
    if config.base == "checkpoint" and config.fit != "none":
        base = checkpoint.load(folder / "base.pt").config
        if base.fits_anchors and base.model == config.model:
            return anchor_fit.as_in(base, config)
    found = anchor_fit.fit(config, catalog.model_info(config.model), dataset.split("train"))
    if found is None:
        return config
    if found.advice:
        progress.on_log(found.advice)
    return found.config


def _epoch(loop: TrainingLoop, state: TrainingState) -> None:
    """One epoch: train, evaluate the averaged weights, write down where we are."""
    began = time.monotonic()
    state.epoch += 1
    losses = _train_epoch(loop, state)
    evaluation = _evaluate(loop, state)
    values = losses | evaluation.metrics | {"learning_rate": state.rate}
    is_best = state.is_best(evaluation.score)
    snapshot = state.as_checkpoint(loop.info, loop.labels, loop.config, evaluation.metrics)
    if is_best:
        _write_best(loop, snapshot, evaluation)
    seconds = time.monotonic() - began
    eta = seconds * (loop.config.epochs - state.epoch)
    # Told before it is kept: a process killed in between tells the same epoch twice, and none is missing.
    _append(loop.out / "metrics.jsonl", {"epoch": state.epoch, "seconds": round(seconds, 2), "values": values})
    loop.progress.on_metrics(state.epoch, loop.config.epochs, values, seconds, eta)
    checkpoint.save(snapshot, loop.out / "last.pt", state.as_dict())
    loop.progress.on_checkpoint("out/last.pt", state.epoch)


def _train_epoch(loop: TrainingLoop, state: TrainingState) -> dict[str, float | None]:
    """Every training image once (a few images: several times); returns the mean of each part of the loss."""
    config = loop.config
    torch.manual_seed(config.seed * 1009 + state.epoch)
    order = batches.epoch_order(len(loop.training), config.batch_size, config.seed, state.epoch)
    steps = len(order)
    state.network.train()
    sums: dict[str, float] = {}
    began = time.monotonic()
    for step, batch in enumerate(batches.training_batches(loop.training, order, config.seed, state.epoch, config.crop)):
        stop_if_asked(loop.progress)
        state.rate = optim.set_rate(state.optimizer, (state.epoch - 1) * steps + step, config.epochs * steps)
        parts = _step(loop, state, *batch)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        done = (state.epoch - 1) * steps + step + 1
        eta = (time.monotonic() - began) / (step + 1) * (config.epochs * steps - done)
        loop.progress.on_step(state.epoch, config.epochs, step + 1, steps, parts["loss"], eta)
    return {name: total / steps for name, total in sums.items()}


def _step(
    loop: TrainingLoop, state: TrainingState, squares: torch.Tensor, targets: list[LearningTarget]
) -> dict[str, float]:
    """One step downhill; returns the loss and its parts."""
    images = normalise(squares.to(state.device), loop.info.mean, loop.info.std)
    there = [LearningTarget(target.boxes.to(state.device), target.labels.to(state.device)) for target in targets]
    with device.fast_arithmetic(state.device):
        parts = state.network.losses(images, there)
    loss = torch.stack(list(parts.values())).sum()
    if not torch.isfinite(loss):
        raise DivergedError("The loss is no longer a number: try a smaller learning rate.")
    optim.descend(state.optimizer, loss)
    state.average.update(state.network)
    values = {"loss": loss.item()}
    return values if len(parts) == 1 else values | {f"loss_{name}": part.item() for name, part in parts.items()}


def _evaluate(loop: TrainingLoop, state: TrainingState) -> Evaluation:
    network, progress = state.average.network, loop.progress
    return evaluate_network(network, loop.info, loop.labels, loop.validation, "val", lambda: stop_if_asked(progress))


def _write_best(loop: TrainingLoop, snapshot: Checkpoint, evaluation: Evaluation) -> None:
    write_report(evaluation, loop.out / "evaluation.json")
    checkpoint.save(snapshot, loop.out / "best.pt")


def _diagnose(loop: TrainingLoop, dataset: Dataset) -> None:
    """Write into `evaluation.json` why the run found next to nothing, where it did."""
    path = loop.out / "evaluation.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    curve = [row["values"] for row in _rows(loop.out / "metrics.jsonl")]
    headline = checkpoint.load(loop.out / "best.pt").metrics.get(TASKS[loop.info.task].headline)
    found = diagnoses(loop.config, loop.info, dataset, headline, curve)
    for diagnosis in found:
        loop.progress.on_log(diagnosis.detail)
    write_report(Evaluation({}, report | {"diagnoses": [diagnosis.to_dict() for diagnosis in found]}), path)


def _summary(loop: TrainingLoop, threads: int) -> str:
    counts = f"{len(loop.training)} training and {len(loop.validation)} validation images"
    return f"{loop.info.title}: {counts}, {len(loop.labels)} labels, {loop.config.epochs} epochs on {threads} threads"


def _keep_metrics_until(path: Path, epoch: int) -> None:
    """Drop the lines of epochs that are to be done again."""
    kept = [row for row in _rows(path) if row["epoch"] <= epoch]
    path.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")


def _rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

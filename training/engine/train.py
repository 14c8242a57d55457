"""The training loop: a run folder in, `out/best.pt` and `out/evaluation.json` out, resumable after every epoch."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from annotations.dataset.records import Dataset, Split
from training.engine import batches, catalog, checkpoint, device, optim
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import Examples, read_examples, usable_images
from training.engine.errors import ConfigError, DataError, DivergedError
from training.engine.evaluate import Evaluation, evaluate_network, write_report
from training.engine.network import Target, normalise
from training.engine.progress import Progress, stop_if_asked
from training.engine.state import TrainingState, resume, start
from training.engine.weights import starting_network


@dataclass(frozen=True, slots=True)
class Run:
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
    run = _prepare(config, dataset, folder, progress, threads)
    state = resume(run.out / "last.pt", config, run.labels, progress)
    if state is None:
        network = starting_network(config, run.labels, run.training, folder, weights_dir, progress)
        state = start(network, config)
        progress.on_log(_summary(run, threads))
    _keep_metrics_until(run.out / "metrics.jsonl", state.epoch)
    while state.epoch < config.epochs:
        _epoch(run, state)
    return checkpoint.load(run.out / "best.pt")


def _prepare(config: Config, dataset: Dataset, folder: Path, progress: Progress, threads: int) -> Run:
    info = catalog.model_info(config.model)
    if info.task != dataset.task:
        raise ConfigError(f"{info.title} does {info.task}; this project does {dataset.task}.")
    if not dataset.labels:
        raise DataError("The project has no labels.")
    out = folder / "out"
    out.mkdir(exist_ok=True)

    def examples(split: Split) -> Examples:
        images = usable_images(dataset, dataset.split(split))
        return read_examples(dataset, images, folder, config.image_size, lambda: stop_if_asked(progress), threads)

    run = Run(config, info, dataset.labels, examples("train"), examples("val"), out, progress)
    if len(run.training) == 0:
        raise DataError("There are no labelled images in the training split: label some first.")
    if not any(len(labels) for labels in run.training.labels):
        raise DataError("No training image has a box: there is nothing to learn from.")
    if len(run.validation) == 0:
        progress.on_log("No labelled image in the validation split: nothing measures this run; the last epoch is kept.")
    return run


def _epoch(run: Run, state: TrainingState) -> None:
    """One epoch: train, evaluate the averaged weights, write down where we are."""
    began = time.monotonic()
    state.epoch += 1
    losses = _train_epoch(run, state)
    evaluation = _evaluate(run, state)
    values = losses | evaluation.metrics | {"learning_rate": state.rate}
    is_best = state.is_best(evaluation.score)
    snapshot = state.as_checkpoint(run.info, run.labels, run.config, evaluation.metrics)
    if is_best:
        _write_best(run, snapshot, evaluation)
    seconds = time.monotonic() - began
    eta = seconds * (run.config.epochs - state.epoch)
    # Told before it is kept: a process killed in between tells the same epoch twice, and none is missing.
    _append(run.out / "metrics.jsonl", {"epoch": state.epoch, "seconds": round(seconds, 2), "values": values})
    run.progress.on_metrics(state.epoch, run.config.epochs, values, seconds, eta)
    checkpoint.save(snapshot, run.out / "last.pt", state.as_dict())
    run.progress.on_checkpoint("out/last.pt", state.epoch)


def _train_epoch(run: Run, state: TrainingState) -> dict[str, float | None]:
    """Every training image once (a few images: several times); returns the mean of each part of the loss."""
    config = run.config
    torch.manual_seed(config.seed * 1009 + state.epoch)
    order = batches.epoch_order(len(run.training), config.batch_size, config.seed, state.epoch)
    steps = len(order)
    state.network.train()
    sums: dict[str, float] = {}
    began = time.monotonic()
    for step, batch in enumerate(batches.training_batches(run.training, order, config.seed, state.epoch)):
        stop_if_asked(run.progress)
        state.rate = optim.set_rate(state.optimizer, (state.epoch - 1) * steps + step, config.epochs * steps)
        parts = _step(run, state, *batch)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        done = (state.epoch - 1) * steps + step + 1
        eta = (time.monotonic() - began) / (step + 1) * (config.epochs * steps - done)
        run.progress.on_step(state.epoch, config.epochs, step + 1, steps, parts["loss"], eta)
    return {name: total / steps for name, total in sums.items()}


def _step(run: Run, state: TrainingState, squares: torch.Tensor, targets: list[Target]) -> dict[str, float]:
    """One step downhill; returns the loss and its parts."""
    images = normalise(squares.to(state.device), run.info.mean, run.info.std)
    there = [Target(target.boxes.to(state.device), target.labels.to(state.device)) for target in targets]
    with device.fast_arithmetic(state.device):
        parts = state.network.losses(images, there)
    loss = torch.stack(list(parts.values())).sum()
    if not torch.isfinite(loss):
        raise DivergedError("The loss is no longer a number: try a smaller learning rate.")
    optim.descend(state.optimizer, loss)
    state.average.update(state.network)
    values = {"loss": loss.item()}
    return values if len(parts) == 1 else values | {f"loss_{name}": part.item() for name, part in parts.items()}


def _evaluate(run: Run, state: TrainingState) -> Evaluation:
    network, progress = state.average.network, run.progress
    return evaluate_network(network, run.info, run.labels, run.validation, "val", lambda: stop_if_asked(progress))


def _write_best(run: Run, snapshot: Checkpoint, evaluation: Evaluation) -> None:
    write_report(evaluation, run.out / "evaluation.json")
    checkpoint.save(snapshot, run.out / "best.pt")


def _summary(run: Run, threads: int) -> str:
    counts = f"{len(run.training)} training and {len(run.validation)} validation images"
    return f"{run.info.title}: {counts}, {len(run.labels)} labels, {run.config.epochs} epochs on {threads} threads"


def _keep_metrics_until(path: Path, epoch: int) -> None:
    """Drop the lines of epochs that are to be done again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if json.loads(line)["epoch"] <= epoch]
    path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")


def _append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

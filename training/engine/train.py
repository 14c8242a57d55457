"""The training loop: a run folder in, `out/best.pt` and `out/evaluation.json` out, resumable after every epoch."""

import json
import math
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from annotations.dataset.records import Dataset, Split
from training.engine import batches, catalog, checkpoint, device, optim
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import Examples, chosen_images, read_examples, usable_images
from training.engine.errors import ConfigError, DataError, DivergedError
from training.engine.evaluate import Evaluation, evaluate_network, write_report
from training.engine.network import LearningTarget, normalise
from training.engine.parameters import hold_still, still_of
from training.engine.progress import Progress, stop_if_asked
from training.engine.state import TrainingState, resume, start
from training.engine.transforms import Views
from training.engine.weights import starting_network


@dataclass(frozen=True)
class TrainingLoop:
    """What stays the same from the first step to the last."""

    config: Config
    info: catalog.ModelInfo
    labels: tuple[str, ...]
    training: Examples
    validation: Examples
    out: Path
    progress: Progress
    pool: tuple[int, ...]
    """The training images of one epoch, by index; those of rare labels may come several times."""

    @cached_property
    def steps_per_epoch(self) -> int:
        return len(batches.epoch_order(len(self.pool), self.config.batch_size, self.config.seed, 1))

    @property
    def steps(self) -> int:
        """Of the whole run."""
        return self.config.iterations or self.config.epochs * self.steps_per_epoch

    @property
    def epochs(self) -> int:
        """The last one may be cut short."""
        return math.ceil(self.steps / self.steps_per_epoch)

    def order(self, epoch: int) -> list[list[int]]:
        """The images of each step of the epoch, from 1."""
        order = batches.epoch_order(len(self.pool), self.config.batch_size, self.config.seed, epoch)
        left = self.steps - (epoch - 1) * self.steps_per_epoch
        return [[self.pool[i] for i in indices] for indices in order[:left]]


def train(
    config: Config, dataset: Dataset, folder: Path, progress: Progress, weights_dir: Path | None = None
) -> Checkpoint:
    """Train on the folder's labelled images and return the best checkpoint, which is `out/best.pt`.

    Goes on from `out/last.pt` when an earlier process left one. Raises an EngineError on what the user can mend,
    and Stopped when `progress` asks for it.
    """
    threads = device.use_threads(config.threads)
    loop = _prepare(config, dataset, folder, progress, threads)
    state = resume(loop.out / "last.pt", config, loop.labels, progress)
    if state is None:
        network = starting_network(config, loop.labels, loop.training, folder, weights_dir, progress)
        state = start(network, config)
        progress.on_log(_summary(loop, threads))
        progress.on_log(f"Held still: {still_of(network)}")
    _keep_metrics_until(loop.out / "metrics.jsonl", state.epoch)
    while state.epoch < loop.epochs and not _is_hopeless(loop, state):
        _epoch(loop, state)
    return checkpoint.load(loop.out / "best.pt")


def _prepare(config: Config, dataset: Dataset, folder: Path, progress: Progress, threads: int) -> TrainingLoop:
    info = catalog.model_info(config.model)
    if info.task != dataset.task:
        raise ConfigError(f"{info.title} does {info.task}; this project does {dataset.task}.")
    info.check(config)
    if not dataset.labels:
        raise DataError("The project has no labels.")
    out = folder / "out"
    out.mkdir(exist_ok=True)

    def examples(split: Split) -> Examples:
        images = usable_images(dataset, dataset.split(split))
        if split == "train":
            images = chosen_images(images, config.learning_images(len(images)), config.seed)
        return read_examples(dataset, images, folder, config.image_size, lambda: stop_if_asked(progress), threads)

    training = examples("train")
    pool = batches.repeated(training.labels, config.rare_share)
    loop = TrainingLoop(config, info, dataset.labels, training, examples("val"), out, progress, tuple(pool))
    if len(loop.training) == 0:
        raise DataError("There are no labelled images in the training split: label some first.")
    if not any(len(labels) for labels in loop.training.labels):
        raise DataError("No training image has a box: there is nothing to learn from.")
    if len(loop.validation) == 0:
        progress.on_log("No labelled image in the validation split: nothing measures this run; the last epoch is kept.")
    return loop


def _is_hopeless(loop: TrainingLoop, state: TrainingState) -> bool:
    """Nothing has become better for as many epochs as the config is patient."""
    waited = state.epoch - state.best_epoch
    hopeless = bool(loop.config.patience and state.best_score is not None and waited >= loop.config.patience)
    if hopeless:
        loop.progress.on_log(f"No better epoch than {state.best_epoch} in {waited}: the run ends here.")
    return hopeless


def _epoch(loop: TrainingLoop, state: TrainingState) -> None:
    """One epoch: train, evaluate the averaged weights, write down where we are."""
    began = time.monotonic()
    state.epoch += 1
    losses = _train_epoch(loop, state)
    evaluation = _evaluate(loop, state)
    done = min(state.epoch * loop.steps_per_epoch, loop.steps)
    values = losses | evaluation.metrics | {"learning_rate": state.rate, "iterations": done}
    is_best = state.is_best(evaluation.score)
    snapshot = state.as_checkpoint(loop.info, loop.labels, loop.config, evaluation.metrics)
    if is_best:
        _write_best(loop, state, snapshot, evaluation)
    seconds = time.monotonic() - began
    eta = seconds * (loop.epochs - state.epoch)
    # Told before it is kept: a process killed in between tells the same epoch twice, and none is missing.
    _append(loop.out / "metrics.jsonl", {"epoch": state.epoch, "seconds": round(seconds, 2), "values": values})
    loop.progress.on_metrics(state.epoch, loop.epochs, values, seconds, eta)
    checkpoint.save(snapshot, loop.out / "last.pt", state.as_dict())
    loop.progress.on_checkpoint("out/last.pt", state.epoch)


def _train_epoch(loop: TrainingLoop, state: TrainingState) -> dict[str, float | None]:
    """Every training image once (a few images: several times); returns the mean of each part of the loss."""
    config = loop.config
    torch.manual_seed(config.seed * 1009 + state.epoch)
    order, before = loop.order(state.epoch), (state.epoch - 1) * loop.steps_per_epoch
    warm_up = optim.warm_up_steps(config, loop.steps_per_epoch)
    state.network.train()
    hold_still(state.network)
    sums: dict[str, float] = {}
    began = time.monotonic()
    views = Views.of(config)
    for step, batch in enumerate(batches.training_batches(loop.training, order, config.seed, state.epoch, views)):
        stop_if_asked(loop.progress)
        state.rate = optim.set_rate(state.optimizer, before + step, loop.steps, warm_up, config.schedule)
        parts = _step(loop, state, *batch)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        eta = (time.monotonic() - began) / (step + 1) * (loop.steps - before - step - 1)
        loop.progress.on_step(state.epoch, loop.epochs, step + 1, len(order), parts["loss"], eta)
    return {name: total / len(order) for name, total in sums.items()}


def _step(
    loop: TrainingLoop, state: TrainingState, squares: torch.Tensor, targets: list[LearningTarget]
) -> dict[str, float]:
    """One step downhill; returns the loss and its parts."""
    images = normalise(squares.to(state.device), loop.info.mean, loop.info.std)
    there = [LearningTarget(target.boxes.to(state.device), target.labels.to(state.device)) for target in targets]
    with device.fast_arithmetic(state.device, loop.config.precision, state.network.bf16_pays_on_cpu):
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


def _write_best(loop: TrainingLoop, state: TrainingState, snapshot: Checkpoint, evaluation: Evaluation) -> None:
    start = state.network.origin.to_dict() if state.network.origin else {}
    start |= {"frozen": still_of(state.network).to_dict()}
    write_report(evaluation.report | {"start": start}, loop.out / "evaluation.json")
    checkpoint.save(snapshot, loop.out / "best.pt")


def _summary(loop: TrainingLoop, threads: int) -> str:
    counts = f"{len(loop.training)} training and {len(loop.validation)} validation images"
    return f"{loop.info.title}: {counts}, {len(loop.labels)} labels, {loop.epochs} epochs on {threads} threads"


def _keep_metrics_until(path: Path, epoch: int) -> None:
    """Drop the lines of epochs that are to be done again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if json.loads(line)["epoch"] <= epoch]
    path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")


def _append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

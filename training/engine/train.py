"""The training loop: a run folder in, `out/best.pt` and `out/evaluation.json` out, resumable after every epoch."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from annotations.dataset.records import Dataset, ImageRecord, Split
from training.engine import anchor_fit, batches, catalog, checkpoint, device, distributed, optim, transfer
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.continuing import Before, before_of
from training.engine.data import Examples, chosen_images, read_examples, usable_images
from training.engine.diagnoses import diagnoses
from training.engine.disk import room_expected
from training.engine.effort import Effort
from training.engine.errors import ConfigError, DataError
from training.engine.evaluate import Evaluation, evaluate_network, write_report
from training.engine.network import Network
from training.engine.parameters import begin_anew, hold_still, still_of
from training.engine.progress import Progress, stop_if_asked
from training.engine.remarks import expect_learnable, remarks
from training.engine.replay import Learned, Pool, has_seen, knows, learned_from, pool_of
from training.engine.state import TrainingState, resume, start
from training.engine.step import take_step
from training.engine.tasks import TASKS
from training.engine.tensorboard import EventFile
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
    pool: Pool
    learned: Learned
    """What its checkpoints have learned from: these training images and those of the runs before it."""

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

    @cached_property
    def effort(self) -> Effort:
        return Effort.of_run(self.config, len(self.pool), len(self.validation), self.epochs)

    def order(self, epoch: int) -> list[list[int]]:
        """The images of each step of the epoch, from 1."""
        order = batches.epoch_order(len(self.pool), self.config.batch_size, self.config.seed, epoch)
        left, pool = self.steps - (epoch - 1) * self.steps_per_epoch, self.pool.of(epoch)
        return [[pool[i] for i in indices] for indices in order[:left]]


def train(
    config: Config, dataset: Dataset, folder: Path, progress: Progress, weights_dir: Path | None = None
) -> Checkpoint:
    """Train on the folder's labelled images and return the best checkpoint, which is `out/best.pt`.

    Goes on from `out/last.pt` when an earlier process left one. Raises an EngineError on what the user can mend,
    and Stopped when `progress` asks for it.
    """
    with room_expected(folder), distributed.joined():
        return _train(config, dataset, folder, progress, weights_dir)


def _train(config: Config, dataset: Dataset, folder: Path, progress: Progress, weights_dir: Path | None) -> Checkpoint:
    threads = device.use_threads(config.threads)
    base = checkpoint.load(folder / "base.pt") if config.base == "checkpoint" else None
    loop = _prepare(config, dataset, folder, base, progress, threads)
    before = _before(loop, base, dataset, folder) if base and config.replay else None
    state = resume(loop.out / "last.pt", loop.config, loop.labels, progress)
    if state is None:
        state = _begin(loop, folder, weights_dir, threads)
    loop = replace(loop, config=state.config)
    curves = _begin_curves(loop, state) if distributed.rank() == 0 else None
    while state.epoch < loop.epochs and not _is_hopeless(loop, state):
        _epoch(loop, state, curves)
    if distributed.rank() == 0:
        _complete_report(loop, dataset, before)
    distributed.wait()
    return checkpoint.load(loop.out / "best.pt")


def _begin(loop: TrainingLoop, folder: Path, weights_dir: Path | None, threads: int) -> TrainingState:
    config, progress = loop.config, loop.progress
    with distributed.first_alone():
        network = starting_network(config, loop.labels, loop.training, folder, weights_dir, progress)
    progress.on_log(_summary(loop, threads))
    origin = network.origin
    if origin and origin.known is not None:
        config, choice = transfer.chosen(config, loop.info.task, len(loop.training), origin.known)
        network.origin = origin = replace(origin, transfer=choice)
        progress.on_log(choice.reason)
    if origin and config.freeze == "early":
        network.origin = replace(origin, random=begin_anew(network))
    state = start(network, config)
    progress.on_log(_learning(network))
    return state


def _prepare(
    config: Config, dataset: Dataset, folder: Path, base: Checkpoint | None, progress: Progress, threads: int
) -> TrainingLoop:
    info = catalog.model_info(config.model)
    if info.task != dataset.task:
        raise ConfigError(f"{info.title} does {info.task}; this project does {dataset.task}.")
    config = _fitted(config, dataset, base, progress)
    info.check(config)
    out = folder / "out"
    out.mkdir(exist_ok=True)

    learned = base.learned if base else {}

    def examples(split: Split) -> Examples:
        images = usable_images(dataset, dataset.split(split))
        if split == "train":
            images = chosen_images(images, config.learning_images(len(images)), config.seed)
        elif config.replay:
            images = _unseen(images, learned, progress)
        return read_examples(dataset, images, folder, config.picture_size, lambda: stop_if_asked(progress), threads)

    training = examples("train")
    expect_learnable(dataset.labels, training)
    is_old = [knows(learned, image) for image in training.images]
    pool = pool_of(batches.repeated(training.labels, config.rare_share), is_old, config)
    if config.replay:
        _expect_news(is_old, learned, pool, progress)
    validation = examples("val")
    if streamed := training.squares.streamed + validation.squares.streamed:
        progress.on_log(f"{streamed} images are decoded each time they are seen: memory is kept for the rest.")
    for remark in remarks(dataset.labels, training, validation):
        progress.on_log(remark)
    learned = {**learned, **learned_from(training.images)}
    loop = TrainingLoop(config, info, dataset.labels, training, validation, out, progress, pool, learned)
    if min(map(len, loop.order(1))) < distributed.world_size():
        raise ConfigError(f"batch_size must give each of the {distributed.world_size()} processes an image at least.")
    return loop


def _unseen(images: Sequence[ImageRecord], learned: Learned, progress: Progress) -> tuple[ImageRecord, ...]:
    """Validation images that the base has not learned from: the others would say nothing of new pictures."""
    unseen = tuple(image for image in images if not has_seen(learned, image))
    if left_out := len(images) - len(unseen):
        progress.on_log(f"{left_out} validation images are left out: the base learned from them.")
    return unseen


def _expect_news(is_old: Sequence[bool], learned: Learned, pool: Pool, progress: Progress) -> None:
    """Raises DataError where the base has learned from all training images as they are labelled."""
    if all(is_old):
        raise DataError("Nothing is new since the base run: label more training images, or train on all of them again.")
    if not learned:
        progress.on_log("The base does not tell what it learned from: all images count as new.")
    old, new = sum(is_old), len(is_old) - sum(is_old)
    progress.on_log(f"{new} images are new to the base; beside them an epoch sees {pool.replayed} of {old} others.")


def _before(loop: TrainingLoop, base: Checkpoint, dataset: Dataset, folder: Path) -> Before | None:
    validation = loop.validation
    if base.picture_size != loop.config.picture_size:
        validation = read_examples(dataset, validation.images, folder, base.picture_size)
    return before_of(base, loop.labels, validation, loop.progress)


def _fitted(config: Config, dataset: Dataset, base: Checkpoint | None, progress: Progress) -> Config:
    """The config with anchors and image size that serve the training boxes; those of the base where it has its own."""
    info, base_config = catalog.model_info(config.model), base.config if base else None
    config, line = anchor_fit.chosen(config, info, dataset.split("train"), base_config)
    if line:
        progress.on_log(line)
    return config


def _is_hopeless(loop: TrainingLoop, state: TrainingState) -> bool:
    """Nothing has become better for as many epochs as the config is patient, and the last of them was evaluated."""
    waited = state.epoch - state.best_epoch
    is_judged = state.best_score is not None and loop.effort.is_evaluated(state.epoch)
    hopeless = bool(loop.config.patience and is_judged and waited >= loop.config.patience)
    if hopeless:
        loop.progress.on_log(f"No better epoch than {state.best_epoch} in {waited}: the run ends here.")
    return hopeless


def _epoch(loop: TrainingLoop, state: TrainingState, curves: EventFile | None) -> None:
    """One epoch: train, evaluate the averaged weights where it is time to, write down where we are.

    The first process alone has curves.
    """
    began = time.monotonic()
    state.epoch += 1
    losses = _train_epoch(loop, state)
    evaluation = _evaluate(loop, state) if loop.effort.is_evaluated(state.epoch) else None
    metrics = evaluation.metrics if evaluation else {}
    done = min(state.epoch * loop.steps_per_epoch, loop.steps)
    values = losses | metrics | {"learning_rate": state.rate, "iterations": done}
    is_best = evaluation is not None and state.is_best(evaluation.score)
    if curves is None:
        return
    snapshot = state.as_checkpoint(loop.info, loop.labels, loop.config, metrics, loop.learned)
    if evaluation is not None and is_best:
        _write_best(loop, state, snapshot, evaluation)
    seconds = time.monotonic() - began
    left = loop.effort.of_epochs(range(state.epoch + 1, loop.epochs + 1))
    eta = seconds * left / loop.effort.of_epochs([state.epoch])
    # Told before it is kept: a process killed in between tells the same epoch twice, and none is missing.
    _append(loop.out / "metrics.jsonl", {"epoch": state.epoch, "seconds": round(seconds, 2), "values": values})
    curves.write(min(loop.steps, state.epoch * loop.steps_per_epoch), values)
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
        place = f"epoch {state.epoch}, step {step + 1}"
        parts = take_step(state, config, loop.info, batch, place, loop.progress)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        eta = (time.monotonic() - began) / (step + 1) * (loop.steps - before - step - 1)
        loop.progress.on_step(state.epoch, loop.epochs, step + 1, len(order), parts["loss"], eta)
    return dict(distributed.mean_values({name: total / len(order) for name, total in sums.items()}))


def _evaluate(loop: TrainingLoop, state: TrainingState) -> Evaluation:
    return evaluate_network(
        state.average.network,
        loop.info,
        loop.labels,
        loop.config,
        loop.validation,
        "val",
        lambda: stop_if_asked(loop.progress),
    )


def _write_best(loop: TrainingLoop, state: TrainingState, snapshot: Checkpoint, evaluation: Evaluation) -> None:
    start = state.network.origin.to_dict() if state.network.origin else {}
    start |= {"frozen": still_of(state.network).to_dict()}
    start |= {"replay": loop.pool.to_dict()} if loop.config.replay else {}
    write_report(evaluation.report | {"start": start}, loop.out / "evaluation.json")
    checkpoint.save(snapshot, loop.out / "best.pt")


def _complete_report(loop: TrainingLoop, dataset: Dataset, before: Before | None) -> None:
    """Write into `evaluation.json` why the run found next to nothing, where it did, and each label before and after."""
    path = loop.out / "evaluation.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    curve = [row["values"] for row in _rows(loop.out / "metrics.jsonl")]
    headline = checkpoint.load(loop.out / "best.pt").metrics.get(TASKS[loop.info.task].headline)
    found = diagnoses(loop.config, loop.info, dataset, headline, curve)
    for diagnosis in found:
        loop.progress.on_log(diagnosis.detail)
    more: dict[str, Any] = {"before": before.compared(report)} if before else {}
    write_report(report | {"diagnoses": [diagnosis.to_dict() for diagnosis in found]} | more, path)


def _summary(loop: TrainingLoop, threads: int) -> str:
    counts = f"{len(loop.training)} training and {len(loop.validation)} validation images"
    return f"{loop.info.title}: {counts}, {len(loop.labels)} labels, {loop.epochs} epochs on {threads} threads"


def _learning(network: Network) -> str:
    found = still_of(network)
    return f"Held still: {found}" if found.still else f"All {found.size:,} parameters learn."


def _begin_curves(loop: TrainingLoop, state: TrainingState) -> EventFile:
    _keep_metrics_until(loop.out / "metrics.jsonl", state.epoch)
    return EventFile(loop.out, state.epoch * loop.steps_per_epoch + 1)


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

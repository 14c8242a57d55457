"""How many images a CPU-second each model learns from, every parameter learning: a batch from squares to new weights.

    python -m bench.training.steps [MODEL …]

One thread, in a child process with the environment that a worker gives it; the median of some steps. Weights are
random: they make no step slower or faster.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from training.engine import optim
from training.engine.batches import training_batches
from training.engine.catalog import MODELS, model_info
from training.engine.config import TRAINING_ENVIRONMENT
from training.engine.data import Examples
from training.engine.device import fast_arithmetic, loss_scaler
from training.engine.families import build_network
from training.engine.network import normalise
from training.engine.squares import Squares

BATCH, STEPS = 16, 7
BARS = {"ssd_mobilenet_v1_075": 25.0, "ssdlite320_mobilenet_v3_large": 20.0}
"""Images a CPU-second."""


def images_per_second(model: str) -> float:
    """Of the model's default size and arithmetic on this CPU."""
    torch.set_num_threads(1)
    step = _step(model)
    step(0)
    seconds = []
    for number in range(1, STEPS + 1):
        began = time.process_time()
        step(number)
        seconds.append(time.process_time() - began)
    return BATCH / statistics.median(seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("models", nargs="*", default=list(MODELS), metavar="MODEL")
    parser.add_argument("--here", action="store_true", help="in this process: the number alone")
    options = parser.parse_args()
    if options.here:
        print(images_per_second(options.models[0]))
        return 0
    return 1 if sum(not _report(model) for model in options.models) else 0


def _report(model: str) -> bool:
    command = [sys.executable, "-m", "bench.training.steps", "--here", model]
    child = subprocess.run(
        command, env=os.environ | TRAINING_ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
    )
    found, bar = float(child.stdout), BARS.get(model, 0.0)
    verdict = "" if not bar else f", {'ok' if found >= bar else 'UNDER THE BAR'} (at least {bar:g})"
    print(f"{model}: {found:.1f} images a CPU-second{verdict}", flush=True)
    return found >= bar


def _step(model: str) -> Callable[[int], None]:
    """`step(number)`: one batch of random squares, each with something in its middle."""
    info = model_info(model)
    network = build_network(info, 1, info.image_size)
    network.fold()
    network.train()
    optimizer = optim.build_optimizer(network, replace(info.default_config, base="none"))
    average = optim.Average(network)
    examples, scaler = _examples(info.image_size), loss_scaler(torch.device("cpu"), "auto")

    def step(number: int) -> None:
        squares, targets = next(training_batches(examples, [list(range(BATCH))], 0, number))
        images = normalise(squares, info.mean, info.std)
        with fast_arithmetic(torch.device("cpu"), "auto", network.bf16_pays_on_cpu):
            parts = network.losses(images, targets)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        optim.descend(optimizer, scaler)
        average.update(network)

    return step


def _examples(size: int) -> Examples:
    squares = np.random.default_rng(0).integers(0, 256, (BATCH, size, size, 3), np.uint8)
    boxes = [np.array([[0.2, 0.2, 0.7, 0.8]], np.float32)] * BATCH
    return Examples((), Squares.kept(squares), boxes, [np.zeros(1, np.int64)] * BATCH)


if __name__ == "__main__":
    sys.exit(main())

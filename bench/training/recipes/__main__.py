"""`python -m bench.training.recipes NAME FOLDER --weights-dir DIR --seed N`: a peer's recipe on a run folder.

A line of JSON says how good the network is on the validation images, after every EVERY epochs and the last, and how
many CPU seconds the process took so far without saying so: a peer's training does not pay for our evaluation.
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch

from bench.training.recipes import pytorch_ssd, torchvision_reference
from training.engine.data import read_run_folder, usable_images
from training.engine.tasks import TASKS

RECIPES = {"torchvision": torchvision_reference, "pytorch-ssd": pytorch_ssd}


EVERY = 3
"""A run of ours has 8 epochs to choose the best of, a peer's is looked at 10 times."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights-dir", type=Path, default=os.environ.get("BOXWRIGHT_WEIGHTS_DIR"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dataset, rules = read_run_folder(options.folder), TASKS["detection"].rules
    seen = usable_images(dataset, dataset.split("val"))
    recipe, evaluating = RECIPES[options.recipe], 0.0
    trained = recipe.epochs(dataset, options.folder, options.weights_dir, options.seed)
    for epoch, find in enumerate(trained, start=1):
        if epoch % EVERY and epoch < recipe.EPOCHS:
            continue
        began = time.process_time()
        metrics, _ = rules.evaluation(seen, [find(image) for image in seen], dataset.labels)
        evaluating += time.process_time() - began
        cpu_seconds = time.process_time() - evaluating
        print(json.dumps({"epoch": epoch, **metrics, "cpu_seconds": cpu_seconds}), flush=True)


if __name__ == "__main__":
    main()

"""jetson-inference's `train_ssd.py` (pytorch-ssd) with its defaults, on SSD with MobileNetV1, width 0.75.

https://github.com/dusty-nv/jetson-inference/blob/master/docs/pytorch-ssd.md. Class heads are new. There box heads are,
too; here they keep the published weights, in its favour.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from annotations.dataset.records import AnnotationRecord, Dataset, ImageRecord
from bench.training.recipes.ssd_views import random_view
from training.engine.catalog import model_info
from training.engine.config import Config
from training.engine.data import usable_images
from training.engine.detectors.ssd_mobilenet_v1 import Edition, SsdMobilenetV1
from training.engine.network import LearningTarget, fold_batch_norm
from training.engine.scoring import Scoring
from training.engine.tasks import TASKS
from training.engine.weight_files import find_weights, read_weights

MODEL = "ssd_mobilenet_v1_075"
EPOCHS = 30
BATCH = 4
RATE, TRUNK_RATE, MOMENTUM, DECAY = 0.01, 0.001, 0.9, 0.0005
COSINE_EPOCHS = 100
"""The rate's way down is longer than the training."""
CALIBRATING = 64
"""Images."""
MEAN = (127, 127, 127)


def epochs(
    dataset: Dataset, folder: Path, weights_dir: Path, seed: int
) -> Iterator[Callable[[ImageRecord], list[AnnotationRecord]]]:
    """Trains; after each epoch what the network finds in an image."""
    images = [image for image in usable_images(dataset, dataset.split("train")) if image.annotations]
    plain = torch.stack([_pixels(_picture(image, folder)) for image in images[:CALIBRATING]])
    network = _network(len(dataset.labels), weights_dir, plain)
    heads = [*network.class_heads.parameters(), *network.box_heads.parameters()]
    groups: list[dict[str, Any]] = [
        {"params": network.features.parameters(), "lr": TRUNK_RATE},
        {"params": network.extras.parameters()},
        {"params": heads},
    ]
    optimizer = torch.optim.SGD(groups, RATE, MOMENTUM, weight_decay=DECAY)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, COSINE_EPOCHS)
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        network.train()
        order = rng.permutation(len(images))
        for start in range(0, len(order), BATCH):
            samples = [_sample(images[i], dataset, folder, rng) for i in order[start : start + BATCH]]
            losses = network.losses(torch.stack([pixels for pixels, _ in samples]), [truth for _, truth in samples])
            optimizer.zero_grad()
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        scheduler.step()
        yield partial(_found, network.eval(), dataset, folder)


def _network(label_count: int, weights_dir: Path, plain: Tensor) -> SsdMobilenetV1:
    """Published weights under new class heads; BatchNorm in the trunk has the statistics of `plain` images."""
    info = model_info(MODEL)
    path = find_weights(info, [weights_dir])
    if path is None:
        raise SystemExit(f"none of {', '.join(info.weight_files)} is in {weights_dir}")
    edition = Edition(width=0.75, scoring=Scoring.SOFTMAX_WITH_BACKGROUND)
    network = SsdMobilenetV1(edition, label_count, info.image_size)
    published = read_weights(info, path)
    own = {name: value for name, value in published.items() if not name.startswith("class_heads")}
    network.load_state_dict(network.state_dict() | own)
    fold_batch_norm(network.extras)  # theirs have none
    unfold(network, plain)
    for head in network.class_heads:
        assert isinstance(head, nn.Conv2d)
        nn.init.xavier_uniform_(head.weight)
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    network.requires_grad_()
    return network


@torch.no_grad()
def unfold(network: SsdMobilenetV1, images: Tensor) -> None:
    """Give the trunk's BatchNorms, of which the file has only the bias, the statistics of `images`.

    What it says of an image stays the same. Folded, as the file has it, AP on raccoon was 0.29 after three epochs
    instead of 0.49.
    """

    def see(norm: nn.BatchNorm2d, seen: tuple[Tensor]) -> None:
        variance, mean = torch.var_mean(seen[0], (0, 2, 3))
        norm.bias.add_(mean)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.running_mean, norm.running_var = mean, variance

    norms = [module for module in network.features.modules() if isinstance(module, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(see) for norm in norms]
    network.eval()(images)
    for hook in hooks:
        hook.remove()


def _sample(
    image: ImageRecord, dataset: Dataset, folder: Path, rng: np.random.Generator
) -> tuple[Tensor, LearningTarget]:
    shares, labels = TASKS["detection"].rules.truth(image, dataset.labels)
    boxes = shares * np.array([image.width, image.height] * 2, np.float32)
    picture, boxes, labels = random_view(_picture(image, folder), boxes, labels, rng, MEAN)
    moved = torch.from_numpy(boxes) / torch.tensor(picture.size * 2)
    return _pixels(picture), LearningTarget(moved, torch.from_numpy(labels))


def _picture(image: ImageRecord, folder: Path) -> Image.Image:
    with Image.open(folder / "images" / image.sha256) as picture:
        return picture.convert("RGB")


def _pixels(picture: Image.Image) -> Tensor:
    """[3, S, S], as the network's weights want it."""
    info = model_info(MODEL)
    square = np.array(picture.resize((info.image_size, info.image_size), Image.Resampling.BILINEAR))
    mean, std = (torch.tensor(values)[:, None, None] for values in (info.mean, info.std))
    return (torch.from_numpy(square).permute(2, 0, 1).float().contiguous() - mean) / std


@torch.inference_mode()
def _found(network: SsdMobilenetV1, dataset: Dataset, folder: Path, image: ImageRecord) -> list[AnnotationRecord]:
    said = network.predictions(_pixels(_picture(image, folder))[None])
    sizes = [(image.width, image.height)]
    [found] = TASKS["detection"].rules.annotations(said, network.scoring, dataset.labels, sizes, Config(model=MODEL))
    return found

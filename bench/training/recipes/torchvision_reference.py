"""torchvision's `references/detection/train.py` with its defaults, on its SSDlite with published weights.

https://github.com/pytorch/vision/tree/main/references/detection. Class heads are new, as in torchvision's tutorial of
fine-tuning. Of the tutorial's two images at once BatchNorm of the last map, a single cell, sees two values: on raccoon
AP was 0.17 after three epochs.
"""

import math
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torchvision.models.detection import _utils, ssdlite320_mobilenet_v3_large
from torchvision.models.detection.ssdlite import SSDLiteClassificationHead
from torchvision.transforms.functional import pil_to_tensor

from annotations.dataset.records import AnnotationRecord, Box, Dataset, ImageRecord
from training.engine.catalog import model_info
from training.engine.data import usable_images
from training.engine.tasks import TASKS
from training.engine.weight_files import find_weights, read_weights

MODEL = "ssdlite320_mobilenet_v3_large"
EPOCHS = 26
BATCH = 16
"""Eight GPUs with two images each: RATE is for as many."""
RATE, MOMENTUM, DECAY = 0.02, 0.9, 0.0001
SLOWER_AFTER, SLOWER = (16, 22), 0.1
WARM_UP = 1000
"""Steps, or those of the first epoch but one."""
Sample = tuple[Tensor, dict[str, Tensor]]


def epochs(
    dataset: Dataset, folder: Path, weights_dir: Path, seed: int
) -> Iterator[Callable[[ImageRecord], list[AnnotationRecord]]]:
    """Trains; after each epoch what the network finds in an image."""
    model = _model(len(dataset.labels), weights_dir)
    images = list(usable_images(dataset, dataset.split("train")))
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, SLOWER_AFTER, SLOWER)
    rng = random.Random(seed)
    steps = len(images) // BATCH
    for epoch in range(EPOCHS):
        model.train()
        warm_up = _warm_up(optimizer, min(WARM_UP, steps - 1)) if epoch == 0 else None
        rng.shuffle(images)
        for start in range(0, steps * BATCH, BATCH):
            samples = [_sample(image, dataset, folder, rng) for image in images[start : start + BATCH]]
            loss = sum(model([pixels for pixels, _ in samples], [truth for _, truth in samples]).values())
            if not math.isfinite(loss.item()):
                raise SystemExit(f"the loss is {loss.item()} in epoch {epoch + 1}")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if warm_up:
                warm_up.step()
        scheduler.step()
        yield partial(_found, model.eval(), dataset, folder)


def _model(label_count: int, weights_dir: Path) -> Any:
    info = model_info(MODEL)
    path = find_weights(info, [weights_dir])
    if path is None:
        raise SystemExit(f"none of {', '.join(info.weight_files)} is in {weights_dir}")
    model = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=info.weights.label_count + 1)
    model.load_state_dict(read_weights(info, path))
    channels = _utils.retrieve_out_channels(model.backbone, (info.image_size, info.image_size))
    anchors = model.anchor_generator.num_anchors_per_location()
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.03)
    model.head.classification_head = SSDLiteClassificationHead(channels, anchors, label_count + 1, norm)
    return model


def _warm_up(optimizer: torch.optim.Optimizer, steps: int) -> Any:
    return torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / 1000, total_iters=steps)


def _sample(image: ImageRecord, dataset: Dataset, folder: Path, rng: random.Random) -> Sample:
    """Pixels [3, H, W] in 0..1 with boxes in pixels, mirrored half of the time; label 0 is the background."""
    pixels = _pixels(image, folder)
    shares, labels = TASKS["detection"].rules.truth(image, dataset.labels)
    boxes = torch.from_numpy(shares) * torch.tensor([image.width, image.height] * 2)
    if rng.random() < 0.5:
        pixels = pixels.flip(-1)
        boxes[:, [0, 2]] = image.width - boxes[:, [2, 0]]
    return pixels, {"boxes": boxes, "labels": torch.from_numpy(labels) + 1}


def _pixels(image: ImageRecord, folder: Path) -> Tensor:
    with Image.open(folder / "images" / image.sha256) as picture:
        pixels: Tensor = pil_to_tensor(picture.convert("RGB"))
    return pixels.float() / 255


@torch.inference_mode()
def _found(model: Any, dataset: Dataset, folder: Path, image: ImageRecord) -> list[AnnotationRecord]:
    [said] = model([_pixels(image, folder)])
    rows = zip(said["boxes"].tolist(), said["scores"].tolist(), said["labels"].tolist(), strict=True)
    return [AnnotationRecord(dataset.labels[label - 1], Box(*box), score=score) for box, score, label in rows]

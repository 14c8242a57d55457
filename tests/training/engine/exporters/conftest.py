"""Detectors of raccoons that were never trained (COCO's nearest label answers), classifiers, and pictures for both.

Conversion takes seconds: each checkpoint is converted once for all, and every test packs or breaks a copy.
"""

import fcntl
import functools
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from annotations.dataset.records import AnnotationRecord, Box, Split
from tests.training.engine.conftest import draw_picture, record, write_run
from training.engine import catalog
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import read_examples, read_run_folder
from training.engine.exporters import comparison, litert, tfjs, tflite
from training.engine.exporters.artifact import ARCHIVE, publish
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import Calibration, ExportImages, read_export_images
from training.engine.families import build_network
from training.engine.network import Network, normalise
from training.engine.progress import Silent
from training.engine.targets import TARGETS
from training.engine.weight_files import find_weights
from training.engine.weights import starting_network

RACCOON_LABELS = ("person", "raccoon")
SHAPE_LABELS = ("disc", "square", "nothing")
PHOTOS = 8
RARE = -2.0
"""Logits whose bias is less are of objects that are rare."""

DETECTOR = "ssd_mobilenet_v1_075"
CLASSIFIER = "mobilenet_v3_small"
PACKED = {"tflite", "tfjs"}
"""Targets whose files are packed, at once, from what was converted once."""

Exporters = dict[str, Exporter]
MakeArtifact = Callable[..., Path]
ImagesOf = Callable[[Checkpoint], ExportImages]
MakeCheckpoint = Callable[[str], Checkpoint]
MakeExporters = Callable[[str], Exporters]


def folder_from(variable: str) -> Path:
    if not os.environ.get(variable):
        pytest.skip(f"{variable} is not set: real photographs and weights are needed")
    return Path(os.environ[variable])


@pytest.fixture(scope="session", autouse=True)
def not_timed_again() -> Iterator[None]:
    """Few images are not asked about again for the time that a picture takes: a third of what an artifact costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "TIMED", 1)
        yield


@pytest.fixture(scope="session")
def raccoons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of photographs, six to validate on."""
    source = folder_from("BOXWRIGHT_TEST_DATA") / "raccoon"
    images = []
    for i, description in enumerate(sorted((source / "annotations").glob("*.xml"))[:PHOTOS]):
        content = (source / "images" / f"{description.stem}.jpg").read_bytes()
        split: Split = "train" if i < 2 else "val"
        images.append((record(content, description.stem, split, _voc_annotations(description)), content))
    return write_run(tmp_path_factory.mktemp("raccoons"), images, labels=RACCOON_LABELS)


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of drawings for classification, all to train on."""
    images = []
    for seed in range(6):
        content, annotations = draw_picture(seed)
        images.append(
            (record(content, f"scene-{seed}.png", "train", [AnnotationRecord(annotations[seed % 2].label)]), content)
        )
    return write_run(tmp_path_factory.mktemp("shapes"), images, "classification", SHAPE_LABELS)


@pytest.fixture(scope="session")
def checkpoint_of_model(raccoons: Path) -> MakeCheckpoint:
    """`checkpoint_of_model("mobilenet_v2")`: a detector that finds raccoons untrained, else one of random weights."""

    @functools.cache
    def make(model: str) -> Checkpoint:
        info = catalog.model_info(model)
        if info.task == "classification":
            return random_classifier(model)
        if find_weights(info, [folder_from("BOXWRIGHT_WEIGHTS_DIR")]) is None:
            return random_detector(model, raccoons)
        return untrained_detector(info.default_config, raccoons)

    return make


@pytest.fixture(scope="session")
def detector(checkpoint_of_model: MakeCheckpoint) -> Checkpoint:
    return checkpoint_of_model(DETECTOR)


@pytest.fixture(scope="session")
def classifier(checkpoint_of_model: MakeCheckpoint) -> Checkpoint:
    return checkpoint_of_model(CLASSIFIER)


def untrained_detector(config: Config, raccoons: Path) -> Checkpoint:
    """Its COCO weights with a head for our labels, which are taken from COCO's nearest."""
    dataset = read_run_folder(raccoons)
    examples = read_examples(dataset, dataset.split("train"), raccoons, config.image_size)
    weights = folder_from("BOXWRIGHT_WEIGHTS_DIR")
    network = starting_network(config, RACCOON_LABELS, examples, raccoons, weights, Silent())
    return checkpoint_of(network, config, RACCOON_LABELS)


def random_detector(model: str, raccoons: Path) -> Checkpoint:
    """Random weights, its BatchNorm as if it had seen the photographs: its raw answers differ from place to place.

    Scores differ by more than an artifact's may: of a thousand that are nearly one number any change is another AP.
    """
    torch.manual_seed(0)
    info, dataset = catalog.model_info(model), read_run_folder(raccoons)
    examples = read_examples(dataset, dataset.images, raccoons, info.image_size)
    network = build_network(info, len(RACCOON_LABELS), info.image_size)
    with torch.no_grad():
        network(normalise(torch.from_numpy(examples.squares[:]), info.mean, info.std))
        network.eval()
        _spread(network, normalise(torch.from_numpy(examples.squares[:1]), info.mean, info.std))
    network.fold()
    return checkpoint_of(network, info.default_config, RACCOON_LABELS)


def _spread(network: Network, picture: Tensor) -> None:
    """Logits that begin near one number, as those of rare objects do, spread around it."""
    given: dict[nn.Conv2d, list[Tensor]] = {
        one: []
        for one in network.modules()
        if isinstance(one, nn.Conv2d) and one.bias is not None and one.bias.mean() < RARE
    }
    hooks = [one.register_forward_hook(lambda module, _, output: given[module].append(output)) for one in given]
    network(picture)
    for hook in hooks:
        hook.remove()
    for module, outputs in given.items():
        spread = float(torch.cat([output.flatten() for output in outputs]).std())
        module.weight.data.mul_(max(1.0, 1 / spread))


def random_classifier(model: str) -> Checkpoint:
    """Random weights, but with statistics of real activations: its answers differ from picture to picture."""
    torch.manual_seed(0)
    info = catalog.model_info(model)
    network: Network = catalog.load_module(info.module).build(info, len(SHAPE_LABELS), info.image_size)
    _calibrate(network, info)
    network.fold()
    return checkpoint_of(network, info.default_config, SHAPE_LABELS)


def checkpoint_of(network: Network, config: Config, labels: tuple[str, ...]) -> Checkpoint:
    task = catalog.model_info(config.model).task
    weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    return Checkpoint(config.model, task, labels, config.image_size, config, weights)


@pytest.fixture(scope="session")
def graph_of_model(
    checkpoint_of_model: MakeCheckpoint, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str], bytes]:
    """`graph_of_model("mobilenet_v2")`: converted once, in whichever process of the tests asks first."""

    @functools.cache
    def make(model: str) -> bytes:
        if worker_id == "master":
            return litert.convert(checkpoint_of_model(model))
        place = tmp_path_factory.getbasetemp().parent / f"{model}.tflite"
        with one_process_at(place):
            if not place.exists():
                place.write_bytes(litert.convert(checkpoint_of_model(model)))
        return place.read_bytes()

    return make


@pytest.fixture(scope="session")
def images_of_task(raccoons: Path, shapes: Path) -> ImagesOf:
    folders = {"detection": raccoons, "classification": shapes}
    return lambda checkpoint: read_export_images(folders[checkpoint.task], checkpoint.image_size)


@pytest.fixture(scope="session")
def make_artifact(
    checkpoint_of_model: MakeCheckpoint,
    graph_of_model: Callable[[str], bytes],
    images_of_task: ImagesOf,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> MakeArtifact:
    """`make_artifact(model, target, quantization="none")`: the folder that it was published into, once.

    In whichever process of the tests asks first.
    """

    @functools.cache
    def make(model: str, target: str, quantization: str) -> Path:
        base = tmp_path_factory.getbasetemp()
        out = (base if worker_id == "master" else base.parent) / f"{model}-{target}-{quantization}"
        with one_process_at(out):
            if not (out / ARCHIVE).exists():
                out.mkdir(exist_ok=True)
                checkpoint = checkpoint_of_model(model)
                exporters = exporters_of(functools.partial(graph_of_model, model))
                publish(exporters[target], checkpoint, images_of_task(checkpoint), out, quantization, Silent())
        return out

    return lambda model, target, quantization="none": make(model, target, quantization)


@pytest.fixture(scope="session")
def exporters_of_model(graph_of_model: Callable[[str], bytes], make_artifact: MakeArtifact) -> MakeExporters:
    """`exporters_of_model("mobilenet_v2")`: the product's exporters of all targets, which convert nothing again."""

    @functools.cache
    def make(model: str) -> Exporters:
        exporters = exporters_of(functools.partial(graph_of_model, model))
        artifact = functools.partial(make_artifact, model)
        return {name: one if name in PACKED else unpacking(one, artifact) for name, one in exporters.items()}

    return make


@pytest.fixture(scope="session")
def detector_exporters(exporters_of_model: MakeExporters) -> Exporters:
    return exporters_of_model(DETECTOR)


@pytest.fixture(scope="session")
def classifier_exporters(exporters_of_model: MakeExporters) -> Exporters:
    return exporters_of_model(CLASSIFIER)


@pytest.fixture(scope="session")
def detector_artifact(make_artifact: MakeArtifact) -> MakeArtifact:
    return functools.partial(make_artifact, DETECTOR)


@contextmanager
def one_process_at(place: Path) -> Iterator[None]:
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def exporters_of(graph: Callable[[], bytes]) -> Exporters:
    """The exporter of every target, except that the slow conversion, which some share, is done once."""

    def build_tflite(
        checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration
    ) -> EightBits | None:
        return tflite.pack(graph(), checkpoint, folder, quantization, calibration)

    def build_tfjs(checkpoint: Checkpoint, folder: Path, quantization: str, _calibration: Calibration) -> None:
        tfjs.pack(graph(), checkpoint, folder, quantization)

    exporters = {name: catalog.load_module(info.module).EXPORTER for name, info in TARGETS.items()}
    return exporters | {
        "tflite": replace(tflite.EXPORTER, build=build_tflite),
        "tfjs": replace(tfjs.EXPORTER, build=build_tfjs),
    }


def unpacking(exporter: Exporter, artifact: Callable[[str, str], Path]) -> Exporter:
    """The exporter, but it writes what the artifact holds that was published, papers too."""

    def build(_checkpoint: Checkpoint, folder: Path, quantization: str, _calibration: Calibration) -> None:
        with zipfile.ZipFile(artifact(exporter.target, quantization) / ARCHIVE) as archive:
            archive.extractall(folder)

    return replace(exporter, build=build)


def broken(exporter: Exporter, damage: Callable[[Path], None]) -> Exporter:
    """The exporter, but `damage(model_folder)` happens to what it built."""

    def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> None:
        exporter.build(checkpoint, folder, quantization, calibration)
        damage(folder)

    return replace(exporter, build=build)


def sample_says(folder: Path, picture: Path, least_score: float) -> list[dict[str, Any]]:
    """What `sample.py` of an unpacked bundle prints, in a process of its own that finds none of our code."""
    command = [sys.executable, str(folder / "sample.py"), str(picture), str(least_score)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _voc_annotations(description: Path) -> list[AnnotationRecord]:
    boxes = [found.find("bndbox") for found in ET.parse(description).getroot().iter("object")]
    sides = ("xmin", "ymin", "xmax", "ymax")
    return [
        AnnotationRecord("raccoon", Box(*(float(box.findtext(side) or 0) for side in sides))) for box in boxes if box
    ]


def _calibrate(network: Network, info: catalog.ModelInfo) -> None:
    """BatchNorm statistics from noise of several coarsenesses, and labels that are far apart for the pictures of
    `shapes`: a client's own way of scaling must not choose between two that are nearly as likely."""
    rng = np.random.default_rng(0)
    size = info.image_size
    coarse = [
        rng.integers(0, 256, (8, n, n, 3), dtype=np.uint8).repeat(size // n, 1).repeat(size // n, 2) for n in (2, 7, 32)
    ]
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # plain average
    drawn = [Image.open(io.BytesIO(draw_picture(seed)[0])).convert("RGB").resize((size, size)) for seed in range(6)]
    network.train()
    with torch.no_grad():
        network(normalise(torch.from_numpy(np.concatenate(coarse)), info.mean, info.std))
        network.eval()
        _decide(network, normalise(torch.from_numpy(np.stack([np.asarray(one) for one in drawn])), info.mean, info.std))


def _decide(network: Network, pictures: Tensor) -> None:
    """Of last layers drawn at random the one by which the two likeliest labels of each picture are farthest apart."""
    last = next(module for module in reversed(list(network.modules())) if isinstance(module, nn.Linear))
    given: list[Tensor] = []
    hook = last.register_forward_hook(lambda _, inputs, __: given.append(inputs[0]))
    network(pictures)
    hook.remove()
    mean = given[0].mean(0)

    def logits(weight: Tensor) -> Tensor:
        raw = (given[0] - mean) @ weight.T
        return raw * (1.5 / raw.std())

    def apart(weight: Tensor) -> float:
        likeliest = logits(weight).topk(2).values
        return float((likeliest[:, 0] - likeliest[:, 1]).min())

    best = max((torch.randn_like(last.weight) for _ in range(100)), key=apart)
    last.weight.copy_(best * (1.5 / ((given[0] - mean) @ best.T).std()))
    last.bias.copy_(-(last.weight @ mean))

"""Our classifiers beside torchvision's: the same keys, the same answers, and its files load."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from annotations.dataset.records import AnnotationRecord
from tests.training.engine.conftest import draw_picture
from training.engine.batches import plain_batch
from training.engine.catalog import MODELS
from training.engine.classifiers import vgg
from training.engine.config import Config
from training.engine.data import Examples, read_examples, read_run_folder
from training.engine.families import build_network
from training.engine.network import LearningTarget, Network, normalise
from training.engine.progress import Silent
from training.engine.scoring import Scoring
from training.engine.weights import starting_network

HEAVY = {"resnet50", "vgg16"}
NAMES = [
    pytest.param(name, marks=pytest.mark.full if name in HEAVY else ())
    for name, info in MODELS.items()
    if info.task == "classification" and info.weights.source.startswith("torchvision:")
]
PUBLISHED_ARGUMENTS = {"googlenet": {"aux_logits": True, "init_weights": False, "transform_input": True}}
"""How torchvision makes the network that it loads the published file into."""


def published(name: str) -> Any:
    """torchvision's own network of 1000 labels, its weights random."""
    from torchvision import models

    torch.manual_seed(0)
    return models.get_model(name, weights=None, **PUBLISHED_ARGUMENTS.get(name, {}))


def labels_of(name: str, squares: Tensor, theirs: Any) -> Tensor:
    """What torchvision's network says about uint8 squares, by torchvision's own normalisation of its weights."""
    from torchvision import models

    preset = models.get_model_weights(name).DEFAULT.transforms()
    mean, std = (torch.tensor(values)[:, None, None] for values in (preset.mean, preset.std))
    images = (squares.permute(0, 3, 1, 2).float() / 255 - mean) / std
    logits: Tensor = theirs.eval()(images)
    return logits


@torch.no_grad()
@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_torchvisions(name: str) -> None:
    info, theirs = MODELS[name], published(name)
    ours = build_network(info, 1000, 96).eval()
    ours.load_state_dict({key: value for key, value in theirs.state_dict().items() if not key.startswith("aux")})
    squares = torch.randint(0, 256, (2, 96, 96, 3), dtype=torch.uint8)
    said = ours(normalise(squares, info.mean, info.std))
    torch.testing.assert_close(said, labels_of(name, squares, theirs), atol=1e-4, rtol=1e-3)


@pytest.fixture
def few(tmp_path: Path, write_run: Callable[..., Path], record: Any) -> tuple[Path, Examples]:
    """A run folder of four drawings, and its examples."""
    images = []
    for seed in range(4):
        content, annotations = draw_picture(seed)
        images.append(
            (record(content, f"{seed}.png", "train", [AnnotationRecord(annotations[seed % 2].label)]), content)
        )
    folder = write_run(tmp_path / "run", images, "classification")
    dataset = read_run_folder(folder)
    return folder, read_examples(dataset, dataset.images, folder, 96)


@torch.no_grad()
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_torchvision_wrote_is_where_a_run_starts(
    name: str, tmp_path: Path, few: tuple[Path, Examples]
) -> None:
    info, theirs, (folder, examples) = MODELS[name], published(name), few
    torch.save(theirs.state_dict(), tmp_path / info.weights.file_name)
    network: Network = starting_network(
        Config(name, image_size=96), ("disc", "square"), examples, folder, tmp_path, Silent()
    )
    squares, _ = plain_batch(examples, range(4))
    said = network.eval()(normalise(squares, info.mean, info.std))
    assert said.shape == (4, 2)
    # each label starts as a mixture of ImageNet's rows, so its logit lies among theirs
    all_labels = labels_of(name, squares, theirs)
    assert (said >= all_labels.amin(1, keepdim=True) - 1e-3).all()
    assert (said <= all_labels.amax(1, keepdim=True) + 1e-3).all()


@pytest.mark.parametrize("name", NAMES)
def test_scores_mean_what_the_row_says(name: str) -> None:
    images, wanted = torch.rand(2, 3, 64, 64), [LearningTarget(torch.zeros(0, 4), torch.tensor([i])) for i in (0, 2)]
    network = build_network(replace(MODELS[name], scoring=Scoring.SIGMOID), 3, 64).eval()
    with torch.no_grad():
        scores = network.predictions(images)
        loss = network.losses(images, wanted)["class"]
    truth = F.one_hot(torch.tensor([0, 2]), 3).float()
    torch.testing.assert_close(loss, F.binary_cross_entropy(scores, truth, reduction="sum") / 2)


@pytest.mark.parametrize("size", [2, 3, 7, 10, 14])
def test_vgg_takes_any_size(size: int) -> None:
    maps = torch.randn(2, 3, size, size)
    torch.testing.assert_close(vgg.on_grid(maps), F.adaptive_avg_pool2d(maps, 7))


def test_freezing_vgg_leaves_its_last_layer_to_learn() -> None:
    with torch.device("meta"):
        network = vgg.build(MODELS["vgg16"], 2, 224)
    stages = network.stages()
    assert [len(stage.parameters) for stage in stages] == [4, 4, 6, 6, 6, 2, 2, 2]
    assert [stage.is_trunk for stage in stages] == [True] * 7 + [False]
    assert [parameter.shape[0] for parameter in stages[-1].parameters] == [2, 2]


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_a_resnets_stages_are_its_layers(name: str) -> None:
    with torch.device("meta"):
        network = build_network(MODELS[name], 2, 224)
    names = {id(parameter): key for key, parameter in network.named_parameters()}
    parts = [{names[id(p)].split(".")[0] for p in stage.parameters} for stage in network.stages()]
    assert parts == [{"conv1", "bn1"}, {"layer1"}, {"layer2"}, {"layer3"}, {"layer4"}, {"fc"}]

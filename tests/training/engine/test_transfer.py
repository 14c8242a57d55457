"""What learns where nobody chose: the rule, what it measures, and a run that follows it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.training.engine.test_models import DAILY
from tests.training.engine.tiny import TinyClassifier, TinyDetector
from training.engine import checkpoint, freezing, transfer
from training.engine.catalog import complete_config
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.familiarity import known_share
from training.engine.families import build_network
from training.engine.model_zoo import MODELS
from training.engine.network import LearningTarget
from training.engine.parameters import begin_anew, parameters_of
from training.engine.progress import Silent, Stopped
from training.engine.scoring import Scoring
from training.engine.train import train

LayRun = Callable[..., Path]
Recorders = Callable[..., Any]
SSD = "ssdlite320_mobilenet_v3_large"
AUTO = Config(SSD)
MANY = transfer.MANY_IMAGES["detection"]
FEW = MANY - 1
FINE = replace(AUTO, fine_anchors=((0.1, 0.1),))


@pytest.mark.parametrize(
    ("config", "images", "known", "way"),
    [
        (AUTO, FEW, transfer.KNOWN, "heads"),
        (AUTO, FEW, transfer.KNOWN - 0.01, "all"),
        (AUTO, MANY, 1.0, "all"),
        (AUTO, MANY, 0.0, "all"),
        (FINE, FEW, 1.0, "all"),
    ],
)
def test_few_known_images_teach_the_heads_alone(config: Config, images: int, known: float, way: transfer.Way) -> None:
    choice = transfer.chosen(config, "detection", images, known)
    assert (choice.way, choice.images, choice.known) == (way, images, known)
    assert str(images) in choice.reason
    assert f"{known:.0%} of their boxes" in choice.reason


def test_before_the_start_what_is_known_is_said() -> None:
    assert "if the base finds 50% of their boxes or more" in transfer.expected(AUTO, "detection", FEW)
    assert transfer.expected(AUTO, "detection", MANY).endswith("trunk and heads learn, from the base.")
    assert transfer.expected(FINE, "detection", FEW).startswith("Finer anchors")
    assert transfer.expected(replace(AUTO, base="none"), "detection", FEW) == ""
    assert transfer.expected(replace(AUTO, freeze="trunk"), "detection", FEW) == ""


class Says(TinyDetector):
    """Always the same."""

    def __init__(self, scores: Sequence[float], boxes: Sequence[Sequence[float]]) -> None:
        super().__init__(Scoring.SIGMOID, 1, 64)
        self.said = torch.tensor(scores)[None, :, None], torch.tensor(boxes)[None]

    def predictions(self, images: Tensor) -> tuple[Tensor, Tensor]:
        del images
        return self.said


LEFT, RIGHT = [0.0, 0.0, 0.4, 0.4], [0.6, 0.6, 1.0, 1.0]


@pytest.mark.parametrize(
    ("scores", "share"), [([0.9, 0.9], 1.0), ([0.9, 0.1], 0.5), ([0.1, 0.1], 0.0)], ids=["both", "one", "none"]
)
def test_a_detector_knows_the_boxes_that_it_finds(scores: list[float], share: float) -> None:
    truth = LearningTarget(torch.tensor([LEFT, RIGHT]), torch.tensor([0, 1]))
    assert known_share(Says(scores, [LEFT, RIGHT]), torch.zeros(1), [truth]) == share


def test_without_a_box_nothing_is_known() -> None:
    truth = LearningTarget(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    assert known_share(Says([0.9], [LEFT]), torch.zeros(1), [truth]) == 0.0


class Answers(TinyClassifier):
    """Gives the images back."""

    def predictions(self, images: Tensor) -> Tensor:
        return images


@pytest.mark.parametrize(
    ("labels", "share"),
    [
        ([0, 0, 0, 1, 1, 1], 1.0),
        ([0, 1, 1, 1, 1, 0], 0.0),
        ([0, 0, 0, 1, 1, 2], 1.0),
        ([0, 0, 0, 0, 0, 0], 0.0),
        ([0, 1, 2, 3, 4, 5], 0.0),
    ],
    ids=["told apart", "mixed", "one alone", "one label", "all alone"],
)
def test_a_classifier_knows_the_labels_that_its_answers_tell(labels: list[int], share: float) -> None:
    answers = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])
    targets = [LearningTarget(torch.zeros(0, 4), torch.tensor([label])) for label in labels]
    assert known_share(Answers(Scoring.SOFTMAX, 2), answers, targets) == pytest.approx(share)


def lay_on_base(lay_run: LayRun, **config: Any) -> Path:
    """A run on a checkpoint of random weights, which know nothing."""
    folder = lay_run(base="checkpoint", **config)
    torch.manual_seed(3)
    network = build_network(MODELS[SSD], 2, 64)
    network.fold()
    saved = checkpoint.Checkpoint(SSD, "detection", ("disc", "square"), 64, AUTO, network.state_dict())
    checkpoint.save(saved, folder / "base.pt")
    return folder


def run(folder: Path, progress: Any = None) -> checkpoint.Checkpoint:
    config = complete_config({"model": SSD, **json.loads((folder / "config.json").read_text())})
    return train(config, read_run_folder(folder), folder, progress or Silent())


def choice_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "evaluation.json").read_text())["start"]["transfer"]
    return found


def test_a_run_follows_the_rule_and_goes_on_with_its_choice(
    lay_run: LayRun, recorder: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay_on_base(lay_run, epochs=2)
    monkeypatch.setattr(transfer, "KNOWN", 0.0)  # then random weights know enough
    with pytest.raises(Stopped):
        run(folder, recorder(stop_after_steps=8))  # in the second epoch
    chosen = choice_of(folder)
    assert (chosen["way"], chosen["images"]) == ("heads", 6)
    monkeypatch.undo()
    told = recorder()
    best = run(folder, told)  # would choose otherwise now
    assert any("Going on after epoch 1" in line for line in told.lines)
    assert best.config.freeze == "trunk"
    assert choice_of(folder) == chosen
    before = checkpoint.load(folder / "base.pt").weights
    trunk = [row.name for row in freezing.parameter_table(SSD) if row.is_trunk]
    assert all(torch.equal(before[name], best.weights[name]) for name in trunk)


def test_where_the_base_knows_nothing_everything_learns(lay_run: LayRun, recorder: Recorders) -> None:
    folder, told = lay_on_base(lay_run, train=2, val=1), recorder()
    assert run(folder, told).config.freeze == "none"
    chosen = choice_of(folder)
    assert chosen["way"] == "all"
    assert chosen["reason"] in told.lines


def test_what_somebody_chose_stays(lay_run: LayRun) -> None:
    folder = lay_on_base(lay_run, train=2, val=1, freeze="trunk")
    assert run(folder).config.freeze == "trunk"
    assert choice_of(folder) is None


def test_late_blocks_begin_anew_and_early_ones_stay(lay_run: LayRun) -> None:
    folder = lay_on_base(lay_run, train=2, val=1, freeze="early")
    weights, before = run(folder).weights, checkpoint.load(folder / "base.pt").weights
    table = freezing.parameter_table(SSD)
    late, trunk = freezing.late_names(table), freezing.trunk_names(table)
    assert late < trunk
    assert all(torch.equal(before[name], weights[name]) for name in trunk - late)
    start = json.loads((folder / "out" / "evaluation.json").read_text())["start"]
    assert start["random"] == sum(row.size for row in table if row.name in late)


@pytest.mark.parametrize(
    "model", [pytest.param(name, marks=() if name in DAILY else pytest.mark.full) for name in MODELS]
)
def test_each_models_late_layers_can_begin_anew(model: str) -> None:
    network = build_network(MODELS[model], 1, MODELS[model].image_size)
    network.fold()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    table = parameters_of(network)
    begin_anew(network)
    late = freezing.late_names(table)
    kernels = {row.name for row in table if row.name in late and row.is_kernel}
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert kernels <= moved <= late
    assert kernels

"""What a run's `freeze` holds still: by depth, by block, by name; and that it is bit-equal afterwards."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.training.engine.conftest import Recorder
from training.engine import checkpoint, freezing, parameters
from training.engine.catalog import MODELS, complete_config, model_info
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.errors import ConfigError
from training.engine.families import build_network
from training.engine.freezing import Form, Parameter
from training.engine.network import LearningTarget
from training.engine.progress import Silent
from training.engine.train import train

LayRun = Callable[..., Path]
SSD = "ssdlite320_mobilenet_v3_large"

ROWS = [
    Parameter("backbone.stem.weight", (4, 3, 3, 3), 0.0, True),
    Parameter("backbone.stem.bias", (4,), 0.0, True),
    Parameter("backbone.late.weight", (8, 4, 3, 3), 0.3, True),
    Parameter("backbone.late.bias", (8,), 0.3, True),
    Parameter("backbones.weight", (8, 8), 0.5, False),
    Parameter("head.weight", (2, 8), 1.0, False),
    Parameter("head.bias", (2,), 1.0, False),
]
STEM, LATE = ["backbone.stem.weight", "backbone.stem.bias"], ["backbone.late.weight", "backbone.late.bias"]


@pytest.mark.parametrize(
    ("freeze", "still"),
    [
        ("none", STEM),
        ("auto", STEM),
        ("trunk", STEM + LATE),
        ("layers:1", STEM),
        ("layers:2", STEM + LATE),
        ("layers:3", [*STEM, *LATE, "backbones.weight"]),
        ("blocks:backbone", STEM + LATE),
        ("blocks:backbone.late, backbones", [*STEM, *LATE, "backbones.weight"]),
        ("blocks:head", [*STEM, "head.weight", "head.bias"]),
        ("match:(backbone|fpn)", [*STEM, *LATE, "backbones.weight"]),
        ("match:bias$", [*STEM, "backbone.late.bias", "head.bias"]),
    ],
)
def test_each_kind_finds_its_parameters(freeze: str, still: list[str]) -> None:
    assert [one.name for one in freezing.frozen(freeze, ROWS).still] == still


def test_it_is_told_in_figures_and_names() -> None:
    found = freezing.frozen("layers:2", ROWS)
    said = "408 of 490 parameters (83%), 2 of 4 layers: backbone.stem.weight, backbone.late.weight"
    assert str(found) == said


@pytest.mark.parametrize(
    ("freeze", "says"),
    [
        ("layers:4", "leaves nothing to learn"),
        ("match:.", "leaves nothing to learn"),
        ("blocks:fpn", "no block 'fpn'; it is made of backbone, backbones, head"),
        ("match:batch_norm", "no parameter's name has a match"),
    ],
)
def test_what_finds_nothing_or_takes_all_is_refused(freeze: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        freezing.frozen(freeze, ROWS)


NOT_OF_THE_GRAMMAR = (
    *("all", "", "trunk:1", "none:", "layers:", "layers:0", "layers:-3", "layers:²", "blocks:", "blocks:a,,b"),
    *("match:", "match:(", "match:" + "a" * 300, 3, None),
)


@pytest.mark.parametrize("freeze", NOT_OF_THE_GRAMMAR)
def test_what_is_not_of_the_grammar_is_refused(freeze: object) -> None:
    with pytest.raises(ConfigError, match="freeze"):
        Config.from_dict({"model": SSD, "freeze": freeze})


def test_a_complete_config_is_held_against_the_models_own_names() -> None:
    assert complete_config({"model": SSD, "freeze": "blocks:backbone.extra"}).freeze == "blocks:backbone.extra"
    with pytest.raises(ConfigError, match="no block 'fpn'"):
        complete_config({"model": SSD, "freeze": "blocks:fpn"})


WITH_ANCHORS = {name for name, info in MODELS.items() if info.anchors}
MODELS_OF: dict[Form, set[str]] = {"own": set(MODELS), "fine": WITH_ANCHORS, "magnified": WITH_ANCHORS}


@pytest.mark.parametrize(("form", "model"), [(form, name) for form in MODELS_OF for name in sorted(MODELS_OF[form])])
def test_the_table_of_names_is_the_networks(form: Form, model: str) -> None:
    """When this fails: `python -m training.engine.parameters`."""
    path = freezing.table_path(model, form)
    assert path.read_text() == parameters.table(model_info(model), form)


@pytest.mark.parametrize("form", MODELS_OF)
def test_there_is_no_table_of_a_model_that_is_gone(form: Form) -> None:
    folder = freezing.table_path("", form).parent
    assert {path.stem for path in folder.glob("*.json")} == MODELS_OF[form]


def test_a_stem_learns_what_magnified_images_look_like() -> None:
    sharp, magnified = (freezing.frozen("none", freezing.parameter_table(SSD, form)) for form in ("fine", "magnified"))
    stem = "backbone.features.0.0.0.weight"
    assert stem in {one.name for one in sharp.still}
    assert stem not in {one.name for one in magnified.still}
    assert (sharp.still_layers, magnified.still_layers) == (24, 0)


@pytest.mark.parametrize(
    "freeze",
    [
        pytest.param("layers:13", marks=pytest.mark.full),
        pytest.param("blocks:backbone", marks=pytest.mark.full),
        "match:(backbone|regression)",
    ],
)
def test_a_run_leaves_what_is_frozen_bit_equal(lay_run: LayRun, freeze: str) -> None:
    base = checkpoint_of_random_weights(lay_run(base="checkpoint", epochs=2, learning_rate=0.05, freeze=freeze))
    before = checkpoint.load(base).weights
    folder = base.parent
    config = complete_config({"model": SSD, **read_config(folder)})
    after = train(config, read_run_folder(folder), folder, Silent()).weights
    table = freezing.parameter_table(SSD)
    still = {one.name for one in freezing.frozen(freeze, table).still}
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert not moved & still
    unseen = "head.regression_head"  # the coarse maps' anchors match no box of these pictures
    assert {one.name for one in table if not one.name.startswith(unseen)} - still <= moved


def test_of_random_weights_nothing_is_held_still(lay_run: LayRun, recorder: type[Recorder]) -> None:
    folder, told = lay_run(train=2, val=1, base="none"), recorder()
    train(complete_config({"model": SSD, **read_config(folder)}), read_run_folder(folder), folder, told)
    assert any(re.fullmatch(r"All [\d,]+ parameters learn\.", line) for line in told.lines)
    frozen = json.loads((folder / "out" / "evaluation.json").read_text())["start"]["frozen"]
    assert (frozen["still"], frozen["names"]) == (0, [])


def read_config(folder: Path) -> dict[str, object]:
    values: dict[str, object] = json.loads((folder / "config.json").read_text())
    return values


def checkpoint_of_random_weights(folder: Path) -> Path:
    torch.manual_seed(3)
    network = build_network(MODELS[SSD], 2, 64)
    network.fold()
    config = MODELS[SSD].default_config
    weights = network.state_dict()
    saved = checkpoint.Checkpoint(SSD, "detection", ("disc", "square"), 64, config, weights)
    checkpoint.save(saved, folder / "base.pt")
    return folder / "base.pt"


def test_frozen_batch_norm_keeps_its_running_statistics() -> None:
    network = build_network(MODELS[SSD], 2, 64)  # not folded
    parameters.freeze(network, "match:backbone")
    network.train()
    parameters.hold_still(network)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    truth = LearningTarget(torch.tensor([[0.1, 0.1, 0.6, 0.6]]), torch.tensor([1]))
    network.losses(torch.rand(2, 3, 64, 64), [truth, truth])
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith("head.") for name in moved)
    assert any(isinstance(module, nn.BatchNorm2d) and module.training for module in network.modules())

"""timm's classifiers by name: folding keeps what a network says, its own files load, heads are mixed, it exports."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from annotations.dataset.records import AnnotationRecord
from tests.training.engine.conftest import draw_picture
from training.engine import timm_models
from training.engine.batches import plain_batch
from training.engine.catalog import complete_config, load_module, model_info
from training.engine.config import Config
from training.engine.data import read_examples, read_run_folder
from training.engine.errors import TargetError, WeightsError
from training.engine.export import export
from training.engine.exporters.images import read_export_images
from training.engine.families import build_network
from training.engine.network import normalise
from training.engine.parameters import begin_anew, freeze, parameters_of, still_of
from training.engine.progress import Silent
from training.engine.train import train
from training.engine.weight_files import read_weights
from training.engine.weights import starting_network

NAMES = [
    "resnet18.a1_in1k",
    "mobilenetv3_small_050.lamb_in1k",
    "efficientnet_lite0.ra_in1k",
    "convnext_atto.d2_in1k",
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
]
"""BatchNorm beside ReLU, inside `BatchNormAct2d`, with padding of its own; LayerNorm in maps, and in tokens."""
QUICK = {"mobilenetv3_small_050.lamb_in1k"}
"""Trained and converted in every run of the tests; the others in `make test-full`."""
DAILY = {*QUICK, "convnext_atto.d2_in1k"}
"""With BatchNorm, and with LayerNorm: built in every run of the tests; the others in `make test-full`."""
UNTAKEN = {"tfjs": ("convnext_atto.d2_in1k", "vit_tiny_patch16_224.augreg_in21k_ft_in1k")}
"""By target, those that it lacks an operator for: LayerNorm's squared difference."""
NORM_FIRST = ["resnetv2_50.a1h_in1k", "densenet121.ra_in1k", "maxvit_rmlp_pico_rw_256.sw_in1k"]


def timm() -> Any:
    """The library, which takes 2 seconds to import: not in each process that collects the tests."""
    load_module("training.engine.classifiers")  # makes torchvision, and so timm, importable
    return load_module("timm")


def each(names: list[str]) -> pytest.MarkDecorator:
    params = [pytest.param(name, marks=() if name in DAILY else pytest.mark.full) for name in names]
    return pytest.mark.parametrize("name", params)


def lively(name: str, label_count: int = 3) -> Any:
    """The network in eval mode; each BatchNorm has seen something else than the one before it."""
    torch.manual_seed(0)
    network = build_network(model_info(name), label_count, side_of(name)).eval()
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.7, 1.3)
            nn.init.normal_(norm.bias, 0, 0.1)
            norm.running_mean = torch.randn(norm.num_features) * 0.2
            norm.running_var = torch.rand(norm.num_features) + 0.5
    return network


def side_of(name: str) -> int:
    return model_info(name).image_sizes.least


def images(name: str, count: int = 2) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(count, 3, side_of(name), side_of(name))


def smallest_of_each_family() -> list[str]:
    """Of those that have BatchNorm, one for each module of timm's."""
    found: dict[str, str] = {}
    quick = sorted(timm_models.rows().values(), key=lambda info: -info.images_per_second)
    for info in (info for info in quick if info.default_config.optimizer == "sgd"):
        family = timm().models.model_entrypoint(info.name.partition(".")[0]).__module__
        found.setdefault(family, info.name)
    return list(found.values())


@torch.no_grad()
@each([*NAMES, *NORM_FIRST])
def test_folding_changes_no_answer(name: str) -> None:
    network, seen = lively(name), images(name)
    before = network(seen)
    network.train().fold()
    assert not network.training
    torch.testing.assert_close(network(seen), before, atol=1e-4, rtol=1e-3)
    if name in NAMES:
        assert not [key for key in network.state_dict() if "running_mean" in key]
    names = list(network.state_dict())
    network.fold()
    assert list(network.state_dict()) == names


@pytest.mark.full
@torch.no_grad()
def test_folding_changes_no_answer_of_any_family() -> None:
    for name in smallest_of_each_family():
        network, seen = lively(name), images(name)
        before = network(seen)
        network.fold()
        scale = before.abs().max().item()
        assert (network(seen) - before).abs().max().item() < 1e-3 * scale, name


@torch.no_grad()
@each(NAMES)
def test_a_new_head_mixes_the_old_rows(name: str) -> None:
    network, seen = lively(name), images(name)
    before, mix = network(seen), torch.tensor([[1.0, 0, 0], [0, 0, 1], [0.5, 0.5, 0], [0, 1, 0]])
    network.fold()
    network.replace_head(mix)
    assert network.label_count == 4
    torch.testing.assert_close(network(seen), before @ mix.T, atol=1e-3, rtol=1e-3)
    trunk, head = network.stages()
    assert {len(parameter) for parameter in head.parameters} == {4}
    staged = [id(parameter) for stage in (trunk, head) for parameter in stage.parameters]
    assert sorted(staged) == sorted(id(parameter) for parameter in network.parameters())


@each(NAMES)
def test_parameters_are_frozen_by_timms_own_names(name: str) -> None:
    network = lively(name)
    network.fold()
    known = {key for key, _ in network.timm.named_parameters()}
    assert {one.name for one in parameters_of(network)} == known
    first = next(iter(known)).partition(".")[0]
    still = freeze(network, f"blocks:{first}").still
    assert {key for key, p in network.timm.named_parameters() if not p.requires_grad} == {one.name for one in still}
    assert [one.name for one in still_of(network).still] == [one.name for one in still]
    before = {key: value.clone() for key, value in network.timm.state_dict().items()}
    count = begin_anew(network)
    changed = [key for key, value in network.timm.state_dict().items() if not torch.equal(value, before[key])]
    assert changed
    assert count >= sum(before[key].numel() for key in changed)


@pytest.fixture
def few(tmp_path: Path, write_run: Callable[..., Path], record: Any) -> Path:
    """A run folder of four drawings."""
    images = []
    for seed in range(4):
        content, annotations = draw_picture(seed)
        split = "train" if seed < 3 else "val"
        images.append((record(content, f"{seed}.png", split, [AnnotationRecord(annotations[seed % 2].label)]), content))
    return write_run(tmp_path / "run", images, "classification")


@torch.no_grad()
@pytest.mark.parametrize("ending", ["safetensors", "pth"])
@each(NAMES)
def test_a_file_that_timm_wrote_is_where_a_run_starts(name: str, ending: str, few: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs = timm().create_model(name, num_classes=model_info(name).weights.label_count).eval()
    if ending == "pth":
        torch.save({"state_dict": theirs.state_dict()}, tmp_path / f"{name}.pth")
    else:
        save_file(theirs.state_dict(), tmp_path / f"{name}.safetensors")
    info, size = model_info(name), side_of(name)
    dataset = read_run_folder(few)
    examples = read_examples(dataset, dataset.images, few, size)
    config = Config(name, image_size=size)
    network = starting_network(config, ("disc", "square"), examples, few, tmp_path, Silent())
    squares, _ = plain_batch(examples, range(4))
    preset = timm().data.resolve_model_data_config(theirs)
    mean, std = (torch.tensor(preset[key])[:, None, None] for key in ("mean", "std"))
    theirs_say = theirs((squares.permute(0, 3, 1, 2).float() / 255 - mean) / std)
    said = network.eval()(normalise(squares, info.mean, info.std))
    # each label starts as a mixture of the file's rows, so its logit lies among theirs
    assert (said >= theirs_say.amin(1, keepdim=True) - 1e-3).all()
    assert (said <= theirs_say.amax(1, keepdim=True) + 1e-3).all()
    assert network.origin is not None
    assert network.origin.lineage[0].endswith("licence apache-2.0")


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x80\x04cos\nsystem\n"])
def test_a_damaged_file_is_refused_by_a_sentence(content: bytes, tmp_path: Path) -> None:
    for ending in ("safetensors", "pth"):
        path = tmp_path / f"{NAMES[0]}.{ending}"
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=path.name):
            read_weights(model_info(NAMES[0]), path)


def test_weights_of_another_network_are_refused_by_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / f"{NAMES[0]}.safetensors"
    save_file(timm().create_model(NAMES[1], num_classes=1000).state_dict(), path)
    with pytest.raises(WeightsError, match="resnet18"):
        read_weights(model_info(NAMES[0]), path)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.full) for name in NAMES]
)
def test_it_trains_and_goes_to_onnx(name: str, few: Path) -> None:
    asked = {"model": name, "base": "none", "image_size": side_of(name), "batch_size": 3, "iterations": 3, "threads": 1}
    best = train(complete_config(asked), read_run_folder(few), few, Silent())
    assert best.model == name
    report = export(best, "onnx", "none", read_export_images(few, side_of(name)), few / "out", Silent())
    assert report["parity"]["passed"]


@pytest.mark.full
@pytest.mark.parametrize("target", ["tflite", "tfjs"])
@pytest.mark.parametrize("name", NAMES)
def test_a_target_takes_it_or_says_why_not(name: str, target: str, few: Path) -> None:
    asked = {"model": name, "base": "none", "image_size": side_of(name), "batch_size": 3, "iterations": 1, "threads": 1}
    best = train(complete_config(asked), read_run_folder(few), few, Silent())
    images, out = read_export_images(few, side_of(name)), few / "out"
    if name in UNTAKEN.get(target, ()):
        with pytest.raises(TargetError, match="SQUARED_DIFFERENCE has no translation"):
            export(best, target, "none", images, out, Silent())
    else:
        assert export(best, target, "none", images, out, Silent())["parity"]["passed"]

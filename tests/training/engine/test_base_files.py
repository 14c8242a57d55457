"""A file that somebody brings as the base of a run: ours, torch's or safetensors', of any number of labels."""

import hashlib
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.training.engine.test_cli import finished
from tests.training.engine.test_commands import called
from training.engine import checkpoint
from training.engine.base_files import MOST_LABELS, as_checkpoint
from training.engine.catalog import complete_config, model_info
from training.engine.checkpoint import Checkpoint
from training.engine.errors import BaseFileError, WeightsError
from training.engine.families import build_network
from training.engine.importers.darknet import VERSION, _layers

MODELS = ["mobilenet_v3_small", "ssdlite320_mobilenet_v3_large", "mobilenetv3_small_050.lamb_in1k"]
SIZE: dict[str, object] = {"image_size": 96}


def state_of(model: str, labels: int) -> dict[str, torch.Tensor]:
    """As whoever published the model would save it."""
    network = build_network(model_info(model), labels, 96)
    prefix = network.parameter_prefix
    return {name.removeprefix(prefix): value.contiguous() for name, value in network.state_dict().items()}


def told(path: Path) -> str:
    return f"weights from {path.name} (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}), of unknown licence"


def asked(model: str) -> dict[str, object]:
    return {"model": model, "fit": "none", **(SIZE if "ssd" not in model else {})}


@pytest.mark.parametrize("ending", ["safetensors", "pth"])
@pytest.mark.parametrize("model", MODELS)
def test_weights_of_any_number_of_labels_become_a_base(model: str, ending: str, tmp_path: Path) -> None:
    state, path = state_of(model, 5), tmp_path / f"mine.{ending}"
    if ending == "pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    base = as_checkpoint(path, complete_config(asked(model)))
    assert (base.model, base.labels) == (model, tuple(f"label {i}" for i in range(1, 6)))
    assert base.lineage == (told(path),)
    checkpoint.save(base, tmp_path / "base.pt")
    network = checkpoint.network_of(checkpoint.load(tmp_path / "base.pt"))
    assert network.label_count == 5


def test_published_weights_keep_the_names_of_their_labels(tmp_path: Path) -> None:
    torch.save(state_of("mobilenet_v3_small", 1000), tmp_path / "imagenet.pth")
    base = as_checkpoint(tmp_path / "imagenet.pth", complete_config(asked("mobilenet_v3_small")))
    assert (len(base.labels), base.labels[0]) == (1000, "tench")


def test_a_checkpoint_of_ours_is_taken_as_it_is(tmp_path: Path) -> None:
    network, info = build_network(model_info(MODELS[0]), 2, 96), model_info(MODELS[0])
    network.fold()
    ours = Checkpoint(info.name, info.task, ("cat", "dog"), 96, info.default_config, network.state_dict(), epoch=3)
    checkpoint.save(ours, tmp_path / "best.pt")
    base = as_checkpoint(tmp_path / "best.pt", complete_config(asked(MODELS[0])))
    assert (base.labels, base.stages) == (("cat", "dog"), ("3 epochs on cat, dog",))


class Bomb:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch exploded",)


def test_what_is_no_weights_is_refused_by_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config, path = complete_config(asked(MODELS[0])), tmp_path / "some.pth"
    with pytest.raises(WeightsError, match="There is no file"):
        as_checkpoint(path, config)
    contents = (b"", os.urandom(99), pickle.dumps(Bomb(), protocol=2))
    for ending in ("pth", "safetensors"):
        for content in contents:
            path = tmp_path / f"some.{ending}"
            path.write_bytes(content)
            with pytest.raises(WeightsError, match=rf"some\.{ending} can't be read"):
                as_checkpoint(path, config)
    assert not (tmp_path / "exploded").exists()


def test_a_partial_file_begins_its_other_layers_at_random(tmp_path: Path) -> None:
    info = model_info("tiny_yolov3")
    layers = _layers(info, info.weights.label_count)[:2]
    path = tmp_path / "yolov3-tiny.weights"
    numbers = [torch.ones(tensor.numel()) for layer in layers for tensor in layer.values()]
    path.write_bytes(VERSION.pack(0, 2, 0) + bytes(8) + torch.cat(numbers).numpy().tobytes())
    config = complete_config({"model": "tiny_yolov3", "image_size": 320})
    base = as_checkpoint(path, config)
    assert len(base.labels) == info.weights.label_count
    assert "; not in it, so random: layers.2, " in base.lineage[0]
    again = as_checkpoint(path, config)
    assert all(torch.equal(again.weights[name], value) for name, value in base.weights.items())


def test_a_cut_file_is_told_to_be_damaged(tmp_path: Path) -> None:
    whole = tmp_path / "whole.safetensors"
    save_file(state_of(MODELS[0], 5), whole)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(whole.read_bytes()[:-1000])
    with pytest.raises(WeightsError, match=r"cut\.safetensors can't be read"):
        as_checkpoint(cut, complete_config(asked(MODELS[0])))


def test_a_zip_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "some.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("some/data/0", bytes(10**7))
    with pytest.raises(WeightsError, match=r"some\.pth would unpack to 10,000,000 bytes"):
        as_checkpoint(path, complete_config(asked(MODELS[0])))


@pytest.mark.parametrize(
    "content",
    [
        {"classifier.3.weight": torch.zeros(1).expand(10**9, 1024)},
        {"classifier.3.weight": torch.zeros(2, 2).to_sparse()},
        {"classifier.3.weight": 7},
        {7: torch.zeros(1)},
        [torch.zeros(1)],
        torch.zeros(3),
        {},
    ],
)
def test_what_claims_to_be_tensors_is_looked_at_first(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "some.pth")
    with pytest.raises(WeightsError, match=r"some\.pth"):
        as_checkpoint(tmp_path / "some.pth", complete_config(asked(MODELS[0])))


@pytest.mark.parametrize(
    "change",
    [
        {"labels": [1, 2]},
        {"labels": []},
        {"labels": ["cat"] * (MOST_LABELS + 1)},
        {"task": "detection"},
        {"epoch": "many"},
        {"image_size": 1e9},
        {"lineage": [{}]},
        {"learned": {"a": 1}},
        {"weights": {"a": torch.zeros(1).expand(10**9)}},
        {"weights": 5},
        {"model": 5},
        {"config": 5},
    ],
    ids=str,
)
def test_a_checkpoint_of_ours_that_somebody_changed_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    network, info = build_network(model_info(MODELS[0]), 2, 96), model_info(MODELS[0])
    network.fold()
    ours = Checkpoint(info.name, info.task, ("cat", "dog"), 96, info.default_config, network.state_dict(), epoch=3)
    path = tmp_path / "best.pt"
    checkpoint.save(ours, path)
    torch.save(torch.load(path, weights_only=True) | change, path)
    with pytest.raises(WeightsError, match=r"best\.pt"):
        as_checkpoint(path, complete_config(asked(MODELS[0])))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"features.0.0.weight": torch.zeros(16, 3, 5, 5)}, r"features\.0\.0\.weight is \[16, 3, 5, 5\] in some\.pth"),
        ({"extra.weight": torch.zeros(1)}, r"the model has no extra\.weight"),
        ({"classifier.3.weight": torch.zeros(())}, r"classifier\.3\.weight is \[\] in some\.pth"),
        ({"classifier.3.weight": torch.zeros(7, 1024)}, r"classifier\.3\.bias is \[5\] in some\.pth and \[7\]"),
    ],
)
def test_shapes_are_checked_before_anything_is_loaded(
    change: dict[str, torch.Tensor], reason: str, tmp_path: Path
) -> None:
    torch.save(state_of(MODELS[0], 5) | change, tmp_path / "some.pth")
    with pytest.raises(WeightsError, match=reason):
        as_checkpoint(tmp_path / "some.pth", complete_config(asked(MODELS[0])))


def test_a_run_begins_with_a_file(lay_run: Callable[..., Path], tmp_path: Path) -> None:
    folder, path = lay_run(train=2, val=1), tmp_path / "mine.safetensors"
    save_file(state_of(MODELS[1], 3), path)
    events = called("train", folder, "--base", path)
    assert f"Last stage of the base: {told(path)}" in [event.get("line") for event in events]
    assert checkpoint.load(folder / "out" / "best.pt").lineage == (told(path),)
    with pytest.raises(BaseFileError, match=r"There is no file .*absent\.pth"):
        called("train", folder, "--base", tmp_path / "absent.pth")


@pytest.mark.full
def test_a_run_begins_with_a_file_by_the_command(lay_run: Callable[..., Path], tmp_path: Path) -> None:
    folder, path = lay_run(), tmp_path / "mine.safetensors"
    save_file(state_of(MODELS[1], 3), path)
    code, events = finished("train", folder, "--base", path)
    assert code == 0, events
    lines = [event["line"] for event in events if event["event"] == "log"]
    assert f"Last stage of the base: {told(path)}" in lines
    trained = checkpoint.load(folder / "out" / "best.pt")
    assert trained.lineage == (told(path),)
    best = shutil.copy(folder / "out" / "best.pt", tmp_path)
    code, events = finished("train", folder, "--base", best, "--set", "replay=0.5")
    assert code == 2
    begins = f"Begins with best.pt (sha256 {hashlib.sha256(Path(best).read_bytes()).hexdigest()[:12]})"
    assert begins in [event["line"] for event in events if event["event"] == "log"]
    assert "Nothing is new since the base run" in events[-1]["detail"]
    code, events = finished("train", folder, "--base", tmp_path / "absent.pth")
    assert (code, events[-1]["code"]) == (2, "bad_base")

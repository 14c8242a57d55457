import pickle
from pathlib import Path

import pytest
import torch

from training.engine import catalog, checkpoint
from training.engine.checkpoint import Checkpoint
from training.engine.errors import CheckpointError
from training.engine.families import build_network

NAME = "mobilenet_v3_small"


@pytest.fixture
def small() -> Checkpoint:
    info = catalog.MODELS[NAME]
    network = build_network(info, 2, 96)
    network.fold()
    return Checkpoint(NAME, "classification", ("a", "b"), 96, info.default_config, network.state_dict(), 3, {"x": 0.5})


@torch.no_grad()
def test_a_checkpoint_needs_nothing_but_its_file(small: Checkpoint, tmp_path: Path) -> None:
    checkpoint.save(small, tmp_path / "best.pt")
    loaded = checkpoint.load(tmp_path / "best.pt")
    assert (loaded.labels, loaded.image_size, loaded.config) == (small.labels, 96, small.config)
    assert (loaded.epoch, loaded.metrics) == (3, {"x": 0.5})
    images = torch.rand(1, 3, 96, 96)
    expected = checkpoint.network_of(small)(images)
    torch.testing.assert_close(checkpoint.network_of(loaded)(images), expected)
    torch.testing.assert_close(checkpoint.export_form(loaded)(images), expected.softmax(-1), atol=1e-5, rtol=1e-4)


def test_saving_leaves_no_other_file(small: Checkpoint, tmp_path: Path) -> None:
    checkpoint.save(small, tmp_path / "best.pt")
    checkpoint.save(small, tmp_path / "best.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["best.pt"]


def test_a_cut_file_is_said(small: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    checkpoint.save(small, path)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(CheckpointError, match=r"best\.pt"):
        checkpoint.load(path)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('executed')",))


@pytest.mark.parametrize("content", [b"", b"hello", pickle.dumps({"format": 1}, 2), pickle.dumps([1], 2)])
def test_a_foreign_file_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "best.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"best\.pt"):
        checkpoint.load(path)


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    torch.save({"format": 1, "weights": Bomb()}, tmp_path / "bomb.pt")
    with pytest.raises(CheckpointError, match=r"bomb\.pt"):
        checkpoint.load(tmp_path / "bomb.pt")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint"):
        checkpoint.load(tmp_path / "best.pt")


def test_weights_of_another_model_are_refused(small: Checkpoint) -> None:
    weights = {name: value for name, value in small.weights.items() if "classifier" not in name}
    foreign = Checkpoint(NAME, "classification", ("a", "b"), 96, small.config, weights)
    with pytest.raises(CheckpointError, match="do not fit"):
        checkpoint.network_of(foreign)

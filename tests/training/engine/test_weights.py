import json
import re
import shutil
import urllib.error
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from training.engine import catalog, checkpoint, weights
from training.engine.config import Config
from training.engine.data import Examples, read_examples, read_run_folder
from training.engine.errors import CheckpointError, ConfigError, WeightsError
from training.engine.families import build_network
from training.engine.network import Network
from training.engine.origin import LabelOrigin, Origin
from training.engine.progress import Silent
from training.engine.transfer import Choice
from training.engine.weight_files import base_labels, find_weights

LayRun = Callable[..., Path]
INFO = catalog.MODELS["ssdlite320_mobilenet_v3_large"]
LABELS = ("disc", "square")


@pytest.fixture
def folder(lay_run: LayRun) -> Path:
    return lay_run(train=3, val=0)


@pytest.fixture
def examples(folder: Path) -> Examples:
    dataset = read_run_folder(folder)
    return read_examples(dataset, dataset.split("train"), folder, 96)


def begin(examples: Examples, folder: Path, weights_dir: Path | None = None, **settings: object) -> Network:
    config = Config.from_dict({"model": INFO.name, "image_size": 96} | settings)
    return weights.starting_network(config, LABELS, examples, folder, weights_dir, Silent())


def no_network(url: str, *_: object, **__: object) -> None:
    raise urllib.error.URLError("no route to host")


def test_weights_that_the_worker_put_into_the_run_are_used(examples: Examples, folder: Path, weights_dir: Path) -> None:
    source = find_weights(INFO, [weights_dir])
    assert source is not None
    (folder / "weights").mkdir()
    shutil.copy(source, folder / "weights")
    assert begin(examples, folder).label_count == 2


def test_weights_need_not_count_batches(examples: Examples, folder: Path, weights_dir: Path, tmp_path: Path) -> None:
    whole = torch.load(find_weights(INFO, [weights_dir]) or "", weights_only=True)
    lean = {name: value for name, value in whole.items() if not name.endswith("num_batches_tracked")}
    assert len(lean) < len(whole)
    torch.save(lean, tmp_path / INFO.weights.file_name)
    ours, theirs = begin(examples, folder, tmp_path).state_dict(), begin(examples, folder, weights_dir).state_dict()
    assert all(torch.equal(value, ours[name]) for name, value in theirs.items())


def test_no_weights_and_no_network_offers_random_weights(
    examples: Examples, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "download_url_to_file", no_network)
    with pytest.raises(WeightsError, match="random weights") as caught:
        begin(examples, folder)
    assert caught.value.code == "weights_unavailable"


def test_a_damaged_weights_file_is_named(examples: Examples, folder: Path, tmp_path: Path) -> None:
    (tmp_path / f"{INFO.name}.pth").write_text("hello")
    with pytest.raises(WeightsError, match=rf"{INFO.name}\.pth"):
        begin(examples, folder, tmp_path)


def test_random_weights_keep_their_batch_norm(examples: Examples, folder: Path) -> None:
    network = begin(examples, folder, base="none")
    assert any("running_mean" in name for name in network.state_dict())
    with pytest.raises(ConfigError, match="batch size"):
        begin(examples, folder, base="none", batch_size=1)


@torch.no_grad()
def test_an_earlier_checkpoint_keeps_what_it_knows_of_each_label(examples: Examples, folder: Path) -> None:
    earlier = build_network(INFO, 2, 96)
    earlier.fold()
    base = checkpoint.Checkpoint(
        INFO.name, "detection", ("square", "star"), 96, Config(INFO.name), earlier.state_dict()
    )
    checkpoint.save(base, folder / "base.pt")
    network = begin(examples, folder, base="checkpoint").eval()
    images = torch.rand(1, 3, 96, 96)
    was, now = earlier(images)[0], network(images)[0]
    torch.testing.assert_close(now[..., 0], was[..., 0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(now[..., 2], was[..., 1], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def that_sees_stars(label_count: int) -> Network:
    """Random weights whose second label fires everywhere."""
    network = build_network(INFO, label_count, 96)
    network.fold()
    for name, bias in network.named_parameters():
        if re.fullmatch(r"head\.classification_head\.module_list\.\d\.1\.bias", name):
            bias.view(-1, label_count + 1)[:, 2] += 3
    return network


@torch.no_grad()
def test_a_label_that_the_base_does_not_know_starts_as_the_base_label_that_fires_on_it(
    examples: Examples, folder: Path
) -> None:
    earlier = that_sees_stars(3)
    base = checkpoint.Checkpoint(
        INFO.name, "detection", ("moon", "star", "square"), 96, Config(INFO.name), earlier.state_dict(), 7
    )
    checkpoint.save(base, folder / "base.pt")
    network = begin(examples, folder, base="checkpoint", freeze="none").eval()
    images = torch.rand(1, 3, 96, 96)
    was, now = earlier(images)[0], network(images)[0]
    torch.testing.assert_close(now[..., 1], was[..., 2], atol=1e-4, rtol=1e-4)  # disc from star
    torch.testing.assert_close(now[..., 2], was[..., 3], atol=1e-4, rtol=1e-4)  # square is carried
    assert network.origin == Origin(
        ("7 epochs on moon, star, square",),
        sum(p.numel() for p in earlier.parameters()),
        0,
        (LabelOrigin("disc", "warm", "star", 1.0), LabelOrigin("square", "carried")),
    )


def test_a_label_of_which_no_image_is_at_hand_starts_as_the_mean(examples: Examples, folder: Path) -> None:
    earlier = that_sees_stars(2)
    base = checkpoint.Checkpoint(INFO.name, "detection", ("moon", "star"), 96, Config(INFO.name), earlier.state_dict())
    checkpoint.save(base, folder / "base.pt")
    config = Config.from_dict({"model": INFO.name, "image_size": 96, "base": "checkpoint"})
    network = weights.starting_network(config, (*LABELS, "comet"), examples, folder, None, Silent())
    assert network.origin is not None
    assert [one.how for one in network.origin.labels] == ["warm", "warm", "mean"]


def test_what_the_catalogues_weights_call_a_label_is_told(examples: Examples, folder: Path, weights_dir: Path) -> None:
    network = begin(examples, folder, weights_dir)
    assert network.origin is not None
    assert network.origin.lineage[0].startswith("COCO weights from ssdlite")
    assert {one.how for one in network.origin.labels} == {"warm"}
    assert all(one.base_label in base_labels(INFO) for one in network.origin.labels)
    assert (base_labels(INFO)[0], base_labels(INFO)[16], len(base_labels(INFO))) == ("person", "cat", 90)


def test_random_weights_come_from_nowhere(examples: Examples, folder: Path) -> None:
    origin = begin(examples, folder, base="none").origin
    assert origin is not None
    assert (origin.lineage, origin.loaded, {one.how for one in origin.labels}) == ((), 0, {"random"})
    assert origin.random > 1_000_000


def test_an_origin_survives_json() -> None:
    labels = (LabelOrigin("a", "warm", "cat", 0.75), LabelOrigin("b", "mean"))
    origin = Origin(("COCO",), 5, 0, labels, 0.9, Choice("heads", 10, 0.9, "Few and known."))
    assert Origin.from_dict(json.loads(json.dumps(origin.to_dict()))) == origin
    assert str(origin) == "Labels: a from cat (75%), b from the mean of all labels"


def test_a_checkpoint_of_another_model_is_refused(examples: Examples, folder: Path) -> None:
    info = catalog.MODELS["mobilenet_v3_small"]
    other = build_network(info, 2, 96)
    base = checkpoint.Checkpoint(info.name, "classification", LABELS, 96, info.default_config, other.state_dict())
    checkpoint.save(base, folder / "base.pt")
    with pytest.raises(CheckpointError, match="mobilenet_v3_small"):
        begin(examples, folder, base="checkpoint")
    (folder / "base.pt").unlink()
    with pytest.raises(CheckpointError, match="no checkpoint"):
        begin(examples, folder, base="checkpoint")

"""A network with finer anchors: the same network, with more to say."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from training.engine import checkpoint
from training.engine.catalog import complete_config, model_info
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.detectors.anchors import UNSURE, laid_out
from training.engine.detectors.detector import AnchorDetector
from training.engine.errors import ConfigError
from training.engine.families import network_for, place_anchors, set_anchors
from training.engine.network import LearningTarget
from training.engine.scoring import Scoring
from training.engine.train import train

DETECTOR = "ssdlite320_mobilenet_v3_large"
DETECTORS = (DETECTOR, "ssd_mobilenet_v1_075")
FINE = ((0.05, 0.05), (0.1, 0.05))
SETTINGS: dict[str, Any] = {"fit": "none", "freeze": "none", "fine_anchors": FINE, "anchor_scale": 0.5, "crop": 64}
MAGNIFIED = SETTINGS | {"anchor_scale": 0.25, "magnify": 2}
LayRun = Callable[..., Path]


def config(**changes: Any) -> Config:
    return complete_config({"model": DETECTOR, "image_size": 96, "fit": "none"} | changes)


def network(asked: Config) -> AnchorDetector:
    torch.manual_seed(0)
    made = network_for(asked, 2)
    assert isinstance(made, AnchorDetector)
    return made.eval()


@pytest.mark.parametrize("size", [96, 320, 416])
def test_the_layout_is_the_networks_own(size: int) -> None:
    layout = model_info(DETECTOR).anchors
    assert layout is not None
    torch.testing.assert_close(laid_out(layout, size), network(config(image_size=size)).anchors)


@pytest.mark.parametrize("model", DETECTORS)
@torch.no_grad()
def test_the_models_own_anchors_answer_as_before(model: str) -> None:
    plain, fitted, images = network(config(model=model)), network(config(model=model)), torch.randn(1, 3, 96, 96)
    set_anchors(fitted, config(model=model, fine_anchors=FINE))
    scores, boxes = plain.predictions(images)
    more_scores, more_boxes = fitted.predictions(images)
    own, cells = scores.shape[1], 12
    torch.testing.assert_close(more_scores[:, :own], scores)
    torch.testing.assert_close(more_boxes[:, :own], boxes)
    assert more_boxes.shape[1] - own == cells * cells * len(FINE)


@pytest.mark.parametrize("model", DETECTORS)
@torch.no_grad()
def test_new_anchors_start_with_nothing(model: str) -> None:
    fitted = network(config(model=model, fine_anchors=FINE))
    scores, _ = fitted.predictions(torch.randn(1, 3, 96, 96))
    assert scores[:, -12 * 12 * len(FINE) :, fitted.scoring.first_label :].max() < 0.05


@pytest.mark.parametrize("changes", [{"fine_anchors": FINE}, SETTINGS, MAGNIFIED])
@pytest.mark.parametrize(("model", "sizes"), [(DETECTOR, (96, 64)), (DETECTORS[1], (96, 64, 68, 148))])
@torch.no_grad()
def test_every_anchor_has_an_answer(model: str, sizes: Sequence[int], changes: dict[str, Any]) -> None:
    asked = config(model=model, **changes)
    made = network(asked)
    for size in sizes:
        place_anchors(made, asked, size)
        assert made.predictions(torch.randn(1, 3, size, size))[0].shape[1] == len(made.anchors)


def test_anchors_of_crops_are_of_the_same_pixels() -> None:
    asked = config(**SETTINGS)
    made = network(asked)
    whole = made.anchors[:, 2:] - made.anchors[:, :2]
    place_anchors(made, asked, 48)
    cropped = made.anchors[:, 2:] - made.anchors[:, :2]
    torch.testing.assert_close(cropped[:6] * 48, whole[:6] * 96)
    torch.testing.assert_close(cropped[-2:] * 48, whole[-2:] * 96)


@pytest.mark.parametrize("model", DETECTORS)
@torch.no_grad()
def test_a_magnified_image_is_seen_as_a_larger_one(model: str) -> None:
    magnified = network(config(model=model, **MAGNIFIED))
    large = network(config(model=model, **SETTINGS | {"image_size": 192, "anchor_scale": 0.25}))
    images = torch.randn(1, 3, 96, 96)
    seen = torch.nn.functional.interpolate(images, scale_factor=2.0, mode="bilinear")
    for expected, found in zip(large.predictions(seen), magnified.predictions(images), strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("model", DETECTORS)
def test_every_parameter_learns_in_one_stage(model: str) -> None:
    made = network(config(model=model, fine_anchors=FINE))
    staged = [id(parameter) for stage in made.stages() for parameter in stage.parameters]
    assert sorted(staged) == sorted(map(id, made.parameters()))
    assert made.stages()[-1].share == 1.0


def test_an_anchor_near_a_box_is_neither_object_nor_background() -> None:
    made = network(config(fine_anchors=FINE))
    target = LearningTarget(torch.tensor([[0.315, 0.35, 0.435, 0.4]]), torch.tensor([1]))
    labels, _ = made.assigned([target])
    assert (labels == 1).any()
    assert (labels == UNSURE).any()
    assert set(network(config()).assigned([target])[0].flatten().tolist()) == {-1, 1}


@pytest.mark.parametrize("model", DETECTORS)
@torch.no_grad()
def test_a_checkpoint_rebuilds_the_network(model: str, tmp_path: Path) -> None:
    asked = config(model=model, **MAGNIFIED)
    made = network(asked)
    made.fold()
    labels = ("disc", "square")
    kept = Checkpoint(model, "detection", labels, 96, asked, dict(made.state_dict()))
    checkpoint.save(kept, tmp_path / "best.pt")
    loaded = checkpoint.load(tmp_path / "best.pt")
    assert loaded.config == asked
    images = torch.randn(1, 3, 96, 96)
    for expected, found in zip(
        made.predictions(images), checkpoint.network_of(loaded).predictions(images), strict=True
    ):
        torch.testing.assert_close(found, expected)


def test_a_run_on_crops_goes_on_and_is_a_base(lay_run: LayRun, weights_dir: Path, recorder: type[Any]) -> None:
    folder = lay_run(train=2, val=1, epochs=1, **(MAGNIFIED | {"image_size": 96}))
    asked = complete_config(
        {"model": DETECTOR, "epochs": 1, "batch_size": 3, "image_size": 96, "threads": 1, **MAGNIFIED}
    )
    dataset = read_run_folder(folder)
    train(asked, dataset, folder, recorder(), weights_dir)
    told = recorder()
    best = train(asked, dataset, folder, told, weights_dir)
    assert "Going on after epoch 1 of 1" in told.lines
    assert best.config == asked
    (folder / "out" / "best.pt").rename(folder / "base.pt")
    (folder / "out" / "last.pt").unlink()
    for fit in ("auto", "none"):
        follower = complete_config({"model": DETECTOR, "base": "checkpoint", "epochs": 1, "threads": 1, "fit": fit})
        told = recorder()
        after = train(follower, dataset, folder, told, weights_dir)
        assert any("with the anchors of its base" in line for line in told.lines)
        assert (after.config.fine_anchors, after.config.image_size, after.config.crop) == (FINE, 96, 64)
        assert after.config.magnify == 2
        checkpoint.network_of(after)


@pytest.mark.parametrize("model", DETECTORS)
@torch.no_grad()
def test_the_head_of_new_labels_has_the_fine_anchors_too(model: str) -> None:
    made, images = network(config(model=model, fine_anchors=FINE)), torch.randn(1, 3, 96, 96)
    first = made.scoring.first_label
    old = made.predictions(images)[0]
    made.replace_head(torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]))
    new = made(images)[0]
    torch.testing.assert_close(new[..., first + 1], new[..., first + 2])
    if made.scoring is Scoring.SIGMOID:
        torch.testing.assert_close(torch.sigmoid(new[..., :2]), old.flip(-1))


@pytest.mark.parametrize("changes", [{"fine_anchors": [[0.1, 0.1]]}, {"magnify": 2}])
def test_a_model_without_a_layout_refuses_other_anchors(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="takes no other anchors"):
        complete_config({"model": "mobilenet_v2"} | changes)


@pytest.mark.parametrize("crop", [1, 31, 65])
def test_a_crop_is_a_size_that_the_network_takes(crop: int) -> None:
    with pytest.raises(ConfigError, match="crop must be 0 or from 64 to 1280 in steps of 32"):
        config(crop=crop)

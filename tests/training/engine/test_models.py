"""Each row of the model zoo, and each tiny network, keeps the promises of `Network`, `scoring` and its own row.

A new row is tested here without a line; what is its own (torchvision's answers, its loss) has a file of its own.
"""

import copy
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.training.engine import tiny
from training.engine import checkpoint, optim, targets
from training.engine.catalog import MODELS, complete_config, load_module
from training.engine.checkpoint import Checkpoint
from training.engine.config import Optimizer
from training.engine.device import loss_scaler
from training.engine.families import build_network
from training.engine.model_info import ModelInfo
from training.engine.network import Classifier, Detector, LearningTarget, Network
from training.engine.scoring import Scoring
from training.engine.weight_files import find_weights, read_weights

ROWS = (*MODELS.values(), *tiny.ROWS)
DETECTORS = [info for info in ROWS if info.task == "detection"]
CLASSIFIERS = [info for info in ROWS if info.task == "classification"]
SEEN = 8
"""Images that statistics of BatchNorm are made of: fewer would tell deep networks nothing of the next image."""
OFF_CENTRE = {"ssd_mobilenet_v1_jetson": 0.02, "fcos_resnet50_fpn": 0.1, "fasterrcnn_mobilenet_v3_large_320_fpn": 0.15}
"""Networks whose published anchors lie so far off: cells of 32 pixels, ten on 300; or points from the corner on."""
TWO_STAGES = {"fasterrcnn_mobilenet_v3_large_320_fpn"}
"""Networks that score some of their anchors only."""
DAILY = {
    *("ssdlite320_mobilenet_v3_large", "fasterrcnn_mobilenet_v3_large_320_fpn", "mobilenet_v3_small"),
    *(info.name for info in tiny.ROWS),
}
"""Of one stage, of two, a classifier, and the tiny ones. The others run in `make test-full`."""
HEAVY = 100_000_000
"""Bytes of weights beyond which what is said of published ones is held against them in `make test-full` only."""


def every(rows: Iterable[ModelInfo], is_daily: Callable[[ModelInfo], bool]) -> pytest.MarkDecorator:
    params = [pytest.param(info, id=info.name, marks=() if is_daily(info) else pytest.mark.full) for info in rows]
    return pytest.mark.parametrize("info", params)


every_model, every_detector, every_classifier = (
    every(rows, lambda info: info.name in DAILY) for rows in (ROWS, DETECTORS, CLASSIFIERS)
)
every_published = every(MODELS.values(), lambda info: info.weights.size <= HEAVY)


@pytest.fixture(autouse=True)
def _tiny_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for info in tiny.ROWS:
        monkeypatch.setitem(MODELS, info.name, info)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def small_size(info: ModelInfo) -> int:
    """A size that the model takes and a test can afford."""
    return next((size for size in (96, 64) if size in info.image_sizes), info.image_sizes.least)


def lively(info: ModelInfo, label_count: int) -> Network:
    """A network in eval mode, its BatchNorm as after a batch of images; a copy of one where these tests run daily."""
    build: Callable[[str, int], Network] = built_once if info.name in DAILY else built
    network = copy.deepcopy(build(info.name, label_count))
    torch.manual_seed(0)
    return network


def built(name: str, label_count: int) -> Network:
    info = MODELS[name]
    network = build_network(info, label_count, small_size(info)).eval()
    with torch.no_grad():
        for norm in network.modules():
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = None  # the statistics are those of the batch alone
                norm.train()
                norm.weight.uniform_(0.7, 1.3)
                norm.bias.normal_(0, 0.1)
        network.losses(images(info, SEEN), truth(info, [0] * SEEN))
    return network.eval()


built_once = functools.cache(built)


@pytest.fixture(scope="module", autouse=True)
def _no_network_outlives_these_tests() -> Iterator[None]:
    yield
    built_once.cache_clear()


def images(info: ModelInfo, count: int = 2) -> Tensor:
    return torch.randn(count, 3, small_size(info), small_size(info))


def truth(info: ModelInfo, labels: Sequence[int]) -> list[LearningTarget]:
    """One image a label, in whose middle it is."""
    boxes = torch.tensor([[0.25, 0.25, 0.75, 0.75]]) if info.task == "detection" else torch.zeros(0, 4)
    return [LearningTarget(boxes, torch.tensor([label])) for label in labels]


def said(network: Network, seen: Tensor) -> tuple[Tensor, Tensor | None]:
    """Scores, and boxes of a detector."""
    with torch.no_grad():
        outputs = network.predictions(seen)
    return outputs if isinstance(outputs, tuple) else (outputs, None)


def logits(network: Network, seen: Tensor, scoring: Scoring) -> Tensor:
    """What the labels' scores come from."""
    with torch.no_grad():
        outputs = network(seen)
    columns: Tensor = outputs[0] if isinstance(outputs, tuple) else outputs
    return columns[..., scoring.first_label :]


@every_model
def test_a_row_and_its_network_agree(info: ModelInfo) -> None:
    network = build_network(info, 2, small_size(info))
    assert isinstance(network, Detector if info.task == "detection" else Classifier)
    assert (network.scoring, network.label_count) == (info.scoring, 2)
    assert complete_config({"model": info.name}) == info.default_config
    assert info.default_config.model == info.name


@every_published
def test_a_row_excludes_only_targets_that_there_are(info: ModelInfo) -> None:
    offered = {
        (target.name, quantization) for target in targets.TARGETS.values() for quantization in target.quantizations
    }
    assert offered > set(info.not_to)


@every_published
def test_a_source_of_torchvision_is_as_the_row_says(info: ModelInfo) -> None:
    if not info.weights.source.startswith("torchvision:"):
        pytest.skip("another source")
    load_module(info.module)  # makes torchvision importable
    from torchvision.models import get_weight

    published = get_weight(info.weights.source.removeprefix("torchvision:"))
    assert published.url.rpartition("/")[2] == info.weights.file_name
    assert info.weights.file_name.endswith(f"-{info.weights.sha256[:8]}.pth")
    assert info.weights.size == pytest.approx(published.meta["_file_size"] * 2**20, abs=1024)


@pytest.mark.parametrize("label_count", [1, 2, 4])
@every_model
def test_outputs_are_what_the_scoring_says(info: ModelInfo, label_count: int) -> None:
    scores, boxes = said(lively(info, label_count), images(info))
    assert (scores.shape[0], scores.shape[-1]) == (2, info.scoring.columns(label_count))
    assert scores.min() >= 0
    assert scores.max() <= 1
    if info.scoring is not Scoring.SIGMOID:
        torch.testing.assert_close(scores.sum(-1), torch.ones(scores.shape[:-1]))
    if boxes is not None:
        assert boxes.shape == (*scores.shape[:2], 4)
        assert ((boxes >= 0) & (boxes <= 1)).all()
        assert (boxes[..., 2:] >= boxes[..., :2]).all()


@pytest.mark.parametrize("which", ["least", "default"])
@every_detector
def test_anchors_cover_the_image_at_every_size(info: ModelInfo, which: str) -> None:
    size = info.image_sizes.least if which == "least" else info.image_size
    network = build_network(info, 2, size).eval()
    assert isinstance(network, Detector)
    scores, _ = said(network, torch.zeros(1, 3, size, size))
    rows = scores.shape[1]
    assert len(network.anchors) > rows if info.name in TWO_STAGES else len(network.anchors) == rows
    centres = (network.anchors[:, :2] + network.anchors[:, 2:]) / 2
    sides = network.anchors[:, 2:] - network.anchors[:, :2]
    assert ((centres >= 0) & (centres <= 1)).all()
    assert (sides > 0).all()
    cells = {(int(x * 4), int(y * 4)) for x, y in centres.clamp(max=0.999).tolist()}
    assert len(cells) == 16, "each sixteenth of the image has anchors"
    off_centre = OFF_CENTRE.get(info.name, 1e-3)
    torch.testing.assert_close(centres.mean(0), torch.full((2,), 0.5), atol=off_centre, rtol=0)


@every_model
def test_folding_changes_no_answer(info: ModelInfo) -> None:
    network, seen = lively(info, 4), images(info)
    before = said(network, seen)
    network.train().fold()
    assert not network.training
    assert not [name for name in network.state_dict() if "running_mean" in name]
    for was, now in zip(before, said(network, seen), strict=True):
        torch.testing.assert_close(now, was, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("folded", [False, True])
@every_model
def test_stages_hold_every_parameter_once(info: ModelInfo, folded: bool) -> None:
    network = lively(info, 4)
    if folded:
        network.fold()
        network.replace_head(torch.full((7, 4), 1 / 4))
    staged = [id(parameter) for stage in network.stages() for parameter in stage.parameters]
    assert sorted(staged) == sorted(id(parameter) for parameter in network.parameters())


@every_model
def test_a_new_head_mixes_the_old_rows(info: ModelInfo) -> None:
    network, seen = lively(info, 4), images(info)
    (scores, boxes), before = said(network, seen), logits(network, seen, info.scoring)
    mix = torch.eye(4)[[0, 1, 2, 3, 3, 1, 0]]
    mix[6] = torch.tensor([0, 0.5, 0.5, 0])
    network.replace_head(mix)
    (new_scores, new_boxes), after = said(network, seen), logits(network, seen, info.scoring)
    assert network.label_count == 7
    torch.testing.assert_close(after, before @ mix.T, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(new_boxes, boxes)
    if info.scoring is Scoring.SIGMOID:
        torch.testing.assert_close(new_scores[..., :4], scores, atol=1e-4, rtol=1e-3)


@every_model
def test_old_labels_say_the_same_beside_a_new_one(info: ModelInfo) -> None:
    network, seen = lively(info, 4), images(info)
    before, weights = logits(network, seen, info.scoring), copy.deepcopy(network.state_dict())
    network.replace_head(torch.eye(4))
    assert [name for name, value in network.state_dict().items() if not torch.equal(value, weights[name])] == []
    network.replace_head(torch.cat([torch.eye(4), torch.full((1, 4), 0.25)]))
    torch.testing.assert_close(logits(network, seen, info.scoring)[..., :4], before, atol=1e-5, rtol=1e-5)


@every_model
def test_a_head_of_one_label_can_learn(info: ModelInfo) -> None:
    network = lively(info, 4)
    network.fold()
    network.replace_head(torch.tensor([[0.25, 0.25, 0.25, 0.25]]))
    scores, _ = said(network, images(info))
    assert scores.shape[-1] == info.scoring.columns(1)
    parts = network.train().losses(images(info), truth(info, [0, 0]))
    torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert all(torch.isfinite(part) for part in parts.values())


@every_model
def test_likeness_is_shares_of_the_old_rows(info: ModelInfo) -> None:
    mix = lively(info, 4).likeness(images(info, 1), truth(info, [1]), 2)
    assert mix.shape == (2, 4)
    torch.testing.assert_close(mix.sum(1), torch.ones(2))
    torch.testing.assert_close(mix[0], torch.full((4,), 1 / 4))  # nothing was seen of the first label


@pytest.mark.parametrize("freeze", ["none", "trunk"])
@every_model
def test_freezing_leaves_the_stated_parameters_to_learn(info: ModelInfo, freeze: str) -> None:
    network = lively(info, 2)
    network.fold()
    stages = [stage for stage in network.stages() if stage.share > 0 and not (freeze == "trunk" and stage.is_trunk)]
    stated = {id(p) for stage in stages for p in stage.parameters if p.requires_grad}  # a folded bias does not learn
    for optimizer in info.optimizers:
        learning, still = one_step(network, info, freeze, optimizer)
        assert learning == stated
        assert still, "what is frozen does not move"
    assert stated
    assert any(stage.is_trunk for stage in network.stages())


def one_step(network: Network, info: ModelInfo, freeze: str, optimizer: Optimizer) -> tuple[set[int], bool]:
    """What may learn, and whether everything else stayed as it was while something moved."""
    config = complete_config({"model": info.name, "base": "catalogue", "freeze": freeze, "optimizer": optimizer})
    before = {id(p): p.detach().clone() for p in network.parameters()}
    steps = optim.build_optimizer(network, config)
    optim.set_rate(steps, 5, 10)
    steps.zero_grad(set_to_none=True)
    loss = torch.stack(list(network.losses(images(info), truth(info, [0, 1])).values())).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    assert optim.descend(steps, loss_scaler(torch.device("cpu"), config.precision))
    learning = {id(p) for p in network.parameters() if p.requires_grad}
    moved = {id(p) for p in network.parameters() if not torch.equal(p, before[id(p)])}
    assert moved
    return learning, moved <= learning


@every_model
def test_random_weights_learn_everywhere(info: ModelInfo) -> None:
    network = build_network(info, 2, small_size(info))
    config = complete_config({"model": info.name, "base": "none"})
    groups = optim.build_optimizer(network, config).param_groups
    assert {group["peak"] for group in groups} == {config.learning_rate}
    assert sum(len(group["params"]) for group in groups) == len(list(network.parameters()))


@every_model
def test_a_checkpoint_comes_back_and_exports(info: ModelInfo, tmp_path: Path) -> None:
    network, seen = lively(info, 2), images(info, 1)
    network.fold()
    expected = said(network, seen)
    size = small_size(info)
    saved = Checkpoint(info.name, info.task, ("a", "b"), size, info.default_config, network.state_dict())
    checkpoint.save(saved, tmp_path / "best.pt")
    loaded = checkpoint.load(tmp_path / "best.pt")
    form = checkpoint.export_form(loaded)
    torch.testing.assert_close(said(checkpoint.network_of(loaded), seen), expected)
    # In 32 bits the way through exp makes a rounding a quarter of a thousandth of the image.
    seen = seen.double()
    torch.testing.assert_close(form.double()(seen), network.double().exported(seen))
    assert all(tensor.is_contiguous() for tensor in form.state_dict().values())
    assert not any(parameter.requires_grad for parameter in form.parameters())


@torch.no_grad()
@every_detector
def test_an_exported_detector_puts_the_background_first(info: ModelInfo) -> None:
    network, seen = lively(info, 2), images(info)
    scores, boxes = network.predictions(seen)
    exported, same_boxes = network.exported(seen)
    torch.testing.assert_close(same_boxes, boxes)
    torch.testing.assert_close(exported[..., 1:], scores[..., info.scoring.first_label :])
    if info.scoring is Scoring.SIGMOID:
        torch.testing.assert_close(exported[..., 0], 1 - exported[..., 1:].amax(-1))


@torch.no_grad()
@every_classifier
def test_an_exported_classifier_gives_its_scores(info: ModelInfo) -> None:
    network, seen = lively(info, 2), images(info)
    torch.testing.assert_close(network.exported(seen), network.predictions(seen))


@torch.no_grad()
@every_published
def test_the_published_weights_load_and_fold(info: ModelInfo, weights_dir: Path) -> None:
    path = find_weights(info, [weights_dir])
    if path is None:
        pytest.skip(f"none of {', '.join(info.weight_files)} is in {weights_dir}")
    network = build_network(info, info.weights.label_count, info.image_size).eval()
    network.load_state_dict(read_weights(info, path))
    seen = torch.randn(1, 3, info.image_size, info.image_size)
    before = said(network, seen)
    network.fold()
    for was, now in zip(before, said(network, seen), strict=True):
        torch.testing.assert_close(now, was, atol=1e-4, rtol=1e-3)

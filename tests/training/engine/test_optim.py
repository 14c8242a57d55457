import copy
import math
from typing import Any

import pytest
import torch

from tests.training.engine import tiny
from training.engine import optim
from training.engine.catalog import MODELS
from training.engine.classifiers.mobilenet import build
from training.engine.config import Config, Optimizer
from training.engine.device import loss_scaler

INFO = MODELS["mobilenet_v3_small"]


def test_the_rate_warms_up_and_falls() -> None:
    rates = [optim.schedule(step, 100) for step in range(100)]
    assert rates[0] < 0.2
    assert max(rates) > 0.9
    assert rates.index(max(rates)) == 9
    assert rates[-1] < 0.03


def test_the_average_follows_the_weights() -> None:
    network = tiny.build(tiny.ROWS[0], 2, 96)
    average = optim.Average(network)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    for _ in range(400):
        average.update(network)
    assert all(torch.allclose(p, torch.ones_like(p), atol=0.05) for p in average.network.parameters())


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_room_made_beforehand_changes_no_step(kind: Optimizer) -> None:
    network = build(INFO, 2, 96)
    lean = copy.deepcopy(network)
    config = Config(INFO.name, base="none", optimizer=kind, learning_rate=0.01)
    roomy, without = optim.build_optimizer(network, config), optim.build_optimizer(lean, config)
    without.state.clear()
    for step in range(3):
        roomy.zero_grad(set_to_none=False)
        without.zero_grad(set_to_none=True)
        for one in (network, lean):
            sums = [parameter.sum() * (step + k % 3) for k, parameter in enumerate(one.parameters())]
            torch.stack(sums).sum().backward()  # type: ignore[no-untyped-call]
        roomy.step()
        without.step()
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), lean.parameters(), strict=True))


def test_a_loss_that_was_scaled_too_high_costs_a_step_and_a_loss_that_is_no_number_all() -> None:
    network = build(INFO, 2, 96)
    config = Config(INFO.name, base="none", precision="fp16")
    optimizer = optim.build_optimizer(network, config)
    scaler = loss_scaler(torch.device("cpu"), config.precision)
    parameter = next(network.parameters())
    before = parameter.detach().clone()

    def descend(gradient: float) -> bool:
        optimizer.zero_grad(set_to_none=False)
        scaler.scale(parameter.sum() * gradient).backward()  # type: ignore[no-untyped-call]
        return optim.descend(optimizer, scaler)

    scale = scaler.scale(torch.ones(())).item()
    assert descend(math.inf)
    assert torch.equal(parameter, before)
    assert scaler.get_scale() < scale
    assert descend(1.0)
    assert not torch.equal(parameter, before)
    while scaler.get_scale() > 1:
        assert descend(math.nan)
    assert not descend(math.nan)
    assert parameter.isfinite().all()


def test_a_rate_may_fall_in_steps() -> None:
    rates = [optim.schedule(step, 90, 9, "step") for step in range(90)]
    assert rates[0] == pytest.approx(1 / 9)
    assert [rates[i] for i in (8, 59)] == [1.0, 1.0]
    assert [rates[i] for i in (60, 79)] == [pytest.approx(0.1)] * 2
    assert [rates[i] for i in (80, 89)] == [pytest.approx(0.01)] * 2


def test_the_warm_up_is_as_long_as_asked() -> None:
    assert optim.schedule(0, 100, 0, "step") == 1.0
    assert optim.warm_up_steps(Config(INFO.name, warmup_epochs=1.5), 10) == 15
    assert optim.warm_up_steps(Config(INFO.name, warmup_steps=7), 10) == 7
    assert optim.warm_up_steps(Config(INFO.name), 10) is None


def test_the_rate_follows_the_batch_where_it_is_for_another() -> None:
    assert optim.peak_rate(Config(INFO.name, learning_rate=0.01, batch_size=4)) == 0.01
    scaled = Config(INFO.name, learning_rate=0.01, batch_size=4, reference_batch=16)
    assert optim.peak_rate(scaled) == pytest.approx(0.0025)


def test_momentum_and_decay_reach_the_optimizer() -> None:
    def group(**settings: Any) -> dict[str, Any]:
        found: dict[str, Any] = optim.build_optimizer(build(INFO, 2, 96), Config(INFO.name, **settings)).param_groups[0]
        return found

    assert (group()["momentum"], group()["weight_decay"]) == (0.9, 1e-4)
    assert group(optimizer="adamw")["weight_decay"] == 1e-2
    changed = group(momentum=0.5, weight_decay=0.0)
    assert (changed["momentum"], changed["weight_decay"]) == (0.5, 0.0)


def test_without_an_average_the_last_weights_are_kept() -> None:
    network = build(INFO, 2, 96)
    average = optim.Average(network, 0.0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.7)
    average.update(network)
    assert all(torch.equal(a, b) for a, b in zip(average.network.parameters(), network.parameters(), strict=True))

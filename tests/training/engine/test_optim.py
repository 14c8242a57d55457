import torch

from training.engine import optim
from training.engine.catalog import MODELS
from training.engine.classifiers.mobilenet import build
from training.engine.config import Config

INFO = MODELS["mobilenet_v3_small"]


def test_the_rate_warms_up_and_falls() -> None:
    rates = [optim.schedule(step, 100) for step in range(100)]
    assert rates[0] < 0.2
    assert max(rates) > 0.9
    assert rates.index(max(rates)) == 9
    assert rates[-1] < 0.03


def test_a_frozen_trunk_does_not_move() -> None:
    network = build(INFO, 2, 96)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    optimizer = optim.build_optimizer(network, Config(INFO.name, freeze="trunk"))
    optim.descend(optimizer, network(torch.rand(2, 3, 96, 96)).square().sum())
    moved = {name.split(".")[0] for name, p in network.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {"classifier"}


def test_the_average_follows_the_weights() -> None:
    network = build(INFO, 2, 96)
    average = optim.Average(network)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    for _ in range(400):
        average.update(network)
    assert all(torch.allclose(p, torch.ones_like(p), atol=0.05) for p in average.network.parameters())


def test_random_weights_learn_everywhere_at_the_full_rate() -> None:
    network = build(INFO, 2, 96)
    optimizer = optim.build_optimizer(network, Config(INFO.name, base="none", learning_rate=0.1))
    assert {group["peak"] for group in optimizer.param_groups} == {0.1}
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(list(network.parameters()))

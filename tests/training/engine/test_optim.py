import torch

from training.engine import optim
from training.engine.catalog import MODELS
from training.engine.classifiers.mobilenet import build

INFO = MODELS["mobilenet_v3_small"]


def test_the_rate_warms_up_and_falls() -> None:
    rates = [optim.schedule(step, 100) for step in range(100)]
    assert rates[0] < 0.2
    assert max(rates) > 0.9
    assert rates.index(max(rates)) == 9
    assert rates[-1] < 0.03


def test_the_average_follows_the_weights() -> None:
    network = build(INFO, 2, 96)
    average = optim.Average(network)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    for _ in range(400):
        average.update(network)
    assert all(torch.allclose(p, torch.ones_like(p), atol=0.05) for p in average.network.parameters())

"""A layer that 8-bit weights ruin is found, keeps its floats, and is named by the card."""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from training.engine.exporters import litert, onnx_precision, tflite_int8
from training.engine.exporters.answers import Floats
from training.engine.exporters.eight_bits import EightBits, Inputs, layers_to_spare, mean_change
from training.engine.exporters.onnx_file import run_model, write_onnx

SIDE = 16


class Network(nn.Module):
    """Scores [1, 4]. Of `ruined` each channel has a weight on what is always zero, beside which the others vanish."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.ruined = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3)
        self.third, self.last = nn.Conv2d(8, 8, 3), nn.Linear(8, 4)
        with torch.no_grad():
            self.first.weight[0], self.first.bias[0] = 0.0, -1.0  # type: ignore[index]
            self.ruined.weight[:, 0] = 1000.0
            self.last.weight *= 50
            seen = torch.from_numpy(np.stack(list(inputs()))).permute(0, 3, 1, 2)
            self.last.bias.copy_(-self.last.weight @ self.features(seen).mean(0))

    def features(self, images: Tensor) -> Tensor:
        return torch.relu(self.third(torch.relu(self.ruined(torch.relu(self.first(images)))))).mean((2, 3))

    def forward(self, images: Tensor) -> Tensor:
        return torch.softmax(self.last(self.features(images)), 1)


class OfPixels(Network):
    """The same of an image [1, S, S, 3]."""

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images.permute(0, 3, 1, 2))


def inputs() -> Iterator[Floats]:
    rng = np.random.default_rng(0)
    for _ in range(6):
        yield (rng.normal(size=3) + rng.normal(size=(SIDE, SIDE, 3))).astype(np.float32)


def test_an_onnx_file_keeps_the_floats_of_the_layer_that_needs_them(tmp_path: Path) -> None:
    model = write_onnx(Network().eval(), SIDE, tmp_path / "model.onnx", ["scores"])

    small, told = onnx_precision.quantized(model, inputs)

    before, after = ([row[0] for row in run_model(m.SerializeToString(), ["scores"], inputs())] for m in (model, small))
    assert told == EightBits(activations=False, float_layers=("ruined.weight",))
    assert mean_change(before, after) < 0.05
    assert mean_change(before, before[::-1]) > 0.2  # its pictures do differ


def test_a_tflite_file_does_too() -> None:
    graph = litert.graph_of(OfPixels().eval(), torch.zeros(1, SIDE, SIDE, 3))

    small, told = tflite_int8.to_int8(graph, 0, inputs)

    assert not told.activations
    assert len(told.float_layers) == 1
    assert len(small) < len(graph)
    assert mean_change(*(tflite_int8._outputs(one, 0, inputs()) for one in (graph, small))) < 0.05


@pytest.mark.parametrize(
    ("harm", "spared"),
    [
        ({}, ()),
        ({"3": 0.06, "5": 0.09}, ("5",)),
        ({"3": 0.2, "5": 0.2}, ("3", "5")),
        ({"3": 0.2, "5": 0.2, "6": 0.2}, ()),  # a quarter may be spared, and that would not do
    ],
)
def test_no_more_are_spared_than_must_be(harm: dict[str, float], spared: tuple[str, ...]) -> None:
    def scores(small: Collection[str], seen: Inputs) -> Iterator[Floats]:
        return (np.array([sum(harm.get(layer, 0.0) for layer in small)], np.float32) for _ in seen())

    assert layers_to_spare([str(i) for i in range(8)], inputs, scores) == spared

"""Eight bits: activations too where the model bears it, else weights alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from training.engine.exporters import onnx_precision
from training.engine.exporters.answers import Floats
from training.engine.exporters.eight_bits import SCORE_CHANGE, EightBits
from training.engine.exporters.onnx_file import run_model, write_onnx


@pytest.fixture
def model(tmp_path: Path) -> onnx.ModelProto:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4), nn.Softmax(1)]
    return write_onnx(nn.Sequential(*layers).eval(), 16, tmp_path / "model.onnx", ["scores"])


def inputs() -> Iterator[Floats]:
    yield from np.random.default_rng(0).normal(size=(6, 16, 16, 3)).astype(np.float32)


def answers(model: onnx.ModelProto) -> Floats:
    return np.stack([row[0] for row in run_model(model.SerializeToString(), ["scores"], inputs())])


def operators(model: onnx.ModelProto) -> set[str]:
    return {node.op_type for node in model.graph.node}


def test_a_model_that_bears_it_has_small_activations(model: onnx.ModelProto) -> None:
    before = answers(model)

    small, told = onnx_precision.quantized(model, inputs)

    assert "QuantizeLinear" in operators(small)
    assert told == EightBits(activations=True)
    assert 0 < np.abs(answers(small) - before).max() < SCORE_CHANGE


def test_one_that_does_not_has_small_weights_alone(model: onnx.ModelProto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_precision, "SCORE_CHANGE", 0.0)
    before = answers(model)

    small, told = onnx_precision.quantized(model, inputs)

    assert told == EightBits(activations=False)
    assert "QuantizeLinear" not in operators(small)
    assert "DequantizeLinear" in operators(small)
    assert {tensor.data_type for tensor in small.graph.initializer if len(tensor.dims) > 1} == {onnx.TensorProto.INT8}
    assert 0 < np.abs(answers(small) - before).max() < 0.01

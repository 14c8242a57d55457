"""Eight bits inside, floats at both ends: activations too where the model bears it, else weights alone."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from torch import Tensor, nn

from training.engine.exporters import litert, tflite_int8
from training.engine.exporters.answers import Floats
from training.engine.exporters.flatbuffer import read_model

NEVER = 3
"""A label that never occurs: no weights, and a bias that says so."""


class Network(nn.Module):
    """Scores [1, 4] of an image [1, 16, 16, 3], each for itself."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU())
        self.last = nn.Linear(8, 4)
        with torch.no_grad():
            self.last.weight[NEVER], self.last.bias[NEVER] = 1e-12, -20.0

    def forward(self, image: Tensor) -> Tensor:
        return torch.sigmoid(self.last(self.layers(image.permute(0, 3, 1, 2)).mean((2, 3))))


@pytest.fixture(scope="module")
def graph() -> bytes:
    return litert.graph_of(Network(), torch.zeros(1, 16, 16, 3))


def inputs() -> Iterator[Floats]:
    yield from np.random.default_rng(0).normal(size=(6, 16, 16, 3)).astype(np.float32)


def answers(content: bytes) -> Floats:
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    (given,), (wanted,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert (given["dtype"], wanted["dtype"]) == (np.float32, np.float32)
    found = []
    for image in inputs():
        interpreter.set_tensor(given["index"], image[None])
        interpreter.invoke()
        found.append(interpreter.get_tensor(wanted["index"])[0])
    return np.stack(found)


def small_activations(content: bytes) -> int:
    """8-bit tensors that the graph computes."""
    model = read_model(content)
    computed = [t for t in model.subgraphs[0].tensors if model.buffers[t.buffer].data is None]
    return sum(tensor.type == schema.TensorType.INT8 for tensor in computed)


def test_a_model_that_bears_it_has_small_activations(graph: bytes) -> None:
    small, _ = tflite_int8.to_int8(graph, 0, inputs)

    assert small_activations(small) > 3
    assert 0 < np.abs(answers(small) - answers(graph)).max() < 0.05


def test_one_that_does_not_has_small_weights_alone(graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tflite_int8, "SCORE_CHANGE", 0.0)

    small, _ = tflite_int8.to_int8(graph, 0, inputs)

    assert small_activations(small) == 0
    assert len(small) < len(graph)
    assert np.abs(answers(small) - answers(graph)).max() < 0.05


def test_a_label_that_never_occurs_stays_so(graph: bytes) -> None:
    assert answers(graph)[:, NEVER].max() < 1e-6
    assert answers(tflite_int8.with_small_activations(graph, inputs))[:, NEVER].max() > 0.1  # what is to be prevented
    assert answers(tflite_int8.to_int8(graph, 0, inputs)[0])[:, NEVER].max() < 0.01

"""A `.tflite` graph cut down to some of its outputs still runs."""

import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from torch import Tensor, nn

from training.engine.exporters.flatbuffer import keep_outputs
from training.engine.exporters.litert import graph_of


class Best(nn.Module):
    """Where the best three of [1, 8] are, as two outputs: the operator that finds them also gives their values."""

    def forward(self, scores: Tensor) -> tuple[Tensor, Tensor]:
        best = scores.topk(3, 1)
        return best.values, (scores + 1).gather(1, best.indices)


def test_an_operator_keeps_its_other_outputs() -> None:
    scores = torch.arange(8.0)[None]
    interpreter = Interpreter(model_content=keep_outputs(graph_of(Best(), scores), [1]), num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], scores.numpy())
    interpreter.invoke()
    assert np.array_equal(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]), [[8.0, 7.0, 6.0]])

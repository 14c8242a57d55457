"""One conversion of a checkpoint to a float `.tflite` graph: the common ancestor of the TFLite and TF.js artifacts."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from annotations.dataset.records import Task
from training.engine.catalog import Rgb
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.exporters.flatbuffer import keep_outputs
from training.engine.exporters.rescaling import Rescaling, Scale

ONE_SCALE: Rgb = (127.5, 127.5, 127.5)


def input_scale(checkpoint: Checkpoint) -> Scale:
    """Mean and std (pixels 0..255) of the converted graph's input.

    MediaPipe knows one mean and one std for all channels. A model that wants more gets it inside its graph.
    """
    mean, std = checkpoint.info.mean, checkpoint.info.std
    return (mean, std) if len(set(mean)) == len(set(std)) == 1 else (ONE_SCALE, ONE_SCALE)


def convert(checkpoint: Checkpoint) -> bytes:
    """A float32 graph, input [1, S, S, 3]; its outputs are those that `GRAPHS` names."""
    size = checkpoint.image_size
    return graph_of(_MobileForm(export_form(checkpoint), checkpoint), torch.zeros(1, size, size, 3))


def graph_of(form: nn.Module, given: Tensor) -> bytes:
    """What the form computes of an input of this shape."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter warns of its own use of torch
        import litert_torch  # takes seconds

        return bytes(litert_torch.convert(form.eval(), (given,)).model_content())


def only(content: bytes, task: Task, *names: str) -> bytes:
    """The converted graph with just these outputs, in this order."""
    return keep_outputs(content, [GRAPHS[task].names.index(name) for name in names])


class _MobileForm(nn.Module):
    """The export form with its channels last, one scale for all channels, and its task's outputs."""

    def __init__(self, form: nn.Module, checkpoint: Checkpoint) -> None:
        super().__init__()
        self.form = form
        self.outputs = GRAPHS[checkpoint.task].outputs
        wanted = (checkpoint.info.mean, checkpoint.info.std)
        self.rescaling = Rescaling(input_scale(checkpoint), wanted, channels_last=True)

    def forward(self, image: Tensor) -> Any:
        return self.outputs(self.form(self.rescaling(image).permute(0, 3, 1, 2)))


def _with_encodings(outputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    scores, boxes = outputs
    return scores, boxes, _encodings(boxes)


def _encodings(boxes: Tensor) -> Tensor:
    """Corners [1, A, 4] as (centre y, centre x, log height, log width), relative to the unit square.

    Clipped before: MediaPipe sets a negative corner to 0 but keeps the width, which shifts the other side.
    """
    low, high = boxes[..., :2], boxes[..., 2:]
    centres, logs = (low + high) * 0.5, torch.log((high - low).clamp(min=1e-6))
    return torch.cat([centres[..., 1:], centres[..., :1], logs[..., 1:], logs[..., :1]], -1)


def _unchanged(outputs: Tensor) -> Tensor:
    return outputs


@dataclass(frozen=True, slots=True)
class GraphOutputs:
    """What the converted graph of one task gives: `names` of what `outputs` makes of the export form's outputs."""

    names: tuple[str, ...]
    outputs: Callable[[Any], Any]


GRAPHS: dict[Task, GraphOutputs] = {
    "detection": GraphOutputs(("scores", "boxes", "encodings"), _with_encodings),
    "classification": GraphOutputs(("scores",), _unchanged),
}

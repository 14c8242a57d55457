"""What no picture changes is computed once; pads go into the convolutions that they feed, where that is the same."""

from collections import Counter
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.exporters.onnx_file import run_model, write_onnx

SIDE = 8


class Padded(nn.Module):
    """`pad` zeros, or what `mode` and `value` say, before a convolution that may pad by itself too."""

    def __init__(self, pad: tuple[int, ...], mode: str = "constant", value: float = 0.0, own: int = 0) -> None:
        super().__init__()
        self.convolution, self.arguments = nn.Conv2d(3, 2, 3, padding=own), (pad, mode, value)

    def forward(self, images: Tensor) -> Tensor:
        convolved: Tensor = self.convolution(F.pad(images, *self.arguments))
        return convolved.flatten(1)


class PaddedForTwo(Padded):
    """What is padded is wanted by itself too."""

    def forward(self, images: Tensor) -> Tensor:
        padded = F.pad(images, *self.arguments)
        return torch.cat([self.convolution(padded).flatten(1), padded.flatten(1)], 1)


class Counted(nn.Module):
    """Reshaped by sizes that are traced."""

    def forward(self, images: Tensor) -> Tensor:
        batch, _, height, width = images.shape
        return images.reshape(batch, 3 * height * width)


@pytest.mark.parametrize(
    ("form", "pads"),
    [
        (Padded((0, 1, 0, 1)), 0),
        (Padded((0, 1, 2, 0), own=1), 0),
        (Padded((1, 1, 1, 1), value=0.5), 1),
        (Padded((1, 1, 1, 1), "reflect"), 1),
        (Padded((-1, 1, 0, 0)), 1),
        (PaddedForTwo((1, 1, 1, 1)), 1),
        (Counted(), 0),
    ],
)
def test_a_folded_graph_answers_as_it_did(form: nn.Module, pads: int, tmp_path: Path) -> None:
    image = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))

    model = write_onnx(form.eval(), SIDE, tmp_path / "model.onnx", ["scores"], any_batch=True)

    ((given,),) = run_model(model.SerializeToString(), ["scores"], [image[0].permute(1, 2, 0).numpy()])
    with torch.no_grad():
        assert torch.allclose(torch.from_numpy(given), form(image)[0], atol=1e-6)
    kinds = Counter(node.op_type for node in model.graph.node)
    assert kinds["Pad"] == pads
    assert not {"Shape", "Constant"} & set(kinds)
    assert [imported.domain for imported in model.opset_import] == [""]

"""A Core ML program, operator by operator in torch, gives what the network that it was made of gives."""

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.engine.exporters import coreml, coreml_program
from training.engine.exporters.onnx_file import quiet


class Layers(nn.Module):
    """What the zoo's networks have, and how they may be padded."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.grouped = nn.Conv2d(8, 8, 3, groups=4, dilation=2, padding=2)
        self.normed = nn.GroupNorm(2, 8)
        self.last = nn.Linear(8, 5)

    def forward(self, image: Tensor) -> Tensor:
        x = F.hardswish(self.first(image / 255))
        x = x + F.leaky_relu(self.grouped(x), 0.1)
        x = F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 3, 2, ceil_mode=True)
        x = F.avg_pool2d(x, 3, 1, padding=1, count_include_pad=False)
        x = F.interpolate(self.normed(x), scale_factor=2.0, mode="nearest")
        first, second = F.silu(x).chunk(2, 1)
        x = torch.cat([first * second.sigmoid(), F.gelu(second)], 1)[:, :, 1:-1]
        return torch.softmax(self.last(x.mean((2, 3))), 1)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with quiet():
        import coremltools as ct  # seconds: for the one process that runs this

        program = torch.export.export(Layers().eval(), (torch.zeros(1, 3, 32, 32),)).run_decompositions({})
        pixels = ct.TensorType(name="image", shape=(1, 3, 32, 32))
        model: Any = ct.convert(
            program,
            inputs=[pixels],
            outputs=[ct.TensorType(name="scores")],
            convert_to="mlprogram",
            minimum_deployment_target=ct.target.iOS15,
            compute_precision=ct.precision.FLOAT32,
            skip_model_load=True,
        )
    folder = tmp_path_factory.mktemp("package")
    coreml._write_package(folder, model.get_spec(), Path(model.weights_dir))
    return folder


def test_it_gives_what_torch_gives(package: Path) -> None:
    function, image = coreml._function(package), torch.rand(1, 3, 32, 32) * 255

    assert coreml_program.unknown_operators(function) == []
    given = coreml_program.run(function, image)["scores"]
    with torch.inference_mode():
        assert torch.allclose(given, Layers().eval()(image), atol=1e-5)


def test_coremltools_reads_the_package(package: Path) -> None:
    with quiet():
        import coremltools as ct

        model: Any = ct.models.MLModel(str(package / coreml.PACKAGE), skip_model_load=True)

    assert model.get_spec() == coreml._read_spec(package)


def test_an_operator_that_it_does_not_know_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(coreml_program.OPERATORS, "softmax")

    assert coreml_program.unknown_operators(coreml._function(package)) == ["softmax"]

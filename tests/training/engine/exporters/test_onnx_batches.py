"""An ONNX file takes as many pictures as it is given, where it answers of each as it does of one alone."""

import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from tests.training.engine.exporters.conftest import CLASSIFIER, DETECTOR, MakeArtifact
from training.engine.exporters.onnx_file import BATCH, INPUT, takes_batches, write_onnx

SIDE = 8


class OnePicture(nn.Module):
    """What a constant of its graph says of one picture it says of no more."""

    def forward(self, images: Tensor) -> Tensor:
        return images.reshape(1, -1)[:, :SIDE]


class Mixing(nn.Module):
    """Each picture's answer hangs on the others."""

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, :SIDE] - images.mean()


class Apart(nn.Module):
    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, :SIDE]


@pytest.mark.parametrize(("form", "takes"), [(Apart(), True), (OnePicture(), False), (Mixing(), False)])
def test_whether_it_takes_more_than_one_is_found_by_asking(form: nn.Module, takes: bool, tmp_path: Path) -> None:
    model = write_onnx(form, SIDE, tmp_path / "model.onnx", ["scores"], any_batch=True)

    assert takes_batches(model, SIDE) is takes


@pytest.mark.parametrize(
    ("model", "quantization"),
    [
        (DETECTOR, "none"),
        (CLASSIFIER, "none"),
        pytest.param(DETECTOR, "int8", marks=pytest.mark.full),
        pytest.param("yolox_nano", "none", marks=pytest.mark.full),
    ],
)
def test_four_pictures_at_once_are_answered_as_each_alone(
    model: str, quantization: str, make_artifact: MakeArtifact
) -> None:
    with zipfile.ZipFile(make_artifact(model, "onnx", quantization) / "artifact.zip") as archive:
        content = archive.read("model.onnx")
    given = onnx.load_model_from_string(content).graph.input[0]
    size = given.type.tensor_type.shape.dim[2].dim_value
    images = torch.rand(4, 3, size, size, generator=torch.Generator().manual_seed(0)).numpy()
    session = onnxruntime.InferenceSession(content)

    together = session.run(None, {INPUT: images})
    alone = [session.run(None, {INPUT: image[None]}) for image in images]

    assert given.type.tensor_type.shape.dim[0].dim_param == BATCH
    for output, ones in zip(together, zip(*alone, strict=True), strict=True):
        assert np.abs(output - np.concatenate(ones)).max() < 1e-5


def test_what_wants_fixed_shapes_has_them(make_artifact: MakeArtifact) -> None:
    with zipfile.ZipFile(make_artifact(DETECTOR, "onnx-nms") / "artifact.zip") as archive:
        graph = onnx.load_model_from_string(archive.read("model.onnx")).graph

    assert graph.input[0].type.tensor_type.shape.dim[0].dim_value == 1

"""Published files of SSD-MobileNetV1, written here in their formats, give the network that they were made of."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.training.engine.importers.pytorch_ssd import PytorchSsd
from tests.training.engine.importers.tflite_writer import Head, Layer, tflite
from training.engine.catalog import MODELS
from training.engine.detectors.ssd_mobilenet_v1 import SsdMobilenetV1, build
from training.engine.errors import WeightsError
from training.engine.importers.ssd_mobilenet_v1 import CONVOLUTIONS
from training.engine.model_info import ModelInfo
from training.engine.network import Network
from training.engine.weight_files import read_weights

WIDE, NARROW, JETSON = (MODELS[f"ssd_mobilenet_v1{edition}"] for edition in ("", "_075", "_jetson"))
HEADS_AFTER = (22, 26, 28, 30, 32, 34)
"""Of the 35 convolutions in a chain, those whose output the heads take."""


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def folded(info: ModelInfo, label_count: int = 90) -> SsdMobilenetV1:
    network = build(info, label_count, info.image_size)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.bias)
    network.fold()
    return network


def layer(network: Network, name: str) -> Layer:
    state = network.state_dict()
    return state[f"{name}.weight"].contiguous(), state[f"{name}.bias"]


def tensorflows(boxes: Layer, classes: Layer) -> list[Layer]:
    """A pair of our heads in TensorFlow's order: (y, x, height, width), and a column before the labels'."""
    places = len(boxes[0]) // 4
    swapped = [part.reshape(places, 4, *part.shape[1:])[:, [1, 0, 3, 2]].flatten(0, 1) for part in boxes]
    wide = [part.reshape(places, -1, *part.shape[1:]) for part in classes]
    wide = [torch.cat([torch.zeros_like(part[:, :1]), part], 1).flatten(0, 1) for part in wide]
    return [(swapped[0], swapped[1]), (wide[0], wide[1])]


def written(network: Network, quantized: bool = False) -> bytes:
    chain = [layer(network, name) for name in CONVOLUTIONS]
    heads = [
        Head(after, made)
        for i, after in enumerate(HEADS_AFTER)
        for made in tensorflows(layer(network, f"box_heads.{i}"), layer(network, f"class_heads.{i}"))
    ]
    return tflite(chain, heads, quantized)


def as_file(content: bytes) -> bytes:
    return content


def with_labels(content: bytes) -> bytes:
    return content + zipped("labelmap.txt", b"???\nperson\n")


def as_zip(content: bytes) -> bytes:
    return zipped("detect.tflite", content)


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def assert_loaded(info: ModelInfo, path: Path, source: Network, closeness: float) -> None:
    """The file's weights are the source's, but for `closeness` of the spread of each tensor."""
    network = build(info, info.weights.label_count, info.image_size)
    network.load_state_dict(read_weights(info, path))
    network.fold()
    for name, expected in source.state_dict().items():
        spread = float(expected.max() - expected.min())
        torch.testing.assert_close(network.state_dict()[name], expected, atol=spread * closeness + 1e-6, rtol=0)


@pytest.mark.parametrize("pack", [as_file, with_labels, as_zip])
@pytest.mark.parametrize("info", [NARROW, WIDE], ids=["0.75", "1.0"])
def test_a_float_tflite_gives_its_weights(info: ModelInfo, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    source = folded(info)
    (tmp_path / "detect.tflite").write_bytes(pack(written(source)))
    assert_loaded(info, tmp_path / "detect.tflite", source, 1e-5)


def test_a_quantized_tflite_gives_its_weights_to_a_256th(tmp_path: Path) -> None:
    source = folded(NARROW)
    (tmp_path / "detect.tflite").write_bytes(written(source, quantized=True))
    assert_loaded(NARROW, tmp_path / "detect.tflite", source, 1 / 255)


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "detect.tflite"
    path.write_bytes(written(folded(NARROW)))
    with pytest.raises(WeightsError, match=r"^detect\.tflite is of width 0\.75; SSD with MobileNetV1 is 1 wide\.$"):
        read_weights(WIDE, path)
    path.write_bytes(written(folded(NARROW, 2)))
    with pytest.raises(WeightsError, match=r"^detect\.tflite tells 2 labels apart, not 90\.$"):
        read_weights(NARROW, path)
    path.write_bytes(tflite([layer(folded(NARROW), "features.0.0")], [], quantized=False))
    with pytest.raises(WeightsError, match="holds no SSD with MobileNetV1"):
        read_weights(NARROW, path)
    torch.save(PytorchSsd(21).state_dict(), path)
    with pytest.raises(WeightsError, match="holds no SSD with MobileNetV1"):
        read_weights(NARROW, path)
    path.write_text("hello")
    with pytest.raises(WeightsError, match=r"detect\.tflite can't be read"):
        read_weights(NARROW, path)


@torch.no_grad()
def test_a_file_of_pytorch_ssd_answers_as_its_own_network(tmp_path: Path) -> None:
    theirs, images = PytorchSsd(21), torch.randn(2, 3, 300, 300)
    for norm in theirs.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.momentum = None  # statistics of what it sees now
    theirs(images)
    torch.save(theirs.eval().state_dict(), tmp_path / JETSON.weights.file_name)
    ours = build(JETSON, 20, 300)
    ours.load_state_dict(read_weights(JETSON, tmp_path / JETSON.weights.file_name))
    (scores, boxes), (expected, their_boxes) = ours.eval().predictions(images), theirs(images)
    assert expected.std() > 0.01
    torch.testing.assert_close(scores, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(boxes, their_boxes.clamp(0, 1), atol=1e-5, rtol=1e-4)

"""Darknet's `.weights`, written here as its `save_weights` in C writes them, become our networks."""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.training.engine.conftest import LABELS, LayRun, Recorder
from training.engine.catalog import MODELS, complete_config
from training.engine.data import read_examples, read_run_folder
from training.engine.detectors.tiny_yolov3 import TinyYolov3
from training.engine.errors import WeightsError
from training.engine.families import build_network
from training.engine.importers import darknet
from training.engine.weight_files import read_weights
from training.engine.weights import starting_network

INFO = MODELS["tiny_yolov3"]
WHOLE = 24
DARKNET_19 = (
    *((32, 3), (64, 3), (128, 3), (64, 1), (128, 3), (256, 3), (128, 1), (256, 3), (512, 3), (256, 1), (512, 3)),
    *((256, 1), (512, 3), (1024, 3), (512, 1), (1024, 3), (512, 1), (1024, 3)),
)
DARKNET_53 = (
    (32, 3),
    *(
        convolution
        for filters, blocks in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4))
        for convolution in ((filters, 3), *((filters // 2, 1), (filters, 3)) * blocks)
    ),
)
"""Filters and kernel of each convolution, of Darknet-19 up to layer 23 and of Darknet-53 up to layer 74."""


def network_of(label_count: int = 80, seed: int = 0) -> TinyYolov3:
    """Random weights, with BatchNorm statistics and scales that are not those of a new network."""
    torch.manual_seed(seed)
    network = build_network(INFO, label_count, 320)
    assert isinstance(network, TinyYolov3)
    for name, tensor in network.state_dict().items():
        if ".norm." in name and "tracked" not in name:
            tensor.uniform_(0.5, 1.5)
    return network.eval()


def tensors_of(layer: nn.Module) -> Iterator[Tensor]:
    """In the order of `save_convolutional_weights`."""
    if isinstance(layer, nn.Conv2d):
        assert layer.bias is not None
        yield from (layer.bias, layer.weight)
    elif isinstance(layer, nn.Sequential) and "conv" in dict(layer.named_children()):
        norm = layer.get_submodule("norm")
        yield from (norm.get_parameter("bias"), norm.get_parameter("weight"))
        yield from (norm.get_buffer("running_mean"), norm.get_buffer("running_var"))
        yield layer.get_submodule("conv").get_parameter("weight")


def darknet_file(
    network: TinyYolov3, path: Path, layers: int = WHOLE, version: Sequence[int] = (0, 2, 0), seen: str = "<Q"
) -> Path:
    numbers = [
        tensor.detach().numpy().astype("<f4") for layer in network.layers[:layers] for tensor in tensors_of(layer)
    ]
    header = struct.pack("<3i", *version) + struct.pack(seen, 32013312)
    path.write_bytes(header + b"".join(np.ascontiguousarray(part).tobytes() for part in numbers))
    return path


def backbone_file(path: Path, convolutions: Sequence[tuple[int, int]]) -> None:
    count, channels = 0, 3
    for filters, kernel in convolutions:
        count += 4 * filters + filters * channels * kernel**2
        channels = filters
    with path.open("wb") as file:
        file.write(struct.pack("<3iI", 0, 1, 0, 0))
        file.truncate(16 + 4 * count)


@torch.no_grad()
@pytest.mark.parametrize(
    ("version", "seen", "size"),
    [
        pytest.param((0, 1, 0), "<I", 35_434_952, id="0.1"),
        pytest.param((0, 2, 0), "<Q", 35_434_956, id="0.2"),
        pytest.param((0, 2, 5), "<Q", 35_434_956, id="0.2.5"),
        pytest.param((1001, 0, 0), "<I", 35_434_952, id="transposed"),
    ],
)
def test_a_whole_file_answers_alike(tmp_path: Path, version: Sequence[int], seen: str, size: int) -> None:
    theirs, ours = network_of(), network_of(seed=1)
    path = darknet_file(theirs, tmp_path / "yolov3-tiny.weights", version=version, seen=seen)
    assert path.stat().st_size == size, "yolov3-tiny.weights is published with 35,434,956 bytes"
    ours.load_state_dict(read_weights(INFO, path))
    image = torch.rand(1, 3, 320, 320)
    for said, expected in zip(ours.predictions(image), theirs.predictions(image), strict=True):
        assert torch.equal(said, expected)


@pytest.mark.parametrize("layers", [11, 13, 15, 20])
def test_a_partial_file_gives_its_layers(tmp_path: Path, layers: int) -> None:
    theirs = network_of()
    state = darknet.read(darknet_file(theirs, tmp_path / "some.conv", layers), INFO)
    whole = theirs.state_dict()
    there = {name for name in whole if int(name.split(".")[1]) < layers}
    assert set(state) == there
    assert all(torch.equal(state[name], whole[name]) for name in there if "tracked" not in name)


def test_a_run_starts_from_a_partial_file_and_says_so(tmp_path: Path, lay_run: LayRun) -> None:
    theirs = network_of()
    darknet_file(theirs, tmp_path / "yolov3-tiny.conv.15", 15)
    folder = lay_run(train=2, val=1, model="tiny_yolov3", image_size=320)
    dataset = read_run_folder(folder)
    examples = read_examples(dataset, dataset.split("train"), folder, 320)
    config, progress = complete_config({"model": "tiny_yolov3", "image_size": 320}), Recorder()
    network = starting_network(config, LABELS, examples, folder, tmp_path, progress)
    assert "Not in yolov3-tiny.conv.15, so random: layers.15, layers.18, layers.21, layers.22" in progress.lines
    theirs.fold()
    for name, tensor in theirs.layers[:15].state_dict().items():
        assert torch.equal(network.get_submodule("layers").state_dict()[name], tensor)


def test_heads_of_other_labels_are_left_out(tmp_path: Path) -> None:
    theirs = network_of(label_count=4)
    state = darknet.read(darknet_file(theirs, tmp_path / "window.weights"), INFO)
    assert set(theirs.state_dict()) - set(state) == {
        f"layers.{i}.{part}" for i in (15, 22) for part in ("weight", "bias")
    }
    assert torch.equal(state["layers.21.conv.weight"], theirs.state_dict()["layers.21.conv.weight"])


def cut(path: Path) -> None:
    darknet_file(network_of(), path)
    with path.open("rb+") as file:
        file.truncate(20_000_000)


def lengthened(path: Path) -> None:
    darknet_file(network_of(), path)
    with path.open("ab") as file:
        file.write(bytes(6))


def shifted(path: Path) -> None:
    """The right size, but a header of the other length."""
    darknet_file(network_of(), path, version=(0, 2, 0), seen="<I")
    with path.open("ab") as file:
        file.write(bytes(4))


def of_torch(path: Path) -> None:
    torch.save({"weight": torch.zeros(9)}, path)


def short(path: Path) -> None:
    path.write_bytes(b"1234567")


def header_alone(path: Path) -> None:
    path.write_bytes(struct.pack("<3iI", 0, 1, 0, 0))


def darknet_19(path: Path) -> None:
    backbone_file(path, DARKNET_19)


def darknet_53(path: Path) -> None:
    backbone_file(path, DARKNET_53)


CUT = (
    "some.weights has 20,000,000 bytes and ends inside layer 12 of Tiny-YOLOv3: the layers before it take 6,303,188, "
    "with it 25,193,940; all of it, with 80 labels, takes 35,434,956."
)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (cut, f"^{re.escape(CUT)}$"),
        (
            lengthened,
            r"^some\.weights has 35,434,962 bytes, too many for Tiny-YOLOv3: all of it, .* takes 35,434,956\.$",
        ),
        (shifted, r"^some\.weights holds no weights of Tiny-YOLOv3: layers\.\d+\.norm\.running_var can't be"),
        (of_torch, r"^some\.weights is no file of darknet's: its version would be 67324752\."),
        (short, r"^some\.weights has 7 bytes: darknet's header alone has 16 or 20\.$"),
        (header_alone, "has 16 bytes and ends inside layer 0"),
        (
            darknet_19,
            r"^some\.weights holds Darknet-19's first 23 layers: Tiny-YOLOv3 has others\. Take yolov3-tiny\.w",
        ),
        (
            darknet_53,
            r"^some\.weights holds Darknet-53's first 74 layers: Tiny-YOLOv3 has others\. Take yolov3-tiny\.w",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    make(tmp_path / "some.weights")
    with pytest.raises(WeightsError, match=reason):
        read_weights(INFO, tmp_path / "some.weights")


def test_the_large_yolov3_is_not_looked_for() -> None:
    assert "yolov3.weights" not in INFO.weight_files

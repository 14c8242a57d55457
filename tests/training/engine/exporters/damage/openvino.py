import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from tests.training.engine.exporters.damage.said import MOVED, REFUSED
from training.engine.exporters import openvino


def with_net(change: Callable[[ET.Element], None]) -> Callable[[Path], None]:
    """Of the network's description."""

    def damage(folder: Path) -> None:
        tree = ET.parse(folder / openvino.MODEL_FILE)
        change(tree.getroot())
        tree.write(folder / openvino.MODEL_FILE)

    return damage


def drop_label(net: ET.Element) -> None:
    labels = next(net.iter("labels"))
    labels.set("value", json.dumps(json.loads(labels.attrib["value"])[:-1]))


def swap_outputs(net: ET.Element) -> None:
    other = {"scores": "boxes", "boxes": "scores"}
    for element in net.iter():
        for key in {"names", "output_names"} & element.attrib.keys():
            element.set(key, other.get(element.attrib[key], element.attrib[key]))


def scale(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    constants = ET.parse(folder / openvino.MODEL_FILE).iterfind("layers/layer[@type='Const']/data")
    first = next(one for one in constants if one.attrib["shape"].count(",") == 3)
    at, size = int(first.attrib["offset"]), int(first.attrib["size"])
    content = bytearray((folder / "model.bin").read_bytes())
    content[at : at + size] = (np.frombuffer(content[at : at + size], np.float32) * np.float32(1.01)).tobytes()
    (folder / "model.bin").write_bytes(content)


def cut(folder: Path) -> None:
    """The second half of the weights."""
    content = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(content[: len(content) // 2])


def corrupt(folder: Path) -> None:
    """The first byte of its description."""
    path = folder / openvino.MODEL_FILE
    path.write_bytes(b"\xff" + path.read_bytes()[1:])


DAMAGE: dict[Callable[[Path], None], str] = {
    scale: MOVED,
    with_net(swap_outputs): REFUSED,
    with_net(drop_label): r"names other labels",
    cut: r"damaged",
    corrupt: r"damaged",
}

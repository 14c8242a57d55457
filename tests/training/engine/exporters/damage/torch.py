import json
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from tests.training.engine.exporters.damage.said import MOVED, REFUSED


def scale(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    weights = load_file(folder / "model.safetensors")
    first = next(name for name, tensor in weights.items() if tensor.dim() == 4)
    weights[first] *= 1.01
    save_file(weights, folder / "model.safetensors")


def swap_outputs(folder: Path) -> None:
    program = torch.export.load(folder / "model.pt2")
    program.graph.output_node().args = (program.graph.output_node().args[0][::-1],)
    specs = program.graph_signature.output_specs
    specs.reverse()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds no tensor of its own size: weights lie in another file
        torch.export.save(program, folder / "model.pt2")


def drop_label(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["labels"].pop()
    (folder / "config.json").write_text(json.dumps(config))


def corrupt(folder: Path) -> None:
    """The length of the header."""
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(b"\xff" + content[1:])


DAMAGE: dict[Callable[[Path], None], str] = {
    scale: MOVED,
    swap_outputs: REFUSED,
    drop_label: r"names other labels",
    corrupt: r"can't be loaded",
}

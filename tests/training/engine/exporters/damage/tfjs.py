import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.training.engine.exporters.damage.said import MOVED, REFUSED


def lose_weights(folder: Path) -> None:
    """A kilobyte of weights in the first shard, gone."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    content = bytearray(shard.read_bytes())
    content[2000:3024] = bytes(1024)
    shard.write_bytes(content)


def scale(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    (group,) = json.loads((folder / "model.json").read_text())["weightsManifest"]
    at = 0
    for entry in group["weights"]:
        size = 4 * math.prod(entry["shape"])
        if len(entry["shape"]) == 4:
            break
        at += size
    content = bytearray(shard.read_bytes())
    content[at : at + size] = (np.frombuffer(content[at : at + size], np.float32) * np.float32(1.01)).tobytes()
    shard.write_bytes(content)


def swap_outputs(folder: Path) -> None:
    """`scores` are called `boxes`, and the other way round."""
    model = json.loads((folder / "model.json").read_text())
    other = {"scores": "boxes", "boxes": "scores"}
    for node in model["modelTopology"]["node"]:
        node["name"] = other.get(node["name"], node["name"])
    (folder / "model.json").write_text(json.dumps(model))


def corrupt(folder: Path) -> None:
    """The highest byte of a weight in the middle of the first shard: its sign and most of its exponent."""
    shard = next(folder.glob("group1-shard1of*.bin"))
    content = bytearray(shard.read_bytes())
    content[len(content) // 8 * 4 + 3] = 0x7F
    shard.write_bytes(content)


DAMAGE: dict[Callable[[Path], None], str] = {
    lose_weights: MOVED,
    scale: MOVED,
    swap_outputs: REFUSED,
    corrupt: MOVED,
}
"""Labels lie beside a TF.js model, not in it."""

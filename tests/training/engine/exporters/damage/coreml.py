import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.training.engine.exporters.damage.said import MOVED, REFUSED
from training.engine.exporters import coreml


def with_spec(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """Of what the package says of itself."""

    def damage(folder: Path) -> None:
        spec = coreml._read_spec(folder)
        change(spec)
        coreml._write_spec(folder, spec)

    return damage


def drop_label(spec: Any) -> None:
    spec.pipeline.models[1].nonMaximumSuppression.stringClassLabels.vector.pop()


def swap_outputs(spec: Any) -> None:
    stage = spec.pipeline.models[1].nonMaximumSuppression
    names = stage.coordinatesInputFeatureName, stage.confidenceInputFeatureName
    stage.confidenceInputFeatureName, stage.coordinatesInputFeatureName = names


def suppress_otherwise(spec: Any) -> None:
    spec.pipeline.models[1].nonMaximumSuppression.confidenceThreshold = 0.3


def scale(folder: Path) -> None:
    """The first layer's weights, one percent up."""
    operations = coreml._operations(coreml._read_spec(folder).pipeline.models[0])
    stored = (one.attributes["val"] for one in operations if one.type == "const")
    first = next(one for one in stored if one.type.tensorType.rank == 4 and one.HasField("blobFileValue"))
    path = folder / coreml.WEIGHTS_FOLDER / "weight.bin"
    content = bytearray(path.read_bytes())
    size, at = struct.unpack_from("<QQ", content, first.blobFileValue.offset + 8)  # after a mark and the kind
    content[at : at + size] = (np.frombuffer(content[at : at + size], np.float32) * np.float32(1.01)).tobytes()
    path.write_bytes(content)


def corrupt(folder: Path) -> None:
    """The first byte of its description."""
    path = folder / coreml.SPEC_FILE
    path.write_bytes(b"\xff" + path.read_bytes()[1:])


DAMAGE: dict[Callable[[Path], None], str] = {
    scale: MOVED,
    with_spec(drop_label): r"names other labels",
    with_spec(swap_outputs): REFUSED,
    with_spec(suppress_otherwise): MOVED,
    corrupt: r"damaged",
}

"""From a checkpoint to an artifact: finds the target's module and sees the work through."""

from pathlib import Path
from typing import Any

from training.engine import catalog, targets
from training.engine.checkpoint import Checkpoint
from training.engine.disk import room_expected
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import ExportImages
from training.engine.exporters.provenance import UNKNOWN, Provenance
from training.engine.progress import Progress


def export(
    checkpoint: Checkpoint,
    target: str,
    quantization: str,
    images: ExportImages,
    out: Path,
    progress: Progress,
    provenance: Provenance = UNKNOWN,
    *,
    released: bool = False,
) -> dict[str, Any]:
    """Write the artifact into `out`, check it against the checkpoint, and describe it and how it was verified.

    `released`: though it may lose more AP or accuracy than its limits allow. Raises TargetError on an unknown target
    or quantization, ParityError when the artifact answers differently.
    """
    info = targets.target_info(target, quantization)
    checkpoint.info.check_target(target, quantization)
    exporter: Exporter = catalog.load_module(info.module).EXPORTER
    with room_expected(out):
        return publish(exporter, checkpoint, images, out, quantization, progress, provenance, released=released)

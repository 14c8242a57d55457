"""From a checkpoint to an artifact: finds the target's module, which does the work."""

from pathlib import Path
from typing import Any

from training.engine import catalog, targets
from training.engine.checkpoint import Checkpoint
from training.engine.progress import Progress


def export(
    checkpoint: Checkpoint, target: str, folder: Path, out: Path, quantization: str, progress: Progress
) -> dict[str, Any]:
    """Write the artifact into `out`, check it against the checkpoint on the folder's images, and describe it.

    Raises TargetError on an unknown target or quantization, ParityError when the artifact answers differently.
    """
    info = targets.target_info(target, quantization)
    checkpoint.info.check_target(target, quantization)
    module = catalog.load_module(info.module)
    artifact: dict[str, Any] = module.export(checkpoint, folder, out, quantization, progress)
    return artifact

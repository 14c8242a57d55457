"""Holds a finished artifact against a checkpoint, as the export did, on the runtime of this machine."""

import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from training.engine import catalog, targets
from training.engine.checkpoint import Checkpoint
from training.engine.errors import ParityError, TargetError
from training.engine.exporters.artifact import complaint, report_of
from training.engine.exporters.comparison import compare_on
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import ComparisonImages
from training.engine.exporters.papers import PARITY_FILE


def verify(archive: Path, checkpoint: Checkpoint, images: ComparisonImages) -> dict[str, Any]:
    """What the comparison measured. Raises TargetError on a file that is no artifact, ParityError where it differs."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        target, quantization = _unpack(archive, folder)
        info = targets.target_info(target, quantization)
        exporter: Exporter = catalog.load_module(info.module).EXPORTER
        limits = info.limits[quantization]
        comparison = compare_on(images, checkpoint, exporter, folder, limits)
    report = report_of(target, quantization, checkpoint, comparison, images)
    if not comparison.passed:
        raise ParityError(complaint(report))
    return {name: report[name] for name in ("target", "quantization", "parity", "metrics")}


def _unpack(archive: Path, folder: Path) -> tuple[str, str]:
    """The artifact's target and quantization, as it says itself."""
    try:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        said = json.loads((folder / PARITY_FILE).read_text(encoding="utf-8"))
        return said["target"], said["quantization"]
    except FileNotFoundError as error:
        raise TargetError(f"There is no artifact {archive}, or it has no {PARITY_FILE}: export one first.") from error
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise TargetError(f"{archive} is no artifact of Boxwright, or is damaged.") from error

"""Makes one artifact: build it, compare its answers with the checkpoint's, and only then pack it."""

import math
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.engine.catalog import MODELS
from training.engine.checkpoint import Checkpoint
from training.engine.errors import EngineError, ParityError, TargetError
from training.engine.exporters.bundle import files_in, write_bundle
from training.engine.exporters.comparison import Comparison, compare_on
from training.engine.exporters.contract import contract_of
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.expected import EXPECTED_FILE, draw_picture, expected_of, find
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import ComparisonImages, ExportImages
from training.engine.exporters.papers import CONTRACT_NOTE, LINEAGE_NOTE, add_papers, as_json, write_json, write_lineage
from training.engine.exporters.provenance import UNKNOWN, Provenance, lineage_of
from training.engine.progress import Progress
from training.engine.targets import ParityLimits, target_info
from training.engine.tasks import TASKS

ARCHIVE = "artifact.zip"
REPORT = "artifact.json"

Report = dict[str, Any]


def publish(
    exporter: Exporter,
    checkpoint: Checkpoint,
    images: ExportImages,
    out: Path,
    quantization: str,
    progress: Progress,
    provenance: Provenance = UNKNOWN,
    *,
    released: bool = False,
) -> Report:
    """Write `artifact.zip` and `artifact.json` into `out`, checked on the comparison images.

    One that is `released` may lose more AP or accuracy than its limits allow, and its bundle says so. Raises
    ParityError, leaving an `artifact.json` that says why but no zip, when the artifact answers differently otherwise.
    """
    (out / ARCHIVE).unlink(missing_ok=True)
    model_folder = _empty_folder(out / f"{exporter.target}-{quantization}")
    progress.on_log(f"Converting to {exporter.target}.")
    small = _build(exporter, checkpoint, model_folder, quantization, images)
    lineage = lineage_of(exporter.target, quantization, checkpoint, provenance, released)
    if exporter.notes:
        contract = contract_of(exporter, checkpoint, provenance)
        exporter.notes.write(model_folder, {LINEAGE_NOTE: as_json(lineage), CONTRACT_NOTE: as_json(contract)})
    progress.on_log(f"Checking on {_counted(images.comparison)} images of the {images.comparison.split} split.")
    limits = target_info(exporter.target, quantization).limits[quantization]
    comparison = compare_on(images.comparison, checkpoint, exporter, model_folder, limits)
    if released and comparison.passed:  # since then somebody mended what was wrong: nothing is to be said of it
        return publish(exporter, checkpoint, images, out, quantization, progress, provenance)
    report = report_of(exporter.target, quantization, checkpoint, comparison, images.comparison)
    report["parity"]["released"] = released
    report["eight_bits"] = small and asdict(small)
    ships = comparison.passed or (released and comparison.misses_metric_alone)
    if ships:
        _expect(exporter, checkpoint, model_folder, limits)
        report |= _pack(exporter, checkpoint, provenance, lineage, model_folder, out, report)
    shutil.rmtree(model_folder)
    write_json(out / REPORT, report)
    if not ships:
        raise ParityError(complaint(report))
    return report


def _build(
    exporter: Exporter, checkpoint: Checkpoint, folder: Path, quantization: str, images: ExportImages
) -> EightBits | None:
    """Raises TargetError where a converter fails on a network that is not of the zoo: nobody has seen it convert."""
    try:
        return exporter.build(checkpoint, folder, quantization, images.calibration)
    except (EngineError, OSError, MemoryError):
        raise
    except Exception as error:
        if checkpoint.model in MODELS:
            raise
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise TargetError(f"{checkpoint.info.title} can't be converted to {exporter.target}: {reason:.300}") from error


def report_of(
    target: str, quantization: str, checkpoint: Checkpoint, comparison: Comparison, images: ComparisonImages
) -> Report:
    """The zip's own fields are still empty; `worst` is there where it has not passed."""
    metrics = dict(comparison.artifact)
    metrics |= {f"checkpoint_{name}": value for name, value in comparison.checkpoint.items()}
    metrics |= {f"client_{name}": value for name, value in comparison.client.items()}
    return {
        "target": target,
        "quantization": quantization,
        "files": [],
        "size": None,
        "sha256": None,
        "parity": _parity(comparison, TASKS[checkpoint.task].headline) | _circumstances(comparison, images),
        "metrics": {name: value for name, value in metrics.items() if value is not None},
        "latency_ms": comparison.latency_ms,
    } | ({"worst": asdict(comparison.worst)} if comparison.worst else {})


def _parity(comparison: Comparison, metric: str) -> Report:
    """What can't be measured, because outputs are not numbers or have another shape, is null."""
    difference, limits = comparison.difference, comparison.limits
    has_boxes, has_truth = difference.box_px is not None, difference.metric_loss is not None
    return {
        "max_box_px": _finite(difference.box_px),
        "max_score": _finite(difference.score),
        "unmatched_detections": difference.unmatched,
        "metric": metric,
        "metric_loss": difference.metric_loss,
        "client_loss": difference.client_loss,
        "limit_box_px": limits.box_px if has_boxes else None,
        "limit_score": limits.score,
        "limit_metric_loss": limits.metric_loss if has_truth else None,
        "limit_client_loss": limits.client_loss if difference.client_loss is not None else None,
        "passed": comparison.passed,
        "released": False,
        "misses_metric_alone": comparison.misses_metric_alone,
    }


def _circumstances(comparison: Comparison, images: ComparisonImages) -> Report:
    return {
        "images": len(images.examples),
        "images_available": images.available,
        "split": images.split,
        "verification": comparison.asked.verification.value,
        "runtime": comparison.asked.runtime,
        "client": comparison.client_name,
    }


def _expect(exporter: Exporter, checkpoint: Checkpoint, folder: Path, limits: ParityLimits) -> None:
    """A picture, and what the artifact finds in it."""
    draw_picture(checkpoint, folder)
    side = checkpoint.picture_size
    threshold = checkpoint.config.score_threshold if checkpoint.task == "detection" else -1.0
    found = find(exporter, checkpoint, folder)
    write_json(folder / EXPECTED_FILE, expected_of(found, limits.on([(side, side)], one_annotation=0), threshold))


def _pack(
    exporter: Exporter,
    checkpoint: Checkpoint,
    provenance: Provenance,
    lineage: Mapping[str, Any],
    model_folder: Path,
    out: Path,
    report: Report,
) -> Report:
    """Write the zip; the fields that describe it."""
    proof = {name: report[name] for name in ("target", "quantization", "eight_bits", "parity", "metrics")}
    add_papers(exporter, checkpoint, provenance, model_folder, proof)
    write_lineage(model_folder, lineage)
    digest = write_bundle(out / ARCHIVE, model_folder)
    files = [{"name": name, "size": file.stat().st_size} for name, file in files_in(model_folder).items()]
    return {"files": files, "size": (out / ARCHIVE).stat().st_size, "sha256": digest}


def complaint(report: Report) -> str:
    """One sentence with the figures and what was allowed."""
    parity = report["parity"]
    figures, allowed = [f"scores by {_shown(parity['max_score'])}"], [f"{parity['limit_score']:g}"]
    if parity["limit_box_px"] is not None:
        figures.insert(0, f"boxes by {_shown(parity['max_box_px'])} px")
        allowed.insert(0, f"{parity['limit_box_px']:g} px")
        figures.append(f"{parity['unmatched_detections']} detections without a partner")
        allowed.append("none")
    if parity["limit_metric_loss"] is not None:
        figures.append(f"a loss of {_shown(parity['metric_loss'])} {parity['metric']}")
        allowed.append(f"{parity['limit_metric_loss']:.3g}")
    if parity["limit_client_loss"] is not None:
        figures.append(f"of {_shown(parity['client_loss'])} in {parity['client']}")
        allowed.append(f"{parity['limit_client_loss']:.3g}")
    return (
        f"The {report['target']} model answers differently from the checkpoint it was made of: "
        f"{', '.join(figures)} (allowed: {', '.join(allowed)})."
    )


def _counted(images: ComparisonImages) -> str:
    """`142`, or `500 of 4210`."""
    count = len(images.examples)
    return str(count) if count == images.available else f"{count} of {images.available}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _shown(value: float | None) -> str:
    return "more than can be measured" if value is None else f"{value:.3g}"


def _empty_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

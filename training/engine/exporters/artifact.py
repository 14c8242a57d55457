"""Makes one artifact: build it, ask it, compare its answers with the checkpoint's, and only then pack it."""

import math
import shutil
from pathlib import Path
from typing import Any

from training.engine.checkpoint import Checkpoint, export_form
from training.engine.errors import ParityError
from training.engine.exporters.accuracy import accuracy
from training.engine.exporters.answers import ask_torch
from training.engine.exporters.bundle import write_bundle
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import ComparisonImages, read_comparison_images
from training.engine.exporters.papers import add_papers, write_json
from training.engine.exporters.parity import Difference, ParityLimits, compare, largest, limits_for
from training.engine.progress import Progress

ARCHIVE = "artifact.zip"
REPORT = "artifact.json"

Report = dict[str, Any]


def publish(
    exporter: Exporter, checkpoint: Checkpoint, folder: Path, out: Path, quantization: str, progress: Progress
) -> Report:
    """Write `artifact.zip` and `artifact.json` into `out`, checked on the images of the run folder `folder`.

    Raises ParityError, leaving an `artifact.json` that says why but no zip, when the artifact answers differently;
    DataError when there is no image to check it on.
    """
    (out / ARCHIVE).unlink(missing_ok=True)
    compared = read_comparison_images(folder, checkpoint.image_size)  # before the long part: there may be none
    model_folder = _empty_folder(out / f"{exporter.target}-{quantization}")
    progress.on_log(f"Converting to {exporter.target}.")
    exporter.build(checkpoint, model_folder, quantization)
    progress.on_log(f"Checking on {len(compared.examples)} images of the {compared.split} split.")
    report = check(exporter, checkpoint, model_folder, quantization, compared)
    if report["parity"]["passed"]:
        report |= _pack(exporter, checkpoint, model_folder, out, report)
    shutil.rmtree(model_folder)
    write_json(out / REPORT, report)
    if not report["parity"]["passed"]:
        raise ParityError(_complaint(report))
    return report


def check(
    exporter: Exporter, checkpoint: Checkpoint, model_folder: Path, quantization: str, compared: ComparisonImages
) -> Report:
    """Parity and metrics of the files in `model_folder`, as they are; the zip's own fields are still empty."""
    info, squares, images = checkpoint.info, compared.examples.squares, compared.examples.images
    expected = ask_torch(export_form(checkpoint), squares, info.mean, info.std)
    given = exporter.ask(model_folder, checkpoint, squares)
    limits = limits_for(quantization, compared.sizes)
    pairs = zip(expected, given.answers, compared.sizes, strict=True)
    difference = largest(compare(ours, theirs, size, limits) for ours, theirs, size in pairs)
    own = accuracy(checkpoint, expected, images)
    return {
        "target": exporter.target,
        "quantization": quantization,
        "files": [],
        "size": None,
        "sha256": None,
        "parity": _parity(difference, limits) | _circumstances(compared, given.runtime),
        "metrics": accuracy(checkpoint, given.answers, images) | {f"checkpoint_{k}": v for k, v in own.items()},
    }


def _pack(exporter: Exporter, checkpoint: Checkpoint, model_folder: Path, out: Path, report: Report) -> Report:
    """Write the zip; the fields that describe it."""
    proof = {name: report[name] for name in ("target", "quantization", "parity", "metrics")}
    add_papers(exporter, checkpoint, model_folder, proof)
    digest = write_bundle(out / ARCHIVE, model_folder)
    files = [{"name": file.name, "size": file.stat().st_size} for file in sorted(model_folder.iterdir())]
    return {"files": files, "size": (out / ARCHIVE).stat().st_size, "sha256": digest}


def _parity(difference: Difference, limits: ParityLimits) -> Report:
    """What can't be measured, because outputs are not numbers or have another shape, is null."""
    has_boxes = difference.box_px is not None
    return {
        "max_box_px": _finite(difference.box_px),
        "max_score": _finite(difference.score),
        "unmatched_detections": difference.unmatched,
        "limit_box_px": limits.box_px if has_boxes else None,
        "limit_score": limits.score,
        "passed": difference.within(limits),
    }


def _circumstances(compared: ComparisonImages, runtime: str) -> Report:
    count = len(compared.examples)
    return {"images": count, "images_available": compared.available, "split": compared.split, "runtime": runtime}


def _complaint(report: Report) -> str:
    """One sentence with the figures and what was allowed."""
    parity = report["parity"]
    figures, allowed = [f"scores by {_shown(parity['max_score'])}"], [f"{parity['limit_score']:g}"]
    if parity["limit_box_px"] is not None:
        figures.insert(0, f"boxes by {_shown(parity['max_box_px'])} px")
        allowed.insert(0, f"{parity['limit_box_px']:g} px")
        figures.append(f"{parity['unmatched_detections']} detections without a partner")
        allowed.append("none")
    return (
        f"The {report['target']} model answers differently from the checkpoint it was made of: "
        f"{', '.join(figures)} (allowed: {', '.join(allowed)})."
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _shown(value: float | None) -> str:
    return "more than can be measured" if value is None else f"{value:.3g}"


def _empty_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

"""What lies beside the model in the zip: labels, README, and the proof that it was checked."""

import json
from pathlib import Path
from typing import Any

from training.engine.checkpoint import Checkpoint
from training.engine.exporters.answers import OUTPUTS
from training.engine.exporters.exporter import Exporter
from training.engine.scoring import Scoring

LABELS_FILE = "labels.txt"
README_FILE = "README.txt"
PARITY_FILE = "parity.json"
BACKGROUND = "BACKGROUND"


def add_papers(exporter: Exporter, checkpoint: Checkpoint, folder: Path, report: dict[str, Any]) -> None:
    (folder / LABELS_FILE).write_text("\n".join(_label_lines(exporter, checkpoint)) + "\n", encoding="utf-8")
    (folder / README_FILE).write_text(_readme(exporter, checkpoint), encoding="utf-8")
    write_json(folder / PARITY_FILE, report)


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def _label_lines(exporter: Exporter, checkpoint: Checkpoint) -> list[str]:
    return ([BACKGROUND] if _has_background(exporter, checkpoint) else []) + list(checkpoint.labels)


def _has_background(exporter: Exporter, checkpoint: Checkpoint) -> bool:
    return OUTPUTS[checkpoint.task].has_background and exporter.names_background


def _readme(exporter: Exporter, checkpoint: Checkpoint) -> str:
    mean, std = exporter.input_scale(checkpoint)
    size = checkpoint.image_size
    return (
        f"{checkpoint.info.title}: {checkpoint.task}, {len(checkpoint.labels)} labels. Made by Boxwright.\n\n"
        f"Input: the whole image (EXIF-oriented, RGB) stretched to {size} x {size}, without letterbox, as\n"
        f"(pixel - mean) / std with mean {list(mean)} and std {list(std)} on pixels 0..255.\n\n"
        f"{exporter.readme(checkpoint)}{_note(exporter, checkpoint)}{_thresholds(checkpoint)}\n"
        f"{_lineage(checkpoint)}"
        f"{PARITY_FILE}: how far this model's answers are from those of the checkpoint it was made of.\n"
    )


def _lineage(checkpoint: Checkpoint) -> str:
    stages = enumerate(checkpoint.stages, 1)
    return "Learned from:\n" + "".join(f"  {i}. {stage}\n" for i, stage in stages) + "\n"


def _thresholds(checkpoint: Checkpoint) -> str:
    if checkpoint.task != "detection":
        return ""
    score, iou = checkpoint.config.score_threshold, checkpoint.config.nms_threshold
    return f"Measured with boxes over score {score:g}; of those of a label whose IoU is over {iou:g} the best one.\n"


def _note(exporter: Exporter, checkpoint: Checkpoint) -> str:
    """What a reader who knows softmax scores would get wrong."""
    if checkpoint.info.scoring is not Scoring.SIGMOID:
        return ""
    background = " Column 0 is 1 - the best label's score." if _has_background(exporter, checkpoint) else ""
    return f"Each label's score stands for itself: they need not sum to 1.{background}\n"

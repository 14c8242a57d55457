"""What lies beside the model in the zip: labels, README, card, sample, lineage, and the proof that it was checked."""

import inspect
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.engine import tiles
from training.engine.checkpoint import Checkpoint
from training.engine.detectors.postprocess import MAX_DETECTIONS
from training.engine.exporters.answers import BACKGROUND, OUTPUTS
from training.engine.exporters.bundle import files_in, sha256_of
from training.engine.exporters.card import card_of
from training.engine.exporters.contract import contract_of, tiling_of
from training.engine.exporters.expected import EXPECTED_FILE, PICTURE_FILE
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.provenance import Provenance
from training.engine.exporters.samples import sample_files
from training.engine.scoring import Scoring

LABELS_FILE = "labels.txt"
README_FILE = "README.txt"
PARITY_FILE = "parity.json"
CARD_FILE = "model-card.md"
CONTRACT_FILE = "contract.json"
LINEAGE_FILE = "lineage.json"
TILES_FILE = "tiles.py"
LINEAGE_NOTE, CONTRACT_NOTE = "lineage", "contract"
"""Under which names a model's own metadata holds what the two files say, the lineage without hashes."""

SAMPLES = {
    "sample.py": "sample.py: pip install -r requirements.txt, then python sample.py PICTURE prints what it finds.",
    "index.html": "index.html, for pictures and the camera: python -m http.server, then http://localhost:8000.",
    "ios/SampleApp.swift": "ios: an app in one file of Swift, which says how to begin. Nobody has compiled it here.",
    "android/settings.gradle.kts": "android: a project for Android Studio. Leave the folder beside the model.",
}
"""What the README tells of a sample that is there, by one of its files."""

TILES = """\
This model looks at tiles: ask it about each of the {passes}, then make one list of what it found. tiles.py, which needs
Python alone, has the rule, by which the model was measured too. `detect` stands for the code above given a tile in
place of the image, and suppression: scores, labels (from 0) and boxes, as shares of the tile.

    from PIL import Image
    from tiles import Found, merged, on_picture, windows
    picture = Image.open("photo.jpg").convert("RGB").resize(({picture}, {picture}), Image.Resampling.BILINEAR)
    found = []
    for tile in windows({size}, {count}):
        part = picture.crop([round({picture} * side) for side in tile])
        found += [Found(score, label, on_picture(box, tile), tile) for score, label, box in detect(part)]
    for one in merged(found, {iou:g})[:{most}]:
        print(one.score, one.label, one.box)

"""


def add_papers(
    exporter: Exporter, checkpoint: Checkpoint, provenance: Provenance, folder: Path, report: dict[str, Any]
) -> None:
    labels = (" ".join(line.split()) for line in _label_lines(exporter, checkpoint))  # a line each, whatever is in them
    (folder / LABELS_FILE).write_text("\n".join(labels) + "\n", encoding="utf-8")
    (folder / README_FILE).write_text(_readme(exporter, checkpoint), encoding="utf-8")
    (folder / CARD_FILE).write_text(card_of(exporter, checkpoint, provenance, report), encoding="utf-8")
    if checkpoint.config.tiles > 1:
        (folder / TILES_FILE).write_text(inspect.getsource(tiles), encoding="utf-8")
    write_json(folder / CONTRACT_FILE, contract_of(exporter, checkpoint, provenance))
    write_json(folder / PARITY_FILE, report | {"tiles": tiling_of(checkpoint)})
    _add_sample(exporter, checkpoint, folder)


def _add_sample(exporter: Exporter, checkpoint: Checkpoint, folder: Path) -> None:
    files = sample_files(exporter.target, checkpoint.config.tiles)
    for name, file in {**files, **(exporter.libraries() if files else {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)


def write_lineage(folder: Path, lineage: Mapping[str, Any]) -> None:
    """Last: it has the hashes of all other files."""
    hashes = {name: sha256_of(file) for name, file in files_in(folder).items() if name != LINEAGE_FILE}
    write_json(folder / LINEAGE_FILE, {**lineage, "files": hashes})


def as_json(content: Mapping[str, Any]) -> str:
    """The same content gives the same text."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(as_json(content), encoding="utf-8")


def _label_lines(exporter: Exporter, checkpoint: Checkpoint) -> list[str]:
    return ([BACKGROUND] if _has_background(exporter, checkpoint) else []) + list(checkpoint.labels)


def _has_background(exporter: Exporter, checkpoint: Checkpoint) -> bool:
    return OUTPUTS[checkpoint.task].has_background and exporter.names_background


def _readme(exporter: Exporter, checkpoint: Checkpoint) -> str:
    mean, std = exporter.input_scale(checkpoint)
    return (
        f"{checkpoint.info.title}: {checkpoint.task}, {len(checkpoint.labels)} labels. Made by Boxwright.\n\n"
        f"Input: {_input(checkpoint)}, as\n"
        f"(pixel - mean) / std with mean {list(mean)} and std {list(std)} on pixels 0..255.\n\n"
        f"{exporter.readme(checkpoint)}{_note(exporter, checkpoint)}{_thresholds(checkpoint)}\n"
        f"{_tiles(checkpoint)}"
        f"{_samples(exporter, checkpoint)}"
        f"{_lineage(checkpoint)}"
        f"{PARITY_FILE}: how far this model's answers are from those of the checkpoint it was made of.\n"
    )


def _input(checkpoint: Checkpoint) -> str:
    size, picture, count = checkpoint.image_size, checkpoint.picture_size, checkpoint.config.tiles
    whole = f"the whole image (EXIF-oriented, RGB) stretched to {picture} x {picture}, without letterbox"
    if count == 1:
        return whole
    first = ", ".join(map(str, tiles.starts(size, count)))
    return f"a tile, {size} x {size}, of {whole}.\nTiles begin at the pixels {first} across and down"


def _tiles(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    if config.tiles == 1:
        return ""
    return TILES.format(
        passes=config.tiles**2,
        size=checkpoint.image_size,
        picture=checkpoint.picture_size,
        count=config.tiles,
        iou=config.nms_threshold,
        most=MAX_DETECTIONS,
    )


def _samples(exporter: Exporter, checkpoint: Checkpoint) -> str:
    there = sample_files(exporter.target, checkpoint.config.tiles)
    told = "".join(f"{text}\n" for name, text in SAMPLES.items() if name in there)
    return f"{told}In {PICTURE_FILE} it finds what {EXPECTED_FILE} says. {CONTRACT_FILE}: sizes and thresholds.\n\n"


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

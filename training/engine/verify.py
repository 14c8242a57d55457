"""Looks at a finished artifact again: whether its bundle is whole, and whether it still answers as it did."""

import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from training.engine import catalog, targets
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.errors import EngineError, ParityError, TargetError
from training.engine.exporters.artifact import complaint, report_of
from training.engine.exporters.bundle import files_in, sha256_of, unpack
from training.engine.exporters.comparison import compare_on
from training.engine.exporters.expected import EXPECTED_FILE, find, reproduce
from training.engine.exporters.exporter import Exporter
from training.engine.exporters.images import ComparisonImages
from training.engine.exporters.papers import LINEAGE_FILE, LINEAGE_NOTE, as_json

Json = dict[str, Any]


def is_bundle(path: Path) -> bool:
    """Whether it is the zip of an artifact; one of images has no lineage."""
    try:
        with zipfile.ZipFile(path) as packed:
            return LINEAGE_FILE in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def verify(archive: Path, checkpoint: Checkpoint, images: ComparisonImages) -> Json:
    """What the comparison with the checkpoint measured.

    Raises TargetError on a file that is no whole artifact, or whose format may hold code, ParityError where it differs.
    """
    with TemporaryDirectory() as place:
        folder = Path(place)
        lineage = _opened(archive, folder)
        target, quantization = lineage["artifact"]["target"], lineage["artifact"]["quantization"]
        exporter, limits = _exporter(target, quantization), targets.target_info(target, quantization).limits
        if exporter.holds_code:
            raise TargetError(
                f"{archive} is whole, but its program could hold code, so it is not run here: compare the sha256 of "
                f"the zip, {sha256_of(archive)}, with the one on its run's page."
            )
        comparison = compare_on(images, checkpoint, exporter, folder, limits[quantization])
    report = report_of(target, quantization, checkpoint, comparison, images)
    if not comparison.passed:
        raise ParityError(complaint(report))
    return {name: report[name] for name in ("target", "quantization", "parity", "metrics")}


def verify_bundle(archive: Path) -> Json:
    """What the bundle is, and how far its answers are from those that it had, without a checkpoint or an image.

    That it is whole is proven, not who made it: for that its sha256 is compared with the one beside its download. One
    whose format may hold code is not run: `runtime` and `reproduced` are None.
    Raises TargetError on a file that is no whole artifact, ParityError where it answers differently.
    """
    with TemporaryDirectory() as place:
        folder = Path(place)
        try:
            lineage = _opened(archive, folder)
            artifact, checkpoint = lineage["artifact"], _without_weights(lineage)
            exporter = _exporter(artifact["target"], artifact["quantization"])
            found = None if exporter.holds_code else find(exporter, checkpoint, folder)
            again = found and reproduce(found, json.loads((folder / EXPECTED_FILE).read_text(encoding="utf-8")))
        except (EngineError, MemoryError):
            raise
        except Exception as error:  # whole, but made by somebody else: a runtime may fail on it in any way
            raise TargetError(f"What is in {archive} can't be run: {error!r:.300}.") from error
    return {
        "sha256": sha256_of(archive),
        "files": len(lineage["files"]),
        "artifact": artifact,
        "run": lineage["run"],
        "snapshot": lineage["snapshot"],
        "runtime": found and found.runtime,
        "reproduced": again and asdict(again),
    }


def _opened(archive: Path, folder: Path) -> Json:
    """The lineage of the bundle that is unpacked into the folder, every file with the hash that it should have."""
    unpack(archive, folder)
    try:
        text = (folder / LINEAGE_FILE).read_text(encoding="utf-8")
        lineage: Json = json.loads(text)
        hashes, artifact = dict(lineage["files"]), lineage["artifact"]
        exporter = _exporter(artifact["target"], artifact["quantization"])
    except FileNotFoundError as error:
        raise TargetError(f"{archive} has no {LINEAGE_FILE}: it is no artifact of Boxwright, or not whole.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TargetError(f"{archive} is no artifact of Boxwright, or is damaged.") from error
    _expect_files(archive, folder, hashes)
    _expect_same(archive, folder, exporter, lineage, text)
    return lineage


def _expect_files(archive: Path, folder: Path, hashes: Json) -> None:
    there = {name: file for name, file in files_in(folder).items() if name != LINEAGE_FILE}
    missing, strange = sorted(hashes.keys() - there.keys()), sorted(there.keys() - hashes.keys())
    if missing:
        raise TargetError(f"{archive} is not whole: {missing[0]!r} is missing.")
    if strange:
        raise TargetError(f"{archive} holds {strange[0]!r}, of which its lineage knows nothing.")
    for name, file in there.items():
        if sha256_of(file) != hashes[name]:
            raise TargetError(f"{archive} is damaged: {name!r} is not what it was.")


def _expect_same(archive: Path, folder: Path, exporter: Exporter, lineage: Json, text: str) -> None:
    """The model's own metadata tells the same lineage."""
    about = {name: value for name, value in lineage.items() if name != "files"}
    if text != as_json(lineage) or (exporter.notes and _noted(exporter, folder) != as_json(about)):
        raise TargetError(f"{archive} is damaged: {LINEAGE_FILE} is not what the model's own metadata says.")


def _noted(exporter: Exporter, folder: Path) -> str | None:
    return exporter.notes.read(folder).get(LINEAGE_NOTE) if exporter.notes else None


def _exporter(target: str, quantization: str) -> Exporter:
    exporter: Exporter = catalog.load_module(targets.target_info(target, quantization).module).EXPORTER
    return exporter


def _without_weights(lineage: Json) -> Checkpoint:
    """All that running the artifact needs to know of its checkpoint."""
    said = lineage["checkpoint"]
    try:
        config = Config.from_dict(lineage["config"])
        catalog.model_info(said["model"])
    except EngineError as error:
        raise TargetError(f"This version of Boxwright does not know the model or a setting: {error.detail}") from error
    labels = tuple(said["labels"])
    return Checkpoint(said["model"], said["task"], labels, said["image_size"], config, weights={})

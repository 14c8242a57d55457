"""Where an artifact comes from: from its checkpoint over run, settings and snapshot to the manifest's hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.engine.checkpoint import Checkpoint
from training.engine.exporters.bundle import sha256_of

ORIGIN_FILE = "origin.json"
"""Laid into the run folder by whoever knows it: team, project and number of the run."""
EVALUATION_FILE = Path("out") / "evaluation.json"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the run folder of a checkpoint says of it; what it does not say is None.

    People are not named: an artifact goes to strangers. Who may see the run finds there who started it.
    """

    checkpoint_sha256: str | None = None
    run: Json | None = None
    """`team`, `project`, `number`."""
    snapshot: Json | None = None
    """`number`, `images`, sha256 of `snapshot.json`, and of the manifest."""
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    """The content of `evaluation.json`, of the same checkpoint."""


UNKNOWN = Provenance()


def read_provenance(folder: Path, checkpoint_file: Path) -> Provenance:
    """Of a checkpoint's file and the run folder that is exported from."""
    about, manifest = folder / "snapshot.json", folder / "manifest.jsonl"
    said = _read(about)
    return Provenance(
        checkpoint_sha256=sha256_of(checkpoint_file),
        run=_read(folder / ORIGIN_FILE) or None,
        snapshot={
            "number": said.get("number"),
            "images": said.get("image_count"),
            "sha256": sha256_of(about),
            "manifest_sha256": sha256_of(manifest),
        },
        evaluation=_read(folder / EVALUATION_FILE),
    )


RELEASED = "It loses more AP or accuracy than is allowed, and was released by somebody who knew."


def lineage_of(
    target: str, quantization: str, checkpoint: Checkpoint, provenance: Provenance, released: bool = False
) -> Json:
    """What `lineage.json` says before its hashes, and the artifact's own metadata where its format has a place."""
    artifact = {"target": target, "quantization": quantization}
    return {
        "artifact": artifact | ({"released": RELEASED} if released else {}),
        "checkpoint": {
            "sha256": provenance.checkpoint_sha256,
            "model": checkpoint.model,
            "task": checkpoint.task,
            "labels": list(checkpoint.labels),
            "image_size": checkpoint.image_size,
            "epoch": checkpoint.epoch,
            "learned_from": list(checkpoint.stages),
        },
        "run": provenance.run,
        "config": checkpoint.config.to_dict(),
        "snapshot": provenance.snapshot,
    }


def _read(path: Path) -> Json:
    content: Json = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content

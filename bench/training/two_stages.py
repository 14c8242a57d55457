"""Base × frozen × iterations on two sets: is a base of the own domain ahead of COCO's after as many iterations?

    BOXWRIGHT_TEST_DATA=… BOXWRIGHT_WEIGHTS_DIR=… python -m bench.training.two_stages [--sets raccoon bccd]

Each set falls into halves by its images' hashes. The base of the own domain is trained on one half from COCO weights;
then a few images of the other half are learned from either base, with nothing or the trunk held still. All are
measured on the validation images of both halves, which no run learns from.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.dataset.split import split_of
from bench.training.raccoon import MODEL, train

ITERATIONS = (6, 12, 24)
FREEZES = ("none", "trunk")
BASES = ("catalogue", "checkpoint")
DOMAIN_EPOCHS = 6
FEW_IMAGES = 16
COMMON = {"image_size": 192, "batch_size": 8}
AP = dict[tuple[str, str, int], float]
"""By base, freeze and iterations."""


def read_set(data: Path) -> dict[Path, ImageRecord]:
    """The images of a Pascal VOC folder, each once, by their files."""
    found = (_read(path) for path in sorted((data / "annotations").glob("*.xml")))
    once = {record.sha256: (path, record) for path, record in found}
    return dict(once.values())


def lay(folder: Path, images: dict[Path, ImageRecord], config: dict[str, Any], base: Path | None) -> Path:
    (folder / "images").mkdir(parents=True)
    for path, record in images.items():
        os.link(_copied(path, folder.parent), folder / "images" / record.sha256)
    records = sorted(images.values(), key=lambda record: record.sha256)
    write_manifest(folder / "manifest.jsonl", records)
    labels = sorted({annotation.label for record in records for annotation in record.annotations})
    snapshot = {"project": {"task": "detection", "seed": 0}, "labels": [{"name": name} for name in labels]}
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    (folder / "config.json").write_text(json.dumps({"model": MODEL, **COMMON, **config}))
    if base is not None:
        shutil.copyfile(base, folder / "base.pt")
    return folder


def measure(data: Path, weights: str, place: Path) -> AP:
    images = read_set(data)
    learned = {half: _half(images, half) for half in (0, 1)}
    domain = lay(place / "domain", learned[0], {"epochs": DOMAIN_EPOCHS}, None)
    first = train(domain, weights)
    print(f"{data.name}: the domain's base has AP {first['metrics']['AP']:.3f}", flush=True)
    few = sum(record.split == "train" for record in learned[1].values())
    share = min(1.0, FEW_IMAGES / few)
    found: AP = {}
    for base in BASES:
        for freeze in FREEZES:
            for iterations in ITERATIONS:
                config = {"base": base, "freeze": freeze, "iterations": iterations, "train_share": share}
                start = domain / "out" / "best.pt" if base == "checkpoint" else None
                folder = lay(place / f"{base}-{freeze}-{iterations}", learned[1], config, start)
                found[base, freeze, iterations] = train(folder, weights)["metrics"]["AP"]
                shutil.rmtree(folder)
    return found


def report(name: str, found: AP) -> bool:
    """The table of the papers; whether two stages are ahead everywhere."""
    print(f"{name}: AP in % after iterations\nbase        frozen " + "".join(f"{one:>8}" for one in ITERATIONS))
    for base in BASES:
        for freeze in FREEZES:
            row = "".join(f"{100 * found[base, freeze, one]:8.1f}" for one in ITERATIONS)
            print(f"{base:<11} {freeze:<6} {row}", flush=True)
    pairs = [(freeze, one) for freeze in FREEZES for one in ITERATIONS]
    behind = [pair for pair in pairs if found["checkpoint", *pair] <= found["catalogue", *pair]]
    print(f"{name}: two stages are {'ahead everywhere' if not behind else f'BEHIND at {behind}'}", flush=True)
    return not behind


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sets", nargs="+", default=["raccoon", "bccd"])
    sets = parser.parse_args(arguments).sets
    data, weights = Path(os.environ["BOXWRIGHT_TEST_DATA"]), os.environ["BOXWRIGHT_WEIGHTS_DIR"]
    passed = []
    for name in sets:
        with tempfile.TemporaryDirectory(prefix="two-stages-") as place:
            passed.append(report(name, measure(data / name, weights, Path(place))))
    return 0 if all(passed) else 1


def _half(images: dict[Path, ImageRecord], half: int) -> dict[Path, ImageRecord]:
    """Training images of that half, and all validation images."""

    def is_wanted(record: ImageRecord) -> bool:
        return record.split == "val" or (record.split == "train" and int(record.sha256[:8], 16) % 2 == half)

    return {path: record for path, record in images.items() if is_wanted(record)}


def _copied(path: Path, place: Path) -> Path:
    """A copy to link to: the data may lie on another disk."""
    copy = place / path.name
    if not copy.exists():
        shutil.copyfile(path, copy)
    return copy


def _read(annotation: Path) -> tuple[Path, ImageRecord]:
    root = ET.parse(annotation).getroot()
    picture = next((annotation.parents[1] / "images").glob(f"{annotation.stem}.*"))
    content = picture.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    width, height = (int(root.findtext(f"size/{side}", "0")) for side in ("width", "height"))
    annotations = tuple(AnnotationRecord(item.findtext("name", ""), _box(item)) for item in root.findall("object"))
    split = split_of(sha256, 0)
    return picture, ImageRecord(picture.name, sha256, width, height, len(content), "labelled", split, annotations)


def _box(item: ET.Element) -> Box:
    x_min, y_min, x_max, y_max = (
        float(item.findtext(f"bndbox/{side}", "0")) for side in ("xmin", "ymin", "xmax", "ymax")
    )
    return Box(x_min, y_min, x_max, y_max)


if __name__ == "__main__":
    sys.exit(main())

"""What lies in an engine's folder before it starts: only what it will read."""

import hashlib
import json
from pathlib import Path

import pytest
from pytest_django import Settings

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import Box, ImageRecord, Mark, Split
from annotations.objects import image_key, manifest_key, snapshot_key
from boxwright.storage import ObjectMissing, store
from tests.training.conftest import MODEL, MakeRun
from training import keys, materials
from training.hold import Hold
from training.models import Artifact, Run

IMAGES: list[tuple[str, str, Split]] = [
    ("train-1", "labelled", "train"),
    ("train-2", "done", "train"),
    ("val-1", "review", "val"),
    ("test-1", "labelled", "test"),
    ("skipped", "skipped", "train"),
    ("unlabelled", "unlabelled", "val"),
]


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def run(make_run: MakeRun, tmp_path: Path) -> Run:
    """A run whose snapshot lies in the store."""
    claimed = Run.claim(make_run().pk)
    assert claimed is not None
    marks = (Mark("raccoon", Box(1, 2, 3, 4)),)
    records = [ImageRecord(name, sha(name), 8, 8, 5, queue, split, marks) for name, queue, split in IMAGES]
    write_manifest(tmp_path / "manifest", sorted(records, key=lambda record: record.sha256))
    store().put(manifest_key(claimed.project_id, 1), (tmp_path / "manifest").read_bytes())
    store().put(snapshot_key(claimed.project_id, 1), b"{}")
    for name, _, _ in IMAGES:
        store().put(image_key(claimed.project.team_id, sha(name)), name.encode())
    return claimed


@pytest.fixture
def site(run: Run, tmp_path: Path) -> materials.Site:
    (tmp_path / "folder").mkdir()
    return materials.Site(tmp_path / "folder", store(), Hold(run))


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def images(folder: Path) -> set[str]:
    return {path.read_text() for path in (folder / "images").iterdir()}


def test_training_gets_the_labelled_images_of_train_and_val(run: Run, site: materials.Site) -> None:
    assert materials.lay_training(run, site) == {"train": 2, "val": 1}
    assert images(site.folder) == {"train-1", "train-2", "val-1"}
    others = {name for name in contents(site.folder) if not name.startswith("images/")}
    assert others == {"config.json", "snapshot.json", "manifest.jsonl"}
    config = json.loads((site.folder / "config.json").read_text())
    assert (config["model"], config["base"]) == (MODEL, "catalogue")


def test_an_interrupted_run_finds_its_checkpoints(run: Run, site: materials.Site) -> None:
    for name in materials.RESUMED:
        store().put(keys.run_file(run, name), name.encode())
    materials.lay_training(run, site)
    assert {path.name for path in (site.folder / "out").iterdir()} == set(materials.RESUMED)


def test_half_a_checkpoint_is_no_checkpoint(run: Run, site: materials.Site) -> None:
    store().put(keys.run_file(run, "last.pt"), b"last")
    materials.lay_training(run, site)
    assert not list((site.folder / "out").iterdir())


def test_a_run_on_an_earlier_one_gets_its_best_checkpoint(run: Run, site: materials.Site, make_run: MakeRun) -> None:
    earlier = make_run(status="succeeded")
    store().put(keys.run_file(earlier, "best.pt"), b"learned")
    run.base, run.base_run = "checkpoint", earlier
    materials.lay_training(run, site)
    assert (site.folder / "base.pt").read_bytes() == b"learned"


def test_base_weights_come_from_the_store_where_this_machine_has_none(
    run: Run, site: materials.Site, settings: Settings
) -> None:
    store().put(f"weights/{MODEL}_coco.pth", b"weights")
    store().put("weights/mobilenet_v2-b0353104.pth", b"others")
    materials.lay_training(run, site)
    assert contents(site.folder / "weights") == {f"{MODEL}_coco.pth"}


def test_weights_that_were_downloaded_are_kept_for_the_next_run(site: materials.Site) -> None:
    (site.folder / "weights").mkdir()
    (site.folder / "weights" / f"{MODEL}_coco.pth").write_bytes(b"weights")
    materials.keep_weights(site)
    assert materials.stored_weights(store(), MODEL) == [f"weights/{MODEL}_coco.pth"]


def test_an_export_gets_the_checkpoint_and_the_validation_images(run: Run, site: materials.Site) -> None:
    store().put(keys.run_file(run, "best.pt"), b"learned")
    materials.lay_export(Artifact(run=run, target="onnx"), site)
    assert images(site.folder) == {"val-1"}
    assert (site.folder / "checkpoint.pt").read_bytes() == b"learned"


def test_an_image_that_is_gone_is_named(run: Run, site: materials.Site) -> None:
    store().delete(image_key(run.project.team_id, sha("val-1")))
    with pytest.raises(ObjectMissing, match=sha("val-1")):
        materials.lay_training(run, site)

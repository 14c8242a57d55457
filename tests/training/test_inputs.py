"""What lies in an engine's folder before it starts: only what it will read."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotations.dataset.manifest import write_manifest
from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from annotations.models import Snapshot
from annotations.object_keys import image_key
from boxwright.jobs import Beat
from boxwright.storage import ObjectMissing, registry, store
from boxwright.storage.errors import ObjectDamaged
from boxwright.storage.named import Named
from tests.training.conftest import MODEL, MakeRun
from training import object_keys
from training.models import Artifact, Run
from training.run_files import CHECKPOINT
from training.work import inputs

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
    store_snapshot(claimed, tmp_path, IMAGES)
    for name, _, _ in IMAGES:
        store().put(image_key(claimed.project.team_id, sha(name)), name.encode())
    return claimed


LARGE = (AnnotationRecord("raccoon", Box(1, 2, 5, 6)),)


def store_snapshot(
    run: Run,
    folder: Path,
    images: list[tuple[str, str, Split]],
    annotations: tuple[AnnotationRecord, ...] = LARGE,
    side: int = 8,
) -> None:
    """Square images of `side` pixels, each with these annotations."""
    records = [ImageRecord(name, sha(name), side, side, 5, queue, split, annotations) for name, queue, split in images]
    digest = write_manifest(folder / "manifest", sorted(records, key=lambda record: record.sha256))
    store().put("manifest", (folder / "manifest").read_bytes())
    store().put("about", b"{}")
    Snapshot.objects.update(manifest_key="manifest", sha256=digest, about_key="about")
    run.snapshot.refresh_from_db()


@pytest.fixture
def site(run: Run, tmp_path: Path) -> inputs.Site:
    (tmp_path / "folder").mkdir()
    return inputs.Site(Beat(run, tmp_path / "folder"), store())


def keep(run: Run, name: str, content: bytes) -> Named:
    """Store a file of the run, and name it in the row."""
    sha256 = hashlib.sha256(content).hexdigest()
    one = Named(object_keys.run_file(run, sha256, name), sha256)
    registry.keep(one.key, content)
    run.files = {**(run.files or {}), name: {"key": one.key, "sha256": sha256}}
    run.save(update_fields=["files"])
    return one


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def images(folder: Path) -> set[str]:
    return {path.read_text() for path in (folder / "images").iterdir()}


def test_training_gets_the_labelled_images_of_train_and_val(run: Run, site: inputs.Site) -> None:
    assert inputs.lay_training(run, site).images == {"train": 2, "val": 1}
    assert images(site.folder) == {"train-1", "train-2", "val-1"}
    others = {name for name in contents(site.folder) if not name.startswith("images/")}
    assert others == {"config.json", "snapshot.json", "manifest.jsonl"}
    config = json.loads((site.folder / "config.json").read_text())
    assert (config["model"], config["base"]) == (MODEL, "catalogue")


def out(site: inputs.Site) -> dict[str, bytes]:
    (site.folder / "out").mkdir(exist_ok=True)
    return {path.name: path.read_bytes() for path in (site.folder / "out").iterdir()}


def test_an_interrupted_run_finds_its_checkpoints(run: Run, site: inputs.Site) -> None:
    for name in CHECKPOINT:
        keep(run, name, name.encode())
    inputs.lay_checkpoint(run, site)
    assert out(site) == {name: name.encode() for name in CHECKPOINT}


def test_a_run_that_was_never_evaluated_finds_where_it_stood(run: Run, site: inputs.Site) -> None:
    keep(run, "last.pt", b"last")
    inputs.lay_checkpoint(run, site)
    assert out(site) == {"last.pt": b"last"}


def test_half_a_checkpoint_is_no_checkpoint(run: Run, site: inputs.Site) -> None:
    keep(run, "best.pt", b"best")
    inputs.lay_checkpoint(run, site)
    assert out(site) == {}


@pytest.mark.parametrize(
    ("harm", "error"),
    [(lambda key: store().delete(key), ObjectMissing), (lambda key: store().put(key, b"other"), ObjectDamaged)],
)
def test_a_checkpoint_that_is_gone_or_damaged_is_named_and_not_used(
    run: Run, site: inputs.Site, harm: Callable[[str], None], error: type[Exception]
) -> None:
    *_, last = [keep(run, name, name.encode()) for name in CHECKPOINT]
    harm(last.key)
    with pytest.raises(error, match=last.key):
        inputs.lay_checkpoint(run, site)
    assert out(site) == {}


def test_a_run_on_an_earlier_one_gets_its_best_checkpoint(run: Run, site: inputs.Site, make_run: MakeRun) -> None:
    earlier = make_run(status="succeeded")
    keep(earlier, "best.pt", b"learned")
    run.base, run.base_run = "checkpoint", earlier
    inputs.lay_training(run, site)
    assert (site.folder / "base.pt").read_bytes() == b"learned"


@pytest.mark.parametrize(
    ("quantization", "laid"), [("none", {"val-1"}), ("fp16", {"val-1"}), ("int8", {"val-1", "train-1", "train-2"})]
)
def test_an_export_gets_the_checkpoint_and_images_to_compare_and_calibrate_on(
    quantization: str, laid: set[str], run: Run, site: inputs.Site
) -> None:
    keep(run, "best.pt", b"learned")
    inputs.lay_export(Artifact(run=run, target="onnx", quantization=quantization), site)
    assert images(site.folder) == laid
    assert (site.folder / "checkpoint.pt").read_bytes() == b"learned"


def test_an_export_gets_what_its_bundle_says_of_the_run_and_no_persons_name(run: Run, site: inputs.Site) -> None:
    keep(run, "best.pt", b"learned")
    keep(run, "evaluation.json", b"{}")
    inputs.lay_export(Artifact(run=run, target="onnx"), site)
    said = json.loads((site.folder / "origin.json").read_text())
    assert said == {"team": run.project.team.name, "project": run.project.name, "number": run.number}
    assert (site.folder / "out" / "evaluation.json").read_bytes() == b"{}"


def test_an_export_without_validation_images_gets_those_it_will_compare_on(
    run: Run, site: inputs.Site, tmp_path: Path
) -> None:
    keep(run, "best.pt", b"learned")
    store_snapshot(run, tmp_path, [(name, queue, "test") for name, queue, _ in IMAGES])
    inputs.lay_export(Artifact(run=run, target="onnx"), site)
    assert images(site.folder) == {"val-1", "train-1", "train-2", "test-1"}


def test_an_image_that_is_gone_is_named(run: Run, site: inputs.Site) -> None:
    store().delete(image_key(run.project.team_id, sha("val-1")))
    with pytest.raises(ObjectMissing, match=sha("val-1")):
        inputs.lay_training(run, site)


def test_a_run_on_small_boxes_gets_its_settings(run: Run, site: inputs.Site, tmp_path: Path) -> None:
    small = (AnnotationRecord("raccoon", Box(100, 200, 120, 220)),)
    store_snapshot(run, tmp_path, IMAGES, small, 1280)
    laid = inputs.lay_training(run, site)
    assert laid.note.startswith("100% of the boxes are too small")
    assert laid.config.fine_anchors
    written = json.loads((site.folder / "config.json").read_text())
    assert written["fine_anchors"] == [list(shape) for shape in laid.config.fine_anchors]

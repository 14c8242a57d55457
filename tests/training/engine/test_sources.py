"""A run folder out of whatever people have."""

import shutil
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotations.dataset.manifest import read_manifest, write_manifest
from annotations.dataset.records import Dataset
from annotations.formats import FORMATS
from tests.training.engine.foreign import write_as
from training.engine.data import read_examples, read_run_folder
from training.engine.errors import DataError
from training.engine.progress import Silent
from training.engine.sources import lay_run_folder, link_run_folder

LayRun = Callable[..., Path]
DETECTION = [name for name, row in FORMATS.items() if "detection" in row.tasks]


def laid(source: Path, folder: Path, progress: Any = None, **asked: Any) -> Dataset:
    lay_run_folder(source, folder, asked.get("task"), asked.get("format", "auto"), progress or Silent())
    return read_run_folder(folder)


def truth(dataset: Dataset) -> dict[str, Any]:
    return {
        image.sha256: sorted((one.label, *map(round, astuple(one.box))) for one in image.annotations if one.box)
        for image in dataset.images
    }


@pytest.mark.parametrize("name", DETECTION)
def test_every_format_becomes_a_run_folder(name: str, lay_run: LayRun, tmp_path: Path) -> None:
    run = lay_run(train=3, val=2)
    dataset = laid(write_as(name, run, tmp_path / "foreign"), tmp_path / "laid", task="detection")
    wanted = read_run_folder(run)
    assert truth(dataset) == truth(wanted)
    assert set(dataset.labels) == set(wanted.labels)
    assert len(read_examples(dataset, dataset.images, tmp_path / "laid", 64)) == 5
    if "splits" in FORMATS[name].keeps:
        assert {i.sha256: i.split for i in dataset.images} == {i.sha256: i.split for i in wanted.images}


def test_a_zip_is_unpacked_beside_its_run(lay_run: LayRun, tmp_path: Path) -> None:
    run = lay_run(train=2, val=1)
    packed = shutil.make_archive(str(tmp_path / "snapshot"), "zip", write_as("coco", run, tmp_path / "coco"))
    assert truth(laid(Path(packed), tmp_path / "laid")) == truth(read_run_folder(run))
    packed = shutil.make_archive(str(tmp_path / "run-folder"), "zip", run)
    assert truth(laid(Path(packed), tmp_path / "laid")) == truth(read_run_folder(run)), "laid anew over the first"


def test_pictures_in_folders_of_labels_are_for_classifiers(tmp_path: Path) -> None:
    for i, label in enumerate(("ants", "bees", "ants", "bees")):
        path = tmp_path / "photos" / ("train" if i < 2 else "val") / label / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 20), (i * 60, 0, 0)).save(path)
    dataset = laid(tmp_path / "photos", tmp_path / "laid")
    assert (dataset.task, dataset.labels) == ("classification", ("ants", "bees"))
    assert [len(dataset.split("train")), len(dataset.split("val"))] == [2, 2]


def test_files_that_name_no_validation_images_lend_some(lay_run: LayRun, tmp_path: Path, recorder: Any) -> None:
    run, told = lay_run(train=20, val=0), recorder()
    dataset = laid(write_as("yolo", run, tmp_path / "yolo"), tmp_path / "laid", told)
    assert 1 <= len(dataset.split("val")) <= 9
    assert any("a fifth of the training images" in line for line in told.lines)


def test_what_is_left_out_is_told(lay_run: LayRun, tmp_path: Path, recorder: Any) -> None:
    run, told = lay_run(train=2, val=1), recorder()
    foreign = write_as("voc", run, tmp_path / "voc")
    pictures = sorted(foreign.rglob("*.png"))
    shutil.copy(pictures[0], pictures[0].with_name("twin.png"))
    pictures[1].write_bytes(b"no picture")
    dataset = laid(foreign, tmp_path / "laid", told)
    assert len(dataset.images) == 2
    assert any(line.startswith("Pictures that are there twice: taken once: 1") for line in told.lines)
    assert any(line.startswith("Images that can't be taken: 1, first") for line in told.lines)


def test_what_is_no_data_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no"):
        laid(tmp_path / "gone", tmp_path / "laid")
    (tmp_path / "note.zip").write_text("hello")
    with pytest.raises(DataError, match="no zip that can be read"):
        laid(tmp_path / "note.zip", tmp_path / "laid")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no known format: Pascal VOC, COCO"):
        laid(tmp_path / "empty", tmp_path / "laid")
    with pytest.raises(DataError, match="can't be read as COCO"):
        laid(tmp_path / "empty", tmp_path / "laid", format="coco")


def test_a_linked_run_folder_shares_its_images(lay_run: LayRun, tmp_path: Path) -> None:
    run = lay_run(train=2, val=1)
    link_run_folder(run, tmp_path / "second")
    link_run_folder(run, tmp_path / "second")
    dataset = read_run_folder(tmp_path / "second")
    assert len(read_examples(dataset, dataset.images, tmp_path / "second", 64)) == 3
    images = [replace(image, split="test") for image in read_manifest(run / "manifest.jsonl")]
    write_manifest(run / "manifest.jsonl", images)
    assert len(read_run_folder(tmp_path / "second").split("test")) == 3

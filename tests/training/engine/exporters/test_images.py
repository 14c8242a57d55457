"""Which images an artifact is checked on."""

from pathlib import Path

import pytest

from annotations.dataset.records import AnnotationRecord
from tests.training.engine.conftest import LayRun, draw_picture, record, write_run
from training.engine.data import read_run_folder
from training.engine.errors import DataError
from training.engine.exporters.images import read_export_images


def test_validation_images_are_taken(lay_run: LayRun) -> None:
    compared = read_export_images(lay_run(train=4, val=3), 96).comparison

    assert (compared.split, compared.available, len(compared.examples)) == ("val", 3, 3)
    assert compared.examples.squares.shape == (3, 96, 96, 3)
    assert compared.sizes == [(160, 120)] * 3


def test_calibration_images_are_of_the_train_split_and_decoded_on_demand(lay_run: LayRun) -> None:
    folder = lay_run(train=4, val=3)
    images = read_export_images(folder, 96)
    for image in read_run_folder(folder).split("train"):
        (folder / "images" / image.sha256).unlink()

    assert images.comparison.available == 3
    with pytest.raises(DataError, match="missing"):
        images.calibration()
    assert read_export_images(lay_run(train=4, val=3), 96).calibration().shape == (4, 96, 96, 3)


def test_without_any_labelled_image_there_is_nothing_to_check_on(lay_run: LayRun, tmp_path: Path) -> None:
    content, _ = draw_picture(0)
    unlabelled = record(content, "new.png", "val", [], queue="unlabelled")

    with pytest.raises(DataError, match="no labelled image"):
        read_export_images(lay_run(train=0, val=0), 96)
    with pytest.raises(DataError, match="no labelled image"):
        read_export_images(write_run(tmp_path / "new", [(unlabelled, content)]), 96)


def test_a_classifier_is_not_checked_on_images_without_a_label(tmp_path: Path) -> None:
    pictures = [draw_picture(seed)[0] for seed in range(2)]
    images = [
        (record(pictures[0], "plain.png", "val", []), pictures[0]),
        (record(pictures[1], "disc.png", "val", [AnnotationRecord("disc")]), pictures[1]),
    ]

    read = read_export_images(write_run(tmp_path / "run", images, "classification"), 96)

    assert [image.name for image in read.comparison.examples.images] == ["disc.png"]

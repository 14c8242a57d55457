"""Which pictures an artifact is checked on."""

from pathlib import Path

import pytest

from annotations.dataset.records import AnnotationRecord
from tests.training.engine.conftest import LayRun, draw_picture, record, write_run
from training.engine.errors import DataError
from training.engine.exporters.comparison_images import read_pictures


def test_validation_images_are_taken(lay_run: LayRun) -> None:
    pictures = read_pictures(lay_run(train=4, val=3), 96)

    assert (pictures.split, pictures.available, len(pictures.examples)) == ("val", 3, 3)
    assert pictures.examples.squares.shape == (3, 96, 96, 3)
    assert pictures.sizes == [(160, 120)] * 3


def test_training_images_are_taken_where_none_are_for_validation(lay_run: LayRun) -> None:
    assert read_pictures(lay_run(train=4, val=0), 96).split == "train"


def test_a_large_split_is_thinned_out_evenly(lay_run: LayRun) -> None:
    pictures = read_pictures(lay_run(train=1, val=130), 32)

    assert (pictures.available, len(pictures.examples)) == (130, 64)
    assert len({image.sha256 for image in pictures.examples.images}) == 64


def test_without_any_labelled_image_there_is_nothing_to_check_on(lay_run: LayRun, tmp_path: Path) -> None:
    content, _ = draw_picture(0)
    unlabelled = record(content, "new.png", "val", [], queue="unlabelled")

    with pytest.raises(DataError, match="no labelled image"):
        read_pictures(lay_run(train=0, val=0), 96)
    with pytest.raises(DataError, match="no labelled image"):
        read_pictures(write_run(tmp_path / "new", [(unlabelled, content)]), 96)


def test_a_classifier_is_not_checked_on_images_without_a_label(tmp_path: Path) -> None:
    pictures = [draw_picture(seed)[0] for seed in range(2)]
    images = [
        (record(pictures[0], "plain.png", "val", []), pictures[0]),
        (record(pictures[1], "disc.png", "val", [AnnotationRecord("disc")]), pictures[1]),
    ]

    read = read_pictures(write_run(tmp_path / "run", images, "classification"), 96)

    assert [image.name for image in read.examples.images] == ["disc.png"]

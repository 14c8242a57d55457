import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotations.dataset.records import AnnotationRecord, Box, Dataset, ImageRecord
from training.engine.data import chosen_images, read_examples, read_run_folder, read_square, usable_images
from training.engine.errors import DataError
from training.engine.remarks import remarks

LayRun = Callable[..., Path]


def test_boxes_become_shares_of_the_picture(lay_run: LayRun) -> None:
    folder = lay_run(train=2, val=0)
    dataset = read_run_folder(folder)
    examples = read_examples(dataset, dataset.split("train"), folder, 96, threads=2)
    assert examples.squares.shape == (2, 96, 96, 3)
    first = dataset.split("train")[0].annotations[0].box
    assert first is not None
    shares = [first.x_min / 160, first.y_min / 120, first.x_max / 160, first.y_max / 120]
    np.testing.assert_allclose(examples.boxes[0][0], shares, rtol=1e-6)
    x, y = ((examples.boxes[0][0, :2] + examples.boxes[0][0, 2:]) / 2 * 96).astype(int)
    assert examples.squares[0][y, x, 0] > 180, "the red disc is where its box says"


def test_a_larger_choice_of_images_holds_a_smaller_one(lay_run: LayRun) -> None:
    images = read_run_folder(lay_run(train=8, val=0)).images
    few, more = chosen_images(images, 3, seed=0), chosen_images(tuple(reversed(images)), 5, seed=0)
    assert len(few) == 3
    assert set(few) < set(more)
    assert chosen_images(images, 8, seed=0) == images
    assert {chosen_images(images, 3, seed=seed) for seed in range(9)} != {few}


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), "blue")
    image.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90°: the left half comes to lie on top
    image.save(tmp_path / "sideways.jpg", exif=exif)
    square = read_square(tmp_path / "sideways.jpg", 64)
    assert square[8, 32, 0] > 200
    assert square[56, 32, 2] > 200


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_every_colour_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture"
    Image.new(mode, (30, 30)).save(path, "TIFF")
    assert read_square(path, 64).shape == (64, 64, 3)


def test_a_truncated_picture_is_named(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(file, "JPEG")
    (tmp_path / "abc").write_bytes(file.getvalue()[:2000])
    with pytest.raises(DataError, match=r"holiday\.jpg can't be decoded"):
        read_square(tmp_path / "abc", 64, "holiday.jpg")


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "abc").write_text("hello")
    with pytest.raises(DataError, match=r"note\.jpg"):
        read_square(tmp_path / "abc", 64, "note.jpg")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.jpg is missing"):
        read_square(tmp_path / "abc", 64, "gone.jpg")


def test_boxes_are_clipped_and_those_outside_dropped(lay_run: LayRun) -> None:
    folder = lay_run(train=1, val=0)
    dataset = read_run_folder(folder)
    image = dataset.images[0]
    annotations = (AnnotationRecord("disc", Box(-10, 60, 80, 500)), AnnotationRecord("disc", Box(200, 10, 300, 20)))
    moved = ImageRecord(image.name, image.sha256, 160, 120, queue="labelled", annotations=annotations)
    examples = read_examples(dataset, [moved], folder, 64)
    np.testing.assert_allclose(examples.boxes[0], [[0, 0.5, 0.5, 1]])


def test_a_crowd_is_no_example_and_is_told(lay_run: LayRun) -> None:
    folder = lay_run(train=2, val=0)
    dataset = read_run_folder(folder)
    first, *others = dataset.images[0].annotations
    crowd = replace(first, attributes={"crowd": True})
    images = (replace(dataset.images[0], annotations=(crowd, *others)), dataset.images[1])
    examples = read_examples(dataset, images, folder, 64)
    assert [len(boxes) for boxes in examples.boxes] == [len(labels) for labels in examples.labels] == [1, 2]
    told = [line for line in remarks(dataset.labels, examples, examples) if "crowds" in line]
    assert [line.partition(".")[0] for line in told] == ["Marked as crowds: 2"]


def test_an_unknown_label_in_the_manifest_is_named(lay_run: LayRun) -> None:
    folder = lay_run(train=1, val=0)
    snapshot = json.loads((folder / "snapshot.json").read_text())
    (folder / "snapshot.json").write_text(json.dumps(snapshot | {"labels": [{"name": "disc"}]}))
    with pytest.raises(DataError, match="'square'"):
        read_run_folder(folder)


@pytest.mark.parametrize("name", ["snapshot.json", "manifest.jsonl"])
def test_a_damaged_run_folder_is_said(lay_run: LayRun, name: str) -> None:
    folder = lay_run(train=1, val=0)
    (folder / name).write_text('{"half')
    with pytest.raises(DataError, match="damaged"):
        read_run_folder(folder)
    (folder / name).unlink()
    with pytest.raises(DataError, match=name):
        read_run_folder(folder)


def test_a_negative_teaches_a_detector_but_not_a_classifier() -> None:
    negative = ImageRecord("empty.png", "0" * 64, 10, 10, queue="done")
    assert usable_images(Dataset("detection", ("a",), (negative,)), [negative]) == (negative,)
    assert usable_images(Dataset("classification", ("a",), (negative,)), [negative]) == ()

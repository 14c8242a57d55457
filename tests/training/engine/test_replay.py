"""Going on with what is new: what counts as new, which old images an epoch sees, each label before and after."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord, Split
from tests.training.engine import tiny
from tests.training.engine.conftest import DETECTOR, draw_picture, record, write_run
from training.api.evaluations import DetectionEvaluationSerializer
from training.engine import checkpoint
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.errors import ConfigError, DataError
from training.engine.progress import Silent, Stopped
from training.engine.replay import has_seen, knows, learned_from, pool_of
from training.engine.train import train

LayRun = Callable[..., Path]
Recorders = type[Any]
CAT, DOG = (AnnotationRecord(name, Box(1, 2, 30, 40), id=name) for name in ("cat", "dog"))
SETTINGS: dict[str, Any] = {"model": tiny.DETECTOR, "batch_size": 3, "image_size": 64, "threads": 1, "fit": "none"}
LARGE = Config(model=DETECTOR, base="checkpoint", replay=0.5, batch_size=1, seed=3)


def labelled(*marks: AnnotationRecord) -> ImageRecord:
    return ImageRecord("a.jpg", "ab" * 32, 100, 100, annotations=marks)


def test_an_image_is_known_as_it_was_labelled() -> None:
    learned = learned_from([labelled(CAT, DOG)])
    assert knows(learned, labelled(replace(DOG, id="another", source="model"), CAT))
    for changed in (labelled(CAT), labelled(CAT, replace(DOG, label="cat")), labelled(CAT, replace(DOG, box=None))):
        assert has_seen(learned, changed)
        assert not knows(learned, changed)
    assert not has_seen(learned, replace(labelled(CAT, DOG), sha256="cd" * 32))


def test_each_epoch_sees_all_new_images_and_the_old_ones_in_turn() -> None:
    pool = pool_of(range(100), [i >= 10 for i in range(100)], LARGE)
    assert (pool.to_dict(), len(pool)) == ({"new": 10, "old": 90, "replayed": 10}, 20)
    epochs = [pool.of(epoch) for epoch in range(1, 10)]
    assert all(set(range(10)) <= set(seen) for seen in epochs)
    assert Counter(i for seen in epochs for i in seen if i >= 10) == Counter(range(10, 100)), "once each in nine epochs"
    assert epochs[3] == pool_of(range(100), [i >= 10 for i in range(100)], LARGE).of(4), "a resumed run sees the same"
    assert set(pool.of(10)) != set(pool.of(1)), "another order the next time round"


def test_the_share_is_of_the_epochs_places() -> None:
    third = pool_of(range(100), [i >= 20 for i in range(100)], replace(LARGE, replay=1 / 3))
    assert third.to_dict() == {"new": 20, "old": 80, "replayed": 10}
    few_old = pool_of(range(100), [i >= 98 for i in range(100)], LARGE)
    assert few_old.to_dict() == {"new": 98, "old": 2, "replayed": 2}
    everything = pool_of(range(100), [i >= 10 for i in range(100)], replace(LARGE, replay=0.0))
    assert sorted(everything.of(1)) == list(range(100))


def test_beside_a_few_new_images_come_old_ones_for_the_fewest_steps() -> None:
    pool = pool_of(range(100), [i >= 4 for i in range(100)], replace(LARGE, batch_size=8))
    assert (pool.replayed, len(pool)) == (24, 28)


def test_only_a_run_with_a_base_replays() -> None:
    with pytest.raises(ConfigError, match="replay: only a run that starts from another run"):
        Config(model=DETECTOR, replay=0.5)
    once = Config(model=DETECTOR, epochs=5, learning_rate=0.01).continued()
    assert (once.base, once.replay, once.epochs, once.learning_rate) == ("checkpoint", 0.5, 3, 0.005)
    assert once.continued() == once


def scene(seed: int, split: Split) -> tuple[ImageRecord, bytes]:
    content, annotations = draw_picture(seed)
    return record(content, f"scene-{seed}.png", split, annotations), content


@pytest.fixture
def base(tmp_path: Path, tiny_rows: None) -> Path:
    """A finished run: it has learned from scenes 0 to 5; 6 and 7 were of val."""
    scenes = [*(scene(i, "train") for i in range(6)), scene(6, "val"), scene(7, "val")]
    run(folder := write_run(tmp_path / "base", scenes, **SETTINGS, base="none", epochs=1))
    return folder


def run(folder: Path, progress: Silent | None = None) -> Checkpoint:
    config = complete_config(json.loads((folder / "config.json").read_text()))
    return train(config, read_run_folder(folder), folder, progress or Silent())


def continuation(folder: Path, base: Path, scenes: list[tuple[ImageRecord, bytes]], *labels: str) -> Path:
    settings = SETTINGS | {"base": "checkpoint", "replay": 0.5, "epochs": 2}
    write_run(folder, scenes, labels=("disc", "square", *labels), **settings)
    shutil.copy(base / "out" / "best.pt", folder / "base.pt")
    return folder


def with_a_star(image: tuple[ImageRecord, bytes]) -> tuple[ImageRecord, bytes]:
    """Labelled anew: the disc is a star."""
    found, content = image
    disc, square = found.annotations
    return replace(found, annotations=(replace(disc, label="star"), square)), content


def test_what_is_new_is_learned_beside_old_images_and_each_label_is_told_before_and_after(
    base: Path, tmp_path: Path, recorder: Recorders
) -> None:
    scenes = [
        *(scene(i, "train") for i in range(4)),
        with_a_star(scene(4, "train")),
        scene(5, "val"),  # was of train
        scene(6, "val"),
        with_a_star(scene(7, "val")),
        *(scene(i, "train") for i in (8, 9)),
    ]
    folder, told = continuation(tmp_path / "second", base, scenes, "star"), recorder()
    best = run(folder, told)
    report = json.loads((folder / "out" / "evaluation.json").read_text())

    assert report["start"]["replay"] == {"new": 3, "old": 4, "replayed": 4}
    assert [one["how"] for one in report["start"]["labels"]] == ["carried", "carried", "warm"]
    assert report["image_count"] == 2
    assert "1 validation images are left out: the base learned from them." in told.lines
    assert any(line.startswith("Before: AP 0.") for line in told.lines)

    before = checkpoint.load(base / "out" / "best.pt")
    rows = {row["name"]: row for row in report["before"]["labels"]}
    assert (rows["star"]["before"], rows["star"]["change"]) == (None, None)
    assert rows["disc"]["before"] is not None
    assert rows["square"]["change"]["low"] <= rows["square"]["change"]["high"]
    assert report["before"]["image_count"] == 2
    assert {row["name"]: row["AP"] for row in report["labels"]} == {name: row["after"] for name, row in rows.items()}
    assert json.loads(json.dumps(DetectionEvaluationSerializer(report | {"images": {}}).data)) == report | {
        "images": {}
    }

    assert len(best.learned) == 8, "six of the base, two that are new"
    assert has_seen(best.learned, scene(5, "val")[0]), "also by the run before"
    assert best.lineage[:-1] == before.lineage


def test_a_continued_run_that_is_stopped_ends_bit_for_bit_where_an_unbroken_one_does(
    base: Path, tmp_path: Path, recorder: Recorders
) -> None:
    scenes = [*(scene(i, "train") for i in range(6)), scene(6, "val"), scene(8, "train")]
    whole = run(continuation(tmp_path / "whole", base, scenes))
    broken = continuation(tmp_path / "broken", base, scenes)
    with pytest.raises(Stopped):
        run(broken, recorder(stop_after_steps=8))  # in the second epoch
    again = run(broken)
    assert all(torch.equal(value, again.weights[name]) for name, value in whole.weights.items())
    assert again.learned == whole.learned
    reports = [json.loads((tmp_path / name / "out" / "evaluation.json").read_text()) for name in ("whole", "broken")]
    assert reports[0]["before"] == reports[1]["before"]


def test_without_anything_new_there_is_nothing_to_continue(base: Path, tmp_path: Path) -> None:
    scenes = [*(scene(i, "train") for i in range(6)), scene(6, "val"), scene(9, "val")]
    with pytest.raises(DataError, match="Nothing is new since the base run"):
        run(continuation(tmp_path / "second", base, scenes))

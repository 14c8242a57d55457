"""The whole loop on a few drawn pictures, with the real weights."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from annotations.dataset.manifest import read_manifest, write_manifest
from annotations.dataset.records import AnnotationRecord, ImageRecord
from training.engine import checkpoint, evaluate, predict
from training.engine.catalog import complete_config
from training.engine.checkpoint import Checkpoint
from training.engine.data import read_run_folder
from training.engine.errors import ConfigError, DataError
from training.engine.progress import Silent, Stopped
from training.engine.train import train

LayRun = Callable[..., Path]
Recorders = type[Any]


def run(folder: Path, weights_dir: Path | None, progress: Silent | None = None) -> Checkpoint:
    config = complete_config(json.loads((folder / "config.json").read_text()))
    return train(config, read_run_folder(folder), folder, progress or Silent(), weights_dir)


def rewrite(folder: Path, change: Callable[[ImageRecord], ImageRecord]) -> None:
    """Change every image of the manifest."""
    images = [change(image) for image in read_manifest(folder / "manifest.jsonl")]
    write_manifest(folder / "manifest.jsonl", images)


def without_annotations(image: ImageRecord) -> ImageRecord:
    return replace(image, annotations=())


def test_a_run_learns_and_writes_what_it_promises(lay_run: LayRun, weights_dir: Path, recorder: Recorders) -> None:
    folder, told = lay_run(epochs=3), recorder()
    best = run(folder, weights_dir, told)
    assert [values["loss"] for values in told.metrics] == sorted((v["loss"] for v in told.metrics), reverse=True)
    assert set(told.metrics[0]) == {"loss", "loss_box", "loss_class", "AP", "AP50", "learning_rate", "iterations"}
    assert [values["iterations"] for values in told.metrics] == [6, 12, 18]
    assert best.labels == ("disc", "square")
    report = json.loads((folder / "out" / "evaluation.json").read_text())
    assert report["image_count"] == 2
    assert report["coco"]["AP50"] == best.metrics["AP50"]
    assert [row["truth_count"] for row in report["labels"]] == [2, 2]
    assert set(report["predictions"][0]["truth"][0]) == {"label", "x_min", "y_min", "x_max", "y_max"}
    lines = [json.loads(line) for line in (folder / "out" / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert not list((folder / "out").glob("*.tmp"))


def test_a_run_may_learn_from_a_share_of_the_images(lay_tiny: LayRun, recorder: Recorders) -> None:
    told = recorder()
    run(lay_tiny(epochs=1, train_share=0.5), None, told)
    assert any("3 training and 2 validation images" in line for line in told.lines)


def test_a_stopped_run_goes_on_and_ends_where_an_unbroken_one_does(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder = lay_tiny(epochs=2)
    unbroken = run(folder, None)
    for path in (folder / "out").iterdir():
        path.unlink()
    with pytest.raises(Stopped):
        run(folder, None, recorder(stop_after_steps=8))  # six steps are an epoch: in the second
    assert checkpoint.load(folder / "out" / "last.pt").epoch == 1
    told = recorder()
    resumed = run(folder, None, told)
    assert told.steps[0] == (2, 1)
    assert (resumed.epoch, resumed.metrics) == (unbroken.epoch, unbroken.metrics)
    for name, value in unbroken.weights.items():
        torch.testing.assert_close(resumed.weights[name], value, atol=1e-5, rtol=1e-4)


def test_half_precision_learns_and_goes_on_with_its_scale(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(epochs=2, precision="fp16"), recorder()
    with pytest.raises(Stopped):
        run(folder, None, recorder(stop_after_steps=7))
    _, training = checkpoint.load_training(folder / "out" / "last.pt")
    assert training is not None
    assert training["scaler"]["scale"] > 1
    run(folder, None, told)
    lines = [json.loads(line) for line in (folder / "out" / "metrics.jsonl").read_text().splitlines()]
    first, second = (line["values"]["loss"] for line in lines)
    assert second < first


def test_a_finished_run_started_again_does_nothing(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(), recorder()
    first = run(folder, None)
    again = run(folder, None, told)
    assert told.steps == []
    assert again.metrics == first.metrics


def test_a_run_stops_within_one_step(lay_tiny: LayRun, recorder: Recorders) -> None:
    told = recorder(stop_after_steps=1)
    with pytest.raises(Stopped):
        run(lay_tiny(), None, told)
    assert told.steps == [(1, 1)]


def test_a_damaged_last_checkpoint_means_starting_again(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(), recorder()
    (folder / "out").mkdir()
    (folder / "out" / "last.pt").write_bytes(b"half")
    run(folder, None, told)
    assert told.steps[0] == (1, 1)
    assert any("first epoch" in line for line in told.lines)


def test_a_last_checkpoint_without_the_best_means_starting_again(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(), recorder()
    run(folder, None)
    (folder / "out" / "best.pt").unlink()
    run(folder, None, told)
    assert told.steps[0] == (1, 1)
    assert any("without best.pt" in line for line in told.lines)


def test_the_same_seed_gives_the_same_run(lay_tiny: LayRun) -> None:
    folder = lay_tiny()
    first = run(folder, None)
    for path in (folder / "out").iterdir():
        path.unlink()
    second = run(folder, None)
    assert all(torch.allclose(value, second.weights[name], atol=1e-6) for name, value in first.weights.items())


def test_a_run_tells_what_it_began_with_also_after_a_stop(
    lay_run: LayRun, weights_dir: Path, recorder: Recorders
) -> None:
    folder = lay_run(train=1, val=1, epochs=2, freeze="layers:9")
    whole = run(folder, weights_dir)
    begun = json.loads((folder / "out" / "evaluation.json").read_text())["start"]
    assert [one["how"] for one in begun["labels"]] == ["warm", "warm"]
    assert begun["frozen"]["still_layers"] >= 9
    assert begun["lineage"] == list(whole.lineage)
    for path in (folder / "out").iterdir():
        path.unlink()
    with pytest.raises(Stopped):
        run(folder, weights_dir, recorder(stop_after_steps=4))  # three steps are an epoch: in the second
    again = run(folder, None)  # goes on without the weights it began with
    assert again.lineage == whole.lineage
    assert json.loads((folder / "out" / "evaluation.json").read_text())["start"] == begun


def test_a_run_goes_on_from_an_earlier_checkpoint(lay_tiny: LayRun) -> None:
    folder = lay_tiny()
    run(folder, None)
    (folder / "out" / "best.pt").rename(folder / "base.pt")
    (folder / "out" / "last.pt").unlink()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"base": "checkpoint", "freeze": "trunk"}))
    assert run(folder, None).config.base == "checkpoint"


def test_a_run_ends_after_its_iterations(lay_tiny: LayRun, recorder: Recorders) -> None:
    told = recorder()
    best = run(lay_tiny(iterations=8, epochs=5, schedule="step", precision="fp32"), None, told)
    assert told.steps == [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 1), (2, 2)]
    assert best.config.iterations == 8


def test_an_impatient_run_ends_when_nothing_becomes_better(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(epochs=6, patience=1, learning_rate=1e-7, average_decay=0.99999), recorder()
    best = run(folder, None, told)
    assert len(told.metrics) < 6
    assert any("No better epoch than" in line for line in told.lines)
    assert run(folder, None).epoch == best.epoch


DEAR = {"train": 2, "val": 10}
"""An evaluation is a quarter of the work of an epoch, and more: the run is evaluated every other epoch."""


def test_where_an_evaluation_costs_much_only_some_epochs_are_evaluated(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(epochs=4, **DEAR), recorder()
    best = run(folder, None, told)
    assert ["AP" in values for values in told.metrics] == [False, True, False, True]
    assert all("loss" in values for values in told.metrics)
    assert best.epoch in (2, 4)
    assert best.metrics["AP"] == told.metrics[best.epoch - 1]["AP"]


def test_a_run_stopped_before_its_first_evaluation_goes_on(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder = lay_tiny(epochs=2, **DEAR)
    with pytest.raises(Stopped):
        run(folder, None, recorder(stop_after_steps=8))  # in the second epoch
    assert not (folder / "out" / "best.pt").exists()
    told = recorder()
    assert run(folder, None, told).epoch == 2
    assert told.steps[0] == (2, 1)


def test_only_an_evaluation_tries_a_runs_patience(lay_tiny: LayRun, recorder: Recorders) -> None:
    told = recorder()
    run(lay_tiny(epochs=20, patience=1, learning_rate=1e-7, average_decay=0.99999, **DEAR), None, told)
    assert len(told.metrics) < 20
    assert len(told.metrics) % 2 == 0


def test_random_weights_learn_too(lay_run: LayRun, recorder: Recorders) -> None:
    told = recorder()
    best = run(lay_run(base="none", epochs=2), None, told)
    assert told.metrics[1]["loss"] < told.metrics[0]["loss"]
    assert not [name for name in best.weights if "running_mean" in name], "BatchNorm is folded into what is kept"


def test_without_validation_images_the_last_epoch_is_kept(lay_tiny: LayRun, recorder: Recorders) -> None:
    folder, told = lay_tiny(val=0, epochs=2), recorder()
    best = run(folder, None, told)
    assert (best.epoch, best.metrics["AP"]) == (2, None)
    assert any("validation" in line for line in told.lines)
    assert json.loads((folder / "out" / "evaluation.json").read_text())["image_count"] == 0


def test_one_image_is_enough_to_train(lay_run: LayRun, weights_dir: Path) -> None:
    assert run(lay_run(train=1, val=1), weights_dir).epoch == 1


def test_a_negative_among_the_images_is_trained_on(lay_tiny: LayRun) -> None:
    folder = lay_tiny(train=3, val=1)
    first = next(read_manifest(folder / "manifest.jsonl")).sha256
    rewrite(folder, lambda image: without_annotations(image) if image.sha256 == first else image)
    assert run(folder, None).epoch == 1


def test_a_label_without_boxes_is_carried_along(lay_tiny: LayRun) -> None:
    folder = lay_tiny()
    snapshot = json.loads((folder / "snapshot.json").read_text())
    snapshot["labels"].append({"name": "star"})
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    assert run(folder, None).labels == ("disc", "square", "star")
    report = json.loads((folder / "out" / "evaluation.json").read_text())
    star = {"name": "star", "truth_count": 0, "AP": None, "AP50": None}
    assert report["labels"][2] | star == report["labels"][2]
    assert report["labels"][2]["voc"] == {"AP_11_points": None, "AP_area": None}


def test_nothing_labelled_is_said(lay_run: LayRun) -> None:
    folder = lay_run()
    rewrite(folder, lambda image: replace(image, queue="unlabelled"))
    with pytest.raises(DataError, match="no labelled images"):
        run(folder, None)


def test_nothing_but_negatives_is_said(lay_run: LayRun) -> None:
    folder = lay_run()
    rewrite(folder, without_annotations)
    with pytest.raises(DataError, match="has a box"):
        run(folder, None)


def test_a_damaged_picture_is_named(lay_run: LayRun) -> None:
    folder = lay_run()
    image = next(read_manifest(folder / "manifest.jsonl"))
    path = folder / "images" / image.sha256
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match=image.name):
        run(folder, None)


def test_a_model_of_the_other_task_is_refused(lay_run: LayRun) -> None:
    with pytest.raises(ConfigError, match="classification"):
        run(lay_run(model="mobilenet_v2"), None)


def test_evaluating_the_best_checkpoint_gives_its_metrics(lay_tiny: LayRun) -> None:
    folder = lay_tiny()
    best = run(folder, None)
    found = evaluate.evaluate(best, read_run_folder(folder), folder, "val", Silent())
    assert found.metrics == pytest.approx(best.metrics, abs=1e-3)


def test_predictions_are_in_pixels_of_the_upright_picture(lay_tiny: LayRun, tmp_path: Path) -> None:
    folder = lay_tiny(score_threshold=0.0)  # so short a training is sure of nothing
    best = run(folder, None)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 100)).save(tmp_path / "sideways.jpg", exif=exif)
    plain = folder / "images" / next(read_manifest(folder / "manifest.jsonl")).sha256
    of_plain, of_sideways = predict.predict(best, [plain, tmp_path / "sideways.jpg"])
    for annotations, width, height in ((of_plain, 160, 120), (of_sideways, 100, 400)):
        scores = [annotation.score or 0 for annotation in annotations]
        assert scores == sorted(scores, reverse=True)
        assert all(m.box and m.box.x_max <= width + 1e-3 and m.box.y_max <= height + 1e-3 for m in annotations)
    assert of_plain


def classification_run(tmp_path: Path, write_run: Callable[..., Path], record: Callable[..., ImageRecord]) -> Path:
    """Four red and four blue pictures, one of each in the validation split."""
    images = []
    for i in range(8):
        label, colour = (("red", (200, i, 0)), ("blue", (i, 0, 200)))[i % 2]
        file = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(file, "PNG")
        split = "val" if i >= 6 else "train"
        images.append((record(file.getvalue(), f"{i}.png", split, [AnnotationRecord(label)]), file.getvalue()))
    settings = {"model": "mobilenet_v2", "epochs": 2, "batch_size": 3, "image_size": 64, "threads": 1}
    return write_run(tmp_path / "run", images, task="classification", labels=("red", "blue"), **settings)


def test_a_classifier_tells_red_from_blue(
    tmp_path: Path, weights_dir: Path, recorder: Recorders, write_run: Any, record: Any
) -> None:
    folder, told = classification_run(tmp_path, write_run, record), recorder()
    best = run(folder, weights_dir, told)
    assert best.metrics == {"accuracy": 1.0, "macro_f1": 1.0}
    assert set(told.metrics[0]) == {"loss", "accuracy", "macro_f1", "learning_rate", "iterations"}
    report = json.loads((folder / "out" / "evaluation.json").read_text())
    assert report["confusion"] == [[1, 0], [0, 1]]
    assert set(report["predictions"][0]["scores"]) == {"red", "blue"}
    assert next(predict.predict(best, [folder / "images" / report["predictions"][0]["image"]]))[0].box is None

"""The JSON of runs, artifacts and evaluations: one serializer each, and it says all that there is."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.dataset.records import AnnotationRecord
from tests.training.conftest import MakeRun
from tests.training.engine.conftest import DETECTOR, LABELS, draw_picture, record, write_run
from tests.training.engine.exporters.conftest import SHAPE_LABELS, checkpoint_of, random_classifier
from training.api.artifacts import VERIFICATIONS, ArtifactSerializer
from training.api.evaluations import EVALUATIONS, StartSerializer
from training.api.runs import RunSerializer
from training.engine import catalog, freezing
from training.engine.checkpoint import Checkpoint
from training.engine.config import Config
from training.engine.data import read_run_folder
from training.engine.evaluate import evaluate
from training.engine.export import export
from training.engine.exporters.images import read_export_images
from training.engine.network import fold_batch_norm
from training.engine.origin import LabelOrigin, Origin
from training.engine.progress import Silent
from training.engine.targets import Verification
from training.engine.transfer import Choice
from training.models import Artifact

IMAGES = {"a" * 64: {"id": 1, "name": "a.png", "width": 160, "height": 120}}


def plain(data: Any) -> Any:
    return json.loads(json.dumps(data))


def classifier_run(folder: Path) -> Path:
    images = []
    for seed in range(3):
        content, annotations = draw_picture(seed)
        label = AnnotationRecord(annotations[seed % 2].label)
        images.append((record(content, f"scene-{seed}.png", "val", [label]), content))
    return write_run(folder, images, "classification", SHAPE_LABELS)


def detector_run(folder: Path) -> Path:
    drawn = [(f"scene-{seed}.png", draw_picture(seed)) for seed in range(3)]
    return write_run(folder, [(record(content, name, "val", found), content) for name, (content, found) in drawn])


def random_detector() -> Checkpoint:
    config = Config(model=DETECTOR, image_size=96)
    info = catalog.model_info(DETECTOR)
    network = catalog.load_module(info.module).build(info, len(LABELS), config.image_size)
    fold_batch_norm(network)
    return checkpoint_of(network, config, LABELS)


RUN_CHANGES = {
    "status",
    "phase",
    "epoch",
    "epochs",
    "step",
    "steps",
    "loss",
    "eta_seconds",
    "metrics",
    "images",
    "attempt",
}
"""Those columns of a run that a worker writes; an event must carry each."""


def test_the_serializer_of_a_run_carries_all_that_changes(make_run: MakeRun) -> None:
    run = make_run(status="failed", error_code="crashed", error="bang", images={"train": 8, "val": 2}, loss=0.5)
    run.refresh_from_db()
    answer = plain(RunSerializer(run).data)
    assert {name: answer[name] for name in RUN_CHANGES} == {name: getattr(run, name) for name in RUN_CHANGES}
    assert answer["error"] == {"code": "crashed", "detail": "bang"}
    assert {"id", "number", "started_at", "finished_at"} <= set(answer)


def test_the_serializer_of_an_artifact_carries_all_that_the_engine_reports(make_run: MakeRun, tmp_path: Path) -> None:
    checkpoint = random_classifier("mobilenet_v3_small")
    images = read_export_images(classifier_run(tmp_path / "run"), checkpoint.image_size)
    report = export(checkpoint, "onnx", "none", images, tmp_path, Silent())
    artifact = Artifact.objects.create(run=make_run(status="succeeded"), status="succeeded", **report)
    artifact.refresh_from_db()

    answer = plain(ArtifactSerializer(artifact).data)
    assert {name: answer[name] for name in report} == plain(report)
    assert (answer["run"], answer["status"], answer["error"]) == (artifact.run_id, "succeeded", None)


@pytest.mark.parametrize("task", EVALUATIONS)
def test_the_serializer_of_an_evaluation_says_what_the_engine_wrote(task: str, tmp_path: Path) -> None:
    detects = task == "detection"
    folder = (detector_run if detects else classifier_run)(tmp_path)
    checkpoint = random_detector() if detects else random_classifier("mobilenet_v3_small")
    written = evaluate(checkpoint, read_run_folder(folder), folder, "val", Silent()).report | {"images": IMAGES}

    serializer: Any = EVALUATIONS[task]
    assert plain(serializer(written).data) == plain(written)
    if detects:
        assert written["predictions"][0]["detections"]  # else their fields are not looked at


def test_the_serializer_of_a_start_says_what_the_engine_writes() -> None:
    labels = (LabelOrigin("a", "warm", "cat", 0.75), LabelOrigin("b", "random"))
    origin = Origin(("COCO",), 5, 0, labels, Choice("heads", 10, 0.9, "Few and known."))
    frozen = freezing.frozen("layers:9", freezing.parameter_table(DETECTOR))
    written = origin.to_dict() | {"frozen": frozen.to_dict()}
    assert plain(StartSerializer(written).data) == plain(written)


def test_each_way_of_verification_is_explained() -> None:
    assert set(VERIFICATIONS) == {each.value for each in Verification}

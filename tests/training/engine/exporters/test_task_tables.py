"""Each table of the exporters has a row for each task; a task without a row is an error, not another task."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from training.engine.catalog import load_module
from training.engine.checkpoint import Checkpoint
from training.engine.exporters import accuracy, answers, coreml, jetson, litert, onnx, tfjs, tflite
from training.engine.exporters.papers import add_papers
from training.engine.exporters.provenance import UNKNOWN
from training.engine.targets import TARGETS, TargetInfo
from training.engine.tasks import TASKS

TABLES = {
    "answers": answers.OUTPUTS,
    "accuracy": accuracy.JUDGES,
    "coreml": coreml.HEADS,
    "jetson": jetson.PROGRAMS,
    "litert": litert.GRAPHS,
    "onnx": onnx.EXAMPLES,
    "tfjs": tfjs.EXAMPLES,
    "tflite": tflite.HEADS,
}


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table_of_the_exporters_has_a_row_for_each_task(table: Mapping[Any, object]) -> None:
    assert set(table) == set(TASKS)


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_a_task_without_a_row_is_not_exported_as_another(
    target: TargetInfo, classifier: Checkpoint, tmp_path: Path
) -> None:
    exporter, unknown = load_module(target.module).EXPORTER, replace(classifier, task="keypoints")  # type: ignore[arg-type]

    with pytest.raises(KeyError, match="keypoints"):
        exporter.build(unknown, tmp_path, "none", lambda: None)
    with pytest.raises(KeyError, match="keypoints"):
        add_papers(exporter, unknown, UNKNOWN, tmp_path, {})
    assert not list(tmp_path.iterdir())

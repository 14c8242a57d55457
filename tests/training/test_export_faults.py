"""What the row of a failed artifact says: the numbers that its process left behind, and no more than that."""

import json
from pathlib import Path
from typing import Any

import pytest

from boxwright.jobs import Beat, UserFault
from tests.training.conftest import MakeRun
from training.models import Artifact
from training.work.export import Exporting

WORST = {"where": "onnxruntime", "pictures": []}


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ({"parity": {"passed": False}, "worst": WORST}, {"passed": False, "worst": WORST}),
        ({"parity": {"passed": True}}, {"passed": True, "worst": None}),
        ({}, None),
        (None, None),
    ],
)
def test_a_process_that_fails_leaves_its_numbers_and_its_worst_pictures(
    left: dict[str, Any] | None, told: dict[str, Any] | None, make_run: MakeRun, tmp_path: Path
) -> None:
    artifact = Artifact.objects.create(run=make_run(status="succeeded"), target="onnx", status="running")
    (tmp_path / "out").mkdir()
    if left is not None:
        (tmp_path / "out" / "artifact.json").write_text(json.dumps(left), encoding="utf-8")
    exporting = Exporting(artifact, Beat(artifact, tmp_path))

    assert exporting._failed() == {"parity": told}


def test_one_that_dies_before_it_measures_has_none(make_run: MakeRun, tmp_path: Path) -> None:
    artifact = Artifact.objects.create(run=make_run(status="succeeded"), target="onnx")
    claimed = Artifact.claim(artifact.pk)
    assert claimed is not None

    with pytest.raises(UserFault) as failed:
        Exporting(claimed, Beat(claimed, tmp_path))._make()

    assert (failed.value.code, failed.value.changes) == ("bad_data", {"parity": None})

"""How often a file is asked about pictures for the time that one takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.engine.exporters.conftest import Exporters, ImagesOf
from training.engine.checkpoint import Checkpoint
from training.engine.exporters import comparison
from training.engine.exporters.answers import Squares
from training.engine.exporters.artifact import publish
from training.engine.exporters.exporter import Asked
from training.engine.progress import Silent


@pytest.mark.parametrize(("milliseconds", "asked"), [(2000, [6, 20]), (0, [6])], ids=["few images", "slow ones"])
def test_few_quick_images_are_asked_about_more_often(
    milliseconds: int,
    asked: list[int],
    classifier: Checkpoint,
    classifier_exporters: Exporters,
    images_of_task: ImagesOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparison, "TIMED", 20)
    monkeypatch.setattr(comparison, "TIMED_MS", milliseconds)
    exporter, counts = classifier_exporters["onnx"], list[int]()

    def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
        counts.append(len(squares))
        return exporter.ask(folder, checkpoint, squares)

    publish(replace(exporter, ask=ask), classifier, images_of_task(classifier), tmp_path, "none", Silent())

    assert counts == [*asked, 1]  # the bundle's own picture comes last

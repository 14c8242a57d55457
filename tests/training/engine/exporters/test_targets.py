from dataclasses import replace
from pathlib import Path

import pytest

from training.engine import targets
from training.engine.catalog import MODELS
from training.engine.checkpoint import Checkpoint
from training.engine.errors import TargetError
from training.engine.export import export
from training.engine.exporters.images import read_export_images
from training.engine.progress import Silent


def test_an_unknown_target_or_quantization_is_refused() -> None:
    with pytest.raises(TargetError, match="onnx"):
        targets.target_info("caffe")
    with pytest.raises(TargetError, match="int3"):
        targets.target_info("tflite", "int3")


def test_a_target_that_the_model_can_not_go_to_is_refused(
    classifier: Checkpoint, shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, classifier.model, replace(classifier.info, not_to=(("onnx", "none"),)))
    images = read_export_images(shapes, classifier.image_size)
    with pytest.raises(TargetError, match="can't be converted to onnx"):
        export(classifier, "onnx", "none", images, tmp_path, Silent())

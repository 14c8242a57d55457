import pytest

from training.engine import targets
from training.engine.errors import TargetError


def test_an_unknown_target_or_quantization_is_refused() -> None:
    with pytest.raises(TargetError, match="onnx"):
        targets.target_info("caffe")
    with pytest.raises(TargetError, match="int3"):
        targets.target_info("tflite", "int3")

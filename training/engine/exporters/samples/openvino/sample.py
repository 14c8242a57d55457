"""What the model finds: `python sample.py [PICTURE [LEAST_SCORE]]`; requirements.txt says what that needs."""

import sys

from seeing import HERE, print_found

sys.modules["openvino_telemetry"] = None  # it comes with OpenVINO, and tells Google Analytics of every import
import openvino  # noqa: E402

# "GPU" and "NPU" are Intel's others; without the hint a processor that can computes in 16 bits
NETWORK = openvino.Core().compile_model(HERE / "model.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
print_found(lambda tensor: list(NETWORK({"input_0": tensor}).values()))

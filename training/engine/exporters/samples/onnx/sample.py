"""What the model finds: `python sample.py [PICTURE [LEAST_SCORE]]`; requirements.txt says what that needs."""

import onnxruntime
from seeing import HERE, print_found

SESSION = onnxruntime.InferenceSession(HERE / "model.onnx", providers=["CPUExecutionProvider"])
print_found(lambda tensor: SESSION.run(None, {"input_0": tensor}))

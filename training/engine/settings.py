"""The settings of a run as a command gives them: the folder's, those of `--config`, then `--model` and `--set`."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from annotations.dataset.records import Task
from training.engine.arguments import setting
from training.engine.catalog import complete_config, default_model
from training.engine.config import Config
from training.engine.errors import ConfigError

CONFIG = "config.json"


def config_of(options: Namespace, folder: Path, task: Task) -> Config:
    """Complete and checked; of a folder without settings the defaults of the task's first model. Raises ConfigError."""
    values = values_of(options, folder, task)
    return complete_config(values | {"base": "checkpoint"} if options.base else values)


def values_of(options: Namespace, folder: Path, task: Task) -> dict[str, Any]:
    """The settings that were given, and a model."""
    if options.config:
        values = _parse(options.config, "--config")
    elif (folder / CONFIG).exists():
        values = _read(folder / CONFIG)
    else:
        values = {"model": default_model(task).name}
    if options.model:
        values["model"] = options.model
    return values | dict(map(_setting, options.set))


def _setting(text: str) -> tuple[str, Any]:
    try:
        return setting(text)
    except ValueError as error:
        raise ConfigError(f"--set: {error}.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as error:
        raise ConfigError(f"{path.name} can't be read: {error}.") from error
    return _parse(text, path.name)


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{name} can't be read: {error}.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{name} must hold an object.")
    return values

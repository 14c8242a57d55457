"""What may stand behind `python -m training.engine`: torch-free, so that `--help` is quick."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from training.engine import targets

DATA = """DATA is a run folder (snapshot.json, manifest.jsonl, images/), a zip of a snapshot in any format, or a folder
of a known format: VOC, COCO, YOLO, folders by label and the rest of docs/formats.md. Of the latter two a run folder is
made first, which all commands take from then on."""


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m training.engine", description=DATA)
    asked.add_argument(
        "--progress", choices=("auto", "bar", "json"), default="auto", help="auto: a bar on a terminal, else JSON lines"
    )
    commands = asked.add_subparsers(dest="command", required=True)
    _train(_on_data(commands, "train", "train a model; goes on where an earlier process stopped"))
    _evaluate(_on_data(commands, "evaluate", "evaluate a checkpoint on a split of the data"))
    _predict(commands.add_parser("predict", help="what a checkpoint sees in pictures"))
    _export(_on_data(commands, "export", "make an artifact of a checkpoint and check it"))
    _verify(
        _on_data(
            commands,
            "verify",
            "hold an artifact against its checkpoint, on this machine's runtime; with an artifact's zip as DATA: look "
            "at its hashes and lineage, and find again what it found in its own picture",
        )
    )
    _sweep(_on_data(commands, "sweep", "a run for each combination of settings, and a table of them"))
    return asked


def _on_data(commands: Any, name: str, purpose: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=purpose, description=f"{purpose}. {DATA}")
    command.add_argument("folder", type=Path, metavar="DATA", help="run folder, zip, or folder of a known format")
    command.add_argument("--run", type=Path, metavar="FOLDER", help="the run folder that is made (runs/<name of DATA>)")
    command.add_argument("--task", choices=("detection", "classification"), help="where the files carry both")
    command.add_argument("--format", default="auto", metavar="NAME", help="as docs/formats.md names it, not guessed")
    return command


def _train(command: argparse.ArgumentParser) -> None:
    _settings(command)
    command.add_argument(
        "--base", type=Path, metavar="FILE", help="begin with a checkpoint, or with weights of the model"
    )


def _settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", metavar="NAME", help="a model of the catalogue; else the task's default")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting: epochs=12")
    command.add_argument("--config", metavar="JSON", help="all settings, instead of the folder's config.json")
    command.add_argument(
        "--weights-dir",
        type=Path,
        default=os.environ.get("BOXWRIGHT_WEIGHTS_DIR") or None,
        help="folder with base weights, looked into first",
    )


def _checkpoint(command: argparse.ArgumentParser) -> None:
    command.add_argument("--checkpoint", type=Path, metavar="FILE", help="else checkpoint.pt or out/best.pt of the run")


def _evaluate(command: argparse.ArgumentParser) -> None:
    _checkpoint(command)
    command.add_argument("--split", choices=("train", "val", "test"), default="val", help="val by default")


def _predict(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar="CHECKPOINT", help="a checkpoint, or the folder of its run")
    command.add_argument("images", type=Path, nargs="+", help="pictures, and folders of pictures")
    command.add_argument("--as", dest="form", choices=("coco", "manifest"), default="coco", help="form of --to")
    command.add_argument("--to", type=Path, metavar="FILE", help="COCO's results, or a manifest, in this file")
    command.add_argument("--ids", type=Path, metavar="JSON", help="a COCO file whose ids the results have")
    command.add_argument(
        "--runtime", choices=("torch", "onnx"), default="torch", help="onnx: onnxruntime on one thread of the CPU"
    )


def _export(command: argparse.ArgumentParser) -> None:
    _checkpoint(command)
    command.add_argument("--target", choices=tuple(targets.TARGETS), required=True)
    offered = "; ".join(f"{one.name}: {', '.join(one.quantizations)}" for one in targets.TARGETS.values())
    command.add_argument("--quantization", default="none", metavar="NAME", help=f"none by default; {offered}")
    command.add_argument("--released", action="store_true", help="though it may lose more AP or accuracy than allowed")


def _verify(command: argparse.ArgumentParser) -> None:
    _checkpoint(command)
    command.add_argument("--artifact", type=Path, metavar="ZIP", help="else out/artifact.zip of the run")


def _sweep(command: argparse.ArgumentParser) -> None:
    _settings(command)
    command.add_argument(
        "--grid", action="append", required=True, metavar="NAME=V1,V2", help="values that a setting takes, one a run"
    )


def setting(text: str) -> tuple[str, Any]:
    """`epochs=12` as a name and a value: JSON where it is some, else the text. Raises ValueError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is no NAME=VALUE")
    return name, value_of(value)


def value_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text

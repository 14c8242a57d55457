"""The child's side: a request a line on stdin, an answer a line on stdout; what a library prints goes to stderr.

These files run in the Python of `.venv-peers` and import nothing of Boxwright. What they exchange is a data set,
`{"labels": […], "images": […]}`, and an image is `{"name", "split", "width", "height", "path", "boxes", "whole"}`. A
box is its label and `x_min, y_min, x_max, y_max` in pixels; "whole" are labels of the whole image. What a library does
not tell is left out.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Data = dict[str, Any]
Open = Callable[[Path], Data]
Write = Callable[[Path, Data], None]

SPLITS = {"valid": "val", "validation": "val", "default": None}


def split_of(name: str | None) -> str | None:
    return SPLITS.get(name or "default", name)


def image(path: str | Path, split: str | None, boxes: list[list[Any]], whole: list[str] | None = None) -> Data:
    return {"name": Path(path).name, "split": split_of(split), "boxes": boxes, "whole": whole or []}


def by_split(data: Data) -> dict[str, list[Data]]:
    found: dict[str, list[Data]] = {}
    for one in data["images"]:
        found.setdefault(one["split"], []).append(one)
    return found


def answer(opens: Mapping[str, Open], writes: Mapping[str, Write]) -> None:
    """Until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        said = json.loads(line)
        folder = Path(said["folder"])
        try:
            if said["do"] == "open":
                done: Any = {"done": opens[said["as"]](folder)}
            else:
                writes[said["as"]](folder, said["data"])
                done = {"done": None}
        except Exception:  # noqa: BLE001 (whatever a library raises is what the test is to show)
            done = {"failed": traceback.format_exc()}
        print(json.dumps(done), file=answers, flush=True)

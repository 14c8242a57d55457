"""The environment of the peers: other people's libraries, too heavy and too many for the project's own.

`make test-full` makes it (`bootstrap.py full`) from requirements.txt beside this file. Each library answers in a
process of its own Python, so that none of its pins meets ours.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pytest

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv-peers" / "bin" / "python"
Data = dict[str, Any]


class PeerFailed(Exception):
    """What the library raised, with its traceback."""


class Peer:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def open(self, name: str, folder: Path) -> Data:
        return cast("Data", self._ask({"do": "open", "as": name, "folder": str(folder)}))

    def write(self, name: str, folder: Path, data: Data) -> None:
        self._ask({"do": "write", "as": name, "folder": str(folder), "data": data})

    def _ask(self, said: Data) -> Any:
        asked, answers = cast("IO[str]", self.process.stdin), cast("IO[str]", self.process.stdout)
        asked.write(json.dumps(said) + "\n")
        asked.flush()
        line = answers.readline()
        if not line:
            raise PeerFailed(f"the process ended with {self.process.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise PeerFailed(answer["failed"])
        return answer["done"]


@contextmanager
def started(library: str, home: Path) -> Iterator[Peer]:
    """One process for all that a file of tests asks; `home` is where the library may keep what it likes."""
    require_environment()
    home.mkdir(parents=True, exist_ok=True)
    script = HERE / "libraries" / f"ask_{library}.py"
    variables = {
        "HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "FIFTYONE_DO_NOT_TRACK": "true",
    }
    with subprocess.Popen(
        [str(PYTHON), str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    ) as process:
        yield Peer(process)


def require_environment() -> None:
    if os.environ.get("BOXWRIGHT_NO_PEERS") == "1":
        pytest.skip("NOT PROVED: BOXWRIGHT_NO_PEERS=1 leaves the libraries of others out")
    if not (PYTHON.parents[1] / ".stamp").exists():
        pytest.fail(
            "NOT PROVED: .venv-peers is not there or not whole. `python3 bootstrap.py full` makes it, as `make "
            "test-full` does, and needs the network; BOXWRIGHT_NO_PEERS=1 goes without.",
            pytrace=False,
        )

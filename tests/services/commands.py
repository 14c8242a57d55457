"""`manage.py …` in an installation's environment."""

import subprocess
import sys
from pathlib import Path

from tests.services.server import ROOT


def manage(environment: dict[str, str], *words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "manage.py"), *map(str, words)]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def done(environment: dict[str, str], *words: str | Path) -> str:
    finished = manage(environment, *words)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def refused(environment: dict[str, str], *words: str | Path) -> str:
    finished = manage(environment, *words)
    assert finished.returncode != 0, finished.stdout
    return finished.stderr.strip()

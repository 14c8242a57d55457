"""docs/security.md says what is so: the code's limits, tests that exist, an answer to each requirement."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from boxwright import limits

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", PAGE)))

ASVS: dict[str, int | tuple[int, ...]] = {
    "1.1": 7, "1.2": 4, "1.4": (1, 4, 5), "1.5": 4, "1.6": 4, "1.7": 2, "1.8": 2, "1.9": 2, "1.10": 1, "1.11": 2,
    "1.12": (2,), "1.14": 6, "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 6, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 7, "2.9": 3,
    "2.10": 4, "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1, "4.1": (1, 2, 3, 5), "4.2": 2, "4.3": 3,
    "5.1": 5, "5.2": 8, "5.3": 10, "5.4": 3, "5.5": 4, "6.1": 3, "6.2": 6, "6.3": 2, "6.4": 2, "7.1": 4, "7.2": 2,
    "7.3": (1, 3, 4), "7.4": 3, "8.1": 4, "8.2": 3, "8.3": 8, "9.1": 3, "9.2": 4, "10.2": 2, "10.3": 3, "11.1": 8,
    "12.1": 3, "12.2": 1, "12.3": 6, "12.4": 2, "12.5": 2, "12.6": 1, "13.1": (1, 3, 4, 5), "13.2": (1, 2, 3, 5, 6),
    "13.3": 2, "13.4": 2, "14.1": 4, "14.2": 6, "14.3": (2, 3), "14.4": 7, "14.5": 4,
}  # fmt: skip
"""Version 4.0.3, levels 1 and 2: how many requirements a section has, or which where some were taken out."""


def asked() -> list[str]:
    found = []
    for section, numbers in ASVS.items():
        found += [f"{section}.{n}" for n in (numbers if isinstance(numbers, tuple) else range(1, numbers + 1))]
    return found


def answered() -> list[str]:
    found = []
    for first, last, _asks, _holds in ROWS:
        section, number = first.rsplit(".", 1)
        found += [f"{section}.{n}" for n in range(int(number), int((last or first).rsplit(".", 1)[1]) + 1)]
    return found


@cache
def names_in(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, functions)}


def test_the_page_answers_each_requirement_once() -> None:
    assert answered() == asked()


@pytest.mark.parametrize("named", NAMED)
def test_each_test_that_the_page_names_exists(named: str) -> None:
    path, name = named.split("::")
    assert name in names_in(ROOT / "tests" / path)


def test_each_answer_is_a_test_or_a_reason() -> None:
    empty = [
        row[0] for row in ROWS if not re.match(r"`\w.*::|Reason: |Not held: |Not applicable: |\(to be named: ", row[3])
    ]
    assert empty == []


def test_the_page_tells_every_limit() -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "limits.py", "--check"], check=True)


@cache
def texts_of_tests() -> list[str]:
    """All but this one."""
    return [path.read_text() for path in (ROOT / "tests").rglob("*.py") if path.name != Path(__file__).name]


@pytest.mark.parametrize("name", limits.TABLE)
def test_each_limit_has_a_test_that_sets_or_reads_it(name: str) -> None:
    """One that goes one over it. Here only that some test knows it."""
    knows = re.compile(
        rf"limits\.{name}\b|[\"']{name}[\"']" + (f"|{limits.TABLE[name].setting}" if limits.TABLE[name].setting else "")
    )
    assert any(knows.search(text) for text in texts_of_tests())

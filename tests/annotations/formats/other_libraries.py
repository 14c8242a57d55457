"""Libraries of other people that are too heavy to be installed for each run of the tests."""

from typing import Any

import pytest


def library(name: str) -> Any:
    """Skips where it isn't installed, and says what to install; `make test-full` lists that."""
    package = name.split(".")[0].replace("_", "-")
    return pytest.importorskip(name, reason=f"NOT PROVED: needs `pip install {package}`")

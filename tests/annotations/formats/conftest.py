"""Where the long proofs are asked for, each law is one of them."""

from pathlib import Path

import pytest

from tests.annotations.formats.depth import deepen

HERE = Path(__file__).parent


def is_deep(config: pytest.Config) -> bool:
    return str(config.option.markexpr).startswith("full")


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are imported: their decorators ask how often."""
    if is_deep(config):
        deepen()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if is_deep(config) and item.path.parent == HERE and hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker("full")

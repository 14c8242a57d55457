"""Imports without what a package takes along for the reason alone that it is installed."""

import importlib
import sys


def import_without(module: str, *left_out: str) -> None:
    """Import `module` as where the others are not installed. Whoever needs one of them imports it afterwards."""
    absent = set(left_out) - sys.modules.keys()
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: importing it is an ImportError
    try:
        importlib.import_module(module)
    finally:
        for name in absent:
            del sys.modules[name]

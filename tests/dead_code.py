"""Functions, classes and methods of the product that nothing of the product names: `make check` refuses them.

    python -m tests.dead_code

vulture finds them. A name counts as used too where a string is its dotted path, or the name of a class.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("annotations", "training", "platform", "docker", "manage.py", "bootstrap.py")
LEFT_OUT = ("migrations", "node_modules")
KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}
"""Not variables and attributes: most are columns of the database, fields of JSON, or settings."""
SAYS = re.compile(r"(?:\w+\.)+(\w+)|([A-Z]\w+)")

BY_FRAMEWORKS = {
    "Command", "add_arguments", "has_add_permission", "pre_save", "create_superuser", "_get_session_from_db",
    "as_postgresql", "receive_data_chunk", "file_complete", "upload_interrupted",  # Django
    "serve", "set_headers",  # WhiteNoise
    # Django REST framework
    "authenticate_header", "to_representation", "get_paginated_response_schema", "get_schema_operation_parameters",
    "get_security_definition", "TokenScheme", "SessionScheme", "LinkScheme",  # drf-spectacular
    "_put",  # kombu
    "readable", "seekable", "readinto",  # io
    "forward",  # torch
}  # fmt: skip
BY_NAME = re.compile(r"get_\w+|validate_\w+|_on_\w+|\w+Config")
"""What a serializer's field, a run's record and Django find by the beginning or the end of its name."""
DECORATED = ["@*.connect", "@*.register", "@receiver", "@shared_task", "@extend_schema", "@extend_schema_field"]
FOR_TESTS = {
    "is_awaited": "tests wait for it, where else they would wait for a time",
    "Silent": "the progress of whoever wants to hear of none: what embeds the engine needs one",
}


def dead() -> Iterator[str]:
    vulture = Vulture(ignore_decorators=DECORATED)
    vulture.scavenge([str(ROOT / path) for path in PRODUCT], exclude=[f"*/{folder}/*" for folder in LEFT_OUT])
    known = BY_FRAMEWORKS | FOR_TESTS.keys() | set(_said_in_strings())
    for item in vulture.get_unused_code():
        if item.typ in KINDS and item.name not in known and not BY_NAME.fullmatch(item.name):
            yield f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: nothing uses the {item.typ} {item.name}"


def _said_in_strings() -> Iterator[str]:
    for path in (file for name in PRODUCT for file in [ROOT / name, *(ROOT / name).rglob("*.py")]):
        if path.suffix == ".py" and not set(LEFT_OUT) & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    said = SAYS.fullmatch(node.value)
                    yield from (said.groups(default="") if said else ())


if __name__ == "__main__":
    found = list(dead())
    sys.exit("\n".join(found) if found else 0)

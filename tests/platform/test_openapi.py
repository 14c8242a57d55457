"""The committed schema is that of the code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def test_the_committed_schema_is_fresh() -> None:
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    fresh = json.loads(json.dumps(made, default=str))
    assert json.loads(COMMITTED.read_text()) == fresh, "docs/openapi.json is stale: run `make schema`"


def test_every_operation_says_how_it_fails() -> None:
    schema = json.loads(COMMITTED.read_text())
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}, f"{method} {path}"


@pytest.mark.parametrize("name", ["Project", "Label", "User", "Invitation", "Problem"])
def test_the_words_of_the_contract_are_types(name: str) -> None:
    assert name in json.loads(COMMITTED.read_text())["components"]["schemas"]


WHOLE = json.loads(COMMITTED.read_text())
BOUNDS = {"maxLength", "enum", "pattern"}
SHORT = {"uuid", "date-time", "binary"}
"""Formats that have a length of their own, or (files) a limit at the door."""


def asked() -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that a request may carry: its parameters and its bodies."""
    for path, item in WHOLE["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                yield f"{method} {path} {parameter['name']}", parameter["schema"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield f"{method} {path}", content["schema"]


def unbounded(name: str, schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = WHOLE["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kind = schema.get("type")
    if kind == "string" and not BOUNDS & schema.keys() and schema.get("format") not in SHORT:
        yield name.lstrip(".")
    if kind == "array":
        yield from () if "maxItems" in schema else [f"{name}[]"]
        yield from unbounded(f"{name}[]", schema["items"])
    for part in [part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, ())]:
        yield from unbounded(name, part)
    for word, part in schema.get("properties", {}).items():
        yield from unbounded(f"{name}.{word}", part)


def test_every_text_and_list_of_a_request_has_an_end() -> None:
    assert [fault for name, schema in asked() for fault in unbounded(name, schema)] == []


def untyped(name: str, part: Any) -> Iterator[str]:
    """Objects without named fields, and maps whose values may be anything."""
    if isinstance(part, list):
        for each in part:
            yield from untyped(name, each)
    if not isinstance(part, dict):
        return
    if part.get("type") == "object" and not part.get("properties") and not part.get("additionalProperties"):
        yield name.lstrip(".")
    for word, inner in part.items():
        yield from untyped(f"{name}.{word}" if word not in {"properties", "items"} else name, inner)


def test_every_object_says_what_is_in_it() -> None:
    assert list(untyped("", {"paths": WHOLE["paths"], **WHOLE["components"]["schemas"]})) == []

"""The committed schema is that of the code."""

import json
from pathlib import Path

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

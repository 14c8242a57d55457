"""YAML from strangers, of a bounded length: each scalar is a text, and nothing unfolds."""

from typing import Any

import yaml

from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing
from annotations.formats.texts import text_of

MOST_BYTES = 2**20
"""The parser needs ten seconds for so many."""

PLAIN = frozenset({"str", "int", "float", "bool", "null", "seq", "map"})
"""Tags that say what a text says itself."""


class _Loader(yaml.BaseLoader):
    def compose_node(self, parent: "yaml.Node | None", index: int) -> "yaml.Node | None":
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*) is refused")
        tag = getattr(self.peek_event(), "tag", None)  # type: ignore[no-untyped-call]
        if tag and tag.removeprefix("tag:yaml.org,2002:") not in PLAIN:
            raise yaml.YAMLError(f"the tag {tag[:60]} is refused")
        return super().compose_node(parent, index)


def load(listing: Listing, name: str) -> Any:
    """Lists, objects and texts. Raises FormatError."""
    text, _ = text_of(listing, name, MOST_BYTES)
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - makes texts, lists and objects only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FormatError(f"not readable as YAML: {error.problem}", line, name) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise FormatError(f"not readable as YAML: {str(error)[:100]}", file=name) from error

"""Text from outside: what a database can hold, and what a name may be."""

import re

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def is_storable(text: str) -> bool:
    return UNSTORABLE.search(text) is None


def is_plain(text: str) -> bool:
    """One line, without control characters."""
    return CONTROL.search(text) is None

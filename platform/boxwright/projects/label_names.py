"""What a label may be called, and when two names are the same. Pure."""

import re
import unicodedata

from boxwright import limits

SPACES = re.compile(r"\s+")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, format characters (zero width, changes of direction), lone surrogates, line separators."""
JOINERS = "\u200c\u200d"
"""Unseen too, but Persian, Hindi and joined emoji can't be written without them: allowed between such characters."""
KEY_LENGTH = 200
"""Some characters unfold into many."""


def fault_in(name: str) -> str:
    """Why a label can't have this name; empty when it can."""
    unseen = next((c for n, c in enumerate(name) if unicodedata.category(c) in UNSEEN and not _joins(name, n)), "")
    if unseen:
        return f"its name has a character that can't be seen (U+{ord(unseen):04X})"
    if not name.strip():
        return "expected a name"
    if len(tidied(name)) > limits.LABEL_NAME_LENGTH or len(label_key(name)) > KEY_LENGTH:
        return f"its name is longer than {limits.LABEL_NAME_LENGTH} characters"
    return ""


def _joins(name: str, place: int) -> bool:
    sides = name[max(0, place - 1) : place] + name[place + 1 : place + 2]
    joined = [side for side in sides if not side.isascii() and unicodedata.category(side)[0] in "LMS"]
    return name[place] in JOINERS and len(joined) == 2


def tidied(name: str) -> str:
    """The name as it is kept: no spaces around it, single ones within."""
    return SPACES.sub(" ", name).strip()


def label_key(name: str) -> str:
    """Names with one key are one name: "Stop sign", "STOP  SIGN" and "ｓｔｏｐ sign"; joiners make no difference."""
    folded = unicodedata.normalize("NFKC", name.translate(dict.fromkeys(map(ord, JOINERS)))).casefold()
    return tidied(unicodedata.normalize("NFKC", folded))

"""What tools note of an annotation beside its label and box: names that formats share, and limits of all others."""

from typing import Any

DIFFICULT, TRUNCATED, OCCLUDED, CROWD = "difficult", "truncated", "occluded", "crowd"
DEPICTION, INSIDE, POSE = "depiction", "inside", "pose"
"""`difficult`: hard to recognise; `truncated`: reaches beyond the picture; `occluded`: partly hidden; `crowd`: several
in one box (COCO's iscrowd, Open Images' IsGroupOf); `depiction`: a drawing of it; `inside`: taken from within it; all
are true or absent. `pose`: text, as Pascal VOC has it."""

MOST, LONGEST_NAME, LONGEST_VALUE = 20, 60, 200
"""Of one annotation; characters."""


def fault_in(name: Any, value: Any) -> str:
    """Why an annotation can't carry this attribute; empty where it can."""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return f"a name has 1 to {LONGEST_NAME} characters that can be seen"
    if isinstance(value, str):
        long = len(value) > LONGEST_VALUE or "\x00" in value
        return f"a text has at most {LONGEST_VALUE} characters" if long else ""
    if isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= 2**53):
        return ""
    return "expected true or false, a number or a text"

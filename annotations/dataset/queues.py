"""Where an image stands, and who may move it from where to where."""

from collections.abc import Mapping

_BY_ROLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "annotator": {
        "unlabelled": ("labelled", "skipped"),
        "labelled": ("unlabelled", "review", "skipped"),
        "review": ("labelled",),
        "skipped": ("unlabelled", "labelled"),
    },
    "manager": {
        "labelled": ("done",),
        "review": ("done",),
        "done": ("labelled", "review"),
    },
}

MOVES: Mapping[tuple[str, str], str] = {
    (before, after): role for role, moves in _BY_ROLE.items() for before, allowed in moves.items() for after in allowed
}
"""(from, to): the least role that may. What is not in the table nobody may."""


def queue_after(queue: str, before: int, after: int) -> str:
    """Where the number of its annotations, `before` and `after` a save, moves an image by itself.

    The first annotation labels it, taking the last one away unlabels it.
    """
    if after and not before and queue in {"unlabelled", "skipped"}:
        return "labelled"
    if before and not after and queue == "labelled":
        return "unlabelled"
    return queue

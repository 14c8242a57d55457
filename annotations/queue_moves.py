"""Where an image stands among the queues, who may move it from where to where, and the one place that refuses."""

from collections.abc import Mapping

from boxwright.errors import Conflict, NotAllowed
from boxwright.teams.queries import is_at_least

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


class NoSuchMove(Conflict):
    """No role may; the answer names both queues."""

    title = "No such move"


class MoveNotAllowed(NotAllowed):
    """A higher role may; the answer names both queues."""

    title = "Move not allowed"


def may_move(before: str, after: str, role: str) -> bool:
    needed = MOVES.get((before, after))
    return before == after or (needed is not None and is_at_least(role, needed))


def expect_move(before: str, after: str, role: str) -> None:
    """Raises NoSuchMove and MoveNotAllowed."""
    if may_move(before, after, role):
        return
    queues = {"from": before, "to": after}
    if needed := MOVES.get((before, after)):
        reason = f"Moving an image from {before} to {after} needs the role {needed}; yours is {role}."
        raise MoveNotAllowed(reason, **queues)
    raise NoSuchMove(f"An image can't go from {before} to {after}.", **queues)


def queue_after(queue: str, before: int, after: int, *, is_draft: bool = False) -> str:
    """Where the number of its annotations, `before` and `after` a save, moves an image by itself.

    The first annotation labels it, unless more are to come; taking the last one away unlabels it.
    """
    if after and not before and not is_draft and queue in {"unlabelled", "skipped"}:
        return "labelled"
    if before and not after and queue == "labelled":
        return "unlabelled"
    return queue

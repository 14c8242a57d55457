"""Moving an image from queue to queue, as somebody: the one place that refuses."""

from annotations.dataset.queues import MOVES
from boxwright.errors import Conflict, NotAllowed
from boxwright.teams.queries import is_at_least


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

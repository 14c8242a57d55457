"""What can end an attempt at a job: a fault of the user's, of the surroundings, or of ours. The same for all kinds.

- the user's: a sentence for people; the job has failed, and trying again would end the same way
- the surroundings': bucket, broker, database, disk; the job waits, says for what, and is tried again for a day
- ours: the job is tried once more, then it has failed with an id that finds the log
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError

from boxwright.errors import DomainError, NoRoom, Unavailable, is_full

DISK_FULL = "The server's disk is full."
DATABASE_AWAY = "The database does not answer."
INTERNAL = "Something is wrong in Boxwright itself."


class Fault(Exception):
    """`code` for programs, `detail` for people, `changes` for the row.

    `also` is called in the transaction that writes the failure.
    """

    def __init__(self, code: str, detail: str, *, also: Callable[[], object] = lambda: None, **changes: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.also, self.changes = code, detail, also, changes


class UserFault(Fault):
    """What was asked for can't be done."""


class SurroundingsFault(Fault):
    """What the work needs is away for now."""


class OurFault(Fault):
    """A bug, or a process that crashed."""


class Lost(Exception):
    """The job was canceled, taken over or given back: stop at once, write nothing more."""


def fault_of(error: BaseException) -> Fault:
    """The fault that an exception out of a job's work means."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, Unavailable):
        return SurroundingsFault("unavailable", error.detail)
    if isinstance(error, NoRoom) or (isinstance(error, OSError) and is_full(error)):
        return SurroundingsFault("no_room", DISK_FULL)
    if isinstance(error, OperationalError | InterfaceError):
        return SurroundingsFault("unavailable", DATABASE_AWAY)
    if isinstance(error, DomainError):
        return UserFault(_code_of(error), error.detail)
    return OurFault("internal", INTERNAL)


def _code_of(error: DomainError) -> str:
    """`OverQuota` is `over_quota`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()

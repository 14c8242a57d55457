"""Domain errors: each one meaning, mapped to one HTTP status in `boxwright.api.problems`."""

import errno
from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Something a person asked for that can't be done. `detail` is one sentence for that person."""

    status = 400
    title = "Bad request"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class Invalid(DomainError):
    """The input is wrong. `errors` names fields: {"upsert[0].x_max": "outside the image"}."""

    title = "Invalid input"

    def __init__(self, detail: str, errors: Mapping[str, str] | None = None) -> None:
        rows = [{"field": field, "detail": text} for field, text in (errors or {}).items()]
        super().__init__(detail, **({"errors": rows} if rows else {}))


class NotAllowed(DomainError):
    """A member asked for what their role may not do."""

    status = 403
    title = "Not allowed"


class NotFound(DomainError):
    """There is no such thing, or it belongs to another team."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """The state has moved on; the answer carries what the caller needs to decide."""

    status = 409
    title = "Conflict"


class OverQuota(Conflict):
    """The team holds, or has going on, what it may; the answer says which quota, and how far over this would be."""

    title = "Over quota"


class TooLarge(DomainError):
    status = 413
    title = "Too large"


class TooOften(DomainError):
    """Somebody tried too often; worth trying again after `wait` seconds."""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(wait)}


class Unavailable(DomainError):
    """Something behind us (the bucket, the broker) does not answer; worth trying again."""

    status = 503
    title = "Unavailable"


class TooSlow(DomainError):
    """A body that did not come in time."""

    status = 408
    title = "Too slow"


class TooMany(DomainError):
    """One person asks for more at once than is one person's share."""

    status = 429
    title = "Too many requests"


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: OSError) -> bool:
    return error.errno in FULL


class NoRoom(DomainError):
    """The disk is full."""

    status = 507
    title = "No room"

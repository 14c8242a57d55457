"""Who asked for what is being done, and from where: known to every use case that a request calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any


@dataclass(frozen=True)
class Origin:
    """`user` is None for an anonymous request and for what a worker does."""

    user: Any = None
    address: str | None = None


NOBODY = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOBODY)


def current() -> Origin:
    return _current.get()


@contextmanager
def request() -> Iterator[None]:
    """Whatever is noted inside ends with the request."""
    token = _current.set(NOBODY)
    try:
        yield
    finally:
        _current.reset(token)


def note(user: Any, address: str | None) -> None:
    _current.set(Origin(user if getattr(user, "pk", None) else None, address))


def address_of(meta: dict[str, Any]) -> str | None:
    """The client's address. `boxwright.asgi` has put it there from what named proxies say, and from nobody else."""
    try:
        return str(ip_address(str(meta.get("REMOTE_ADDR", ""))))
    except ValueError:
        return None

"""Who needs an object: one question, answered by the apps whose rows name objects."""

from collections.abc import Collection, Iterator
from typing import Protocol

from boxwright.storage.named import Named


class Owner(Protocol):
    """An app's module that knows which objects the app's rows name."""

    def needed(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` that a row needs now."""

    def named(self) -> Iterator[Named]:
        """Every object that a row needs now."""


owners: list[Owner] = []


def register(owner: Owner) -> None:
    """Called by the app's AppConfig."""
    owners.append(owner)


def needed(keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    for owner in owners:
        found |= owner.needed([key for key in keys if key not in found])
    return found

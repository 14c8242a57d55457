"""The ways in which an object store says no."""

from boxwright.errors import DomainError, Unavailable


class ObjectMissing(DomainError):
    """A row names an object that is not there: the store has lost it, and a person must know which."""

    status = 500
    title = "Object missing"

    def __init__(self, key: str, more: int = 0) -> None:
        others = f", nor {more} others" if more else ""
        super().__init__(f"The object store has no {key}{others}.", key=key)
        self.key = key


class ObjectDamaged(DomainError):
    """The object's bytes are not those that were written."""

    status = 500
    title = "Object damaged"

    def __init__(self, key: str) -> None:
        super().__init__(f"The object {key} is damaged: its bytes are not those that were stored.", key=key)
        self.key = key


class StoreAway(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("The object store does not answer.")
        self.reason = reason


class SourceAway(Unavailable):
    """Bytes that were left in a bucket of others can't be had; somebody may mend that, and nothing is lost."""

    title = "Source away"


class SourceGone(SourceAway):
    def __init__(self, place: str) -> None:
        super().__init__(f"{place} is gone from its source.")


class SourceChanged(SourceAway):
    def __init__(self, place: str) -> None:
        super().__init__(f"{place} has changed at its source: its bytes are not those that were imported.")


class BucketRefused(DomainError):
    """A bucket of others can't be read: there is none of this name, or we have no right to it."""

    title = "Bucket refused"


class Vanished(Unavailable):
    """The collector took an object that was announced too long ago; writing it anew will do."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The object {key} was taken away meanwhile; try again.", key=key)
        self.key = key

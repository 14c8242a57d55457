"""The two ways in which an object store says no."""

from boxwright.errors import NotFound, Unavailable


class ObjectMissing(NotFound):
    def __init__(self, key: str) -> None:
        super().__init__(f"The object store has no {key}.")
        self.key = key


class StoreAway(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("The object store does not answer; try again in a moment.")
        self.reason = reason

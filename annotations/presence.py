"""Who looks at an image, and the box in their hand: told to whoever watches the project now, and kept nowhere.

A page says so again and again while it is there; the pages that hear it forget whoever falls silent.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from annotations.models import Image
from boxwright import limits
from boxwright.errors import Invalid, TooOften
from boxwright.events.relay import relay
from boxwright.teams.models import User


class _Pace:
    """What each person said within this second, in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.second, self.said = 0, Counter[int]()

    def expect(self, user_id: int) -> None:
        """Raises TooOften."""
        now = int(time.monotonic())
        with self.lock:
            if now != self.second:
                self.second, self.said = now, Counter()
            self.said[user_id] += 1
            if self.said[user_id] > limits.PRESENCES_A_SECOND:
                raise TooOften("That was said too often; wait a second.", 1)


pace = _Pace()


def say_present(*, image: Image, user: User, drawn: Mapping[str, Any] | None) -> None:
    """`drawn`: the unsaved box that the person draws or moves, as the request has it."""
    if drawn and not (
        drawn["x_min"] <= drawn["x_max"] <= image.width and drawn["y_min"] <= drawn["y_max"] <= image.height
    ):
        raise Invalid("The box does not lie in the image.", {"drawn": "outside the image"})
    pace.expect(user.pk)
    _relay(image, user, is_here=True, drawn=drawn)


def say_gone(*, image: Image, user: User) -> None:
    pace.expect(user.pk)
    _relay(image, user, is_here=False, drawn=None)


def _relay(image: Image, user: User, *, is_here: bool, drawn: Mapping[str, Any] | None) -> None:
    said = {"id": image.pk, "person": user, "is_here": is_here, "drawn": drawn}
    relay(image.project_id, "presence", said)

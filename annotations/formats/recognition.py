"""Which format an archive has: each is asked, the surest wins."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotations.formats.layout import Format
from annotations.formats.listing import Listing


@dataclass(frozen=True, slots=True)
class Recognised:
    """`format` is None where none is sure at all. `reasons`: why each other is not it, by its title."""

    format: Format | None
    reason: str
    reasons: dict[str, str]


def recognise(listing: Listing, task: str, formats: Iterable[Format]) -> Recognised:
    """The surest of `formats` that are read. One that carries `task` comes before all that do not; of two, the first.

    Where only others are sure, the surest of them is answered: its `mismatch` tells the user what was sent.
    """
    asked = [(one, one.layout.recognise(listing)) for one in formats if one.reads]
    reasons = {one.title: said.reason for one, said in asked}
    sure = [(one, said) for one, said in asked if said.confidence > 0]
    if not sure:
        return Recognised(None, "", reasons)
    best, said = max(sure, key=lambda pair: (task in pair[0].tasks, pair[1].confidence))
    return Recognised(best, said.reason, reasons)

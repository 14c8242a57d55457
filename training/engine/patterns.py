"""Regular expressions searched in parameter names, torch-free and without backtracking.

Python's `re` can take for ever on a hostile pattern, and the web process checks patterns of strangers. Here each part
of a pattern maps the set of places where it may begin to the set of places where it may end, so that the time is
bounded by the lengths. What `re` finds, this finds; look-around, back-references and counts in braces are refused.
"""

import string
from collections.abc import Callable

from training.engine.errors import ConfigError

LONGEST = 200
DEEPEST = 3
"""Groups within groups: each depth may multiply the time by the length of a name."""

Places = frozenset[int]
Part = Callable[[str, Places], Places]

CLASSES = {
    "d": frozenset(string.digits),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
    "s": frozenset(string.whitespace),
}


def searcher(pattern: str) -> Callable[[str], bool]:
    """Whether a name has a match anywhere, as `re.search` says. Raises ConfigError, naming the place in the pattern."""
    if len(pattern) > LONGEST:
        raise ConfigError(f"freeze: a pattern has at most {LONGEST} characters, not {len(pattern)}.")
    part = _Parser(pattern).whole()
    return lambda name: bool(part(name, frozenset(range(len(name) + 1))))


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern, self._at, self._depth = pattern, 0, 0

    def whole(self) -> Part:
        part = self._choice()
        if self._next:
            raise self._error("this bracket was not opened")
        return part

    @property
    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, wanted: str) -> bool:
        found = self._pattern.startswith(wanted, self._at)
        self._at += len(wanted) * found
        return found

    def _choice(self) -> Part:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return lambda name, places: frozenset().union(*(part(name, places) for part in parts))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._next and self._next not in "|)":
            parts.append(self._repeated(self._atom()))

        def match(name: str, places: Places) -> Places:
            for part in parts:
                places = part(name, places)
            return places

        return match

    def _repeated(self, part: Part) -> Part:
        if not self._next or self._next not in "*+?":
            if self._next == "{":
                raise self._error("counts in braces are not known here")
            return part
        sign, self._at = self._next, self._at + 1
        self._take("?")  # lazy or not: the same names
        if self._next and self._next in "*+?":
            raise self._error("a repeat of a repeat")
        if sign == "?":
            return lambda name, places: places | part(name, places)
        return _some(part) if sign == "*" else lambda name, places: _some(part)(name, part(name, places))

    def _atom(self) -> Part:
        if self._take("("):
            return self._group()
        if self._take("["):
            return self._set()
        if self._take("^"):
            return lambda _, places: places & {0}
        if self._take("$"):
            return lambda name, places: places & {len(name)}
        if self._next in "*+?{":
            raise self._error("there is nothing to repeat")
        if self._take("."):
            return _one(lambda _: True)
        return _one(self._characters().__contains__)

    def _group(self) -> Part:
        if self._next == "?" and not self._take("?:"):
            raise self._error("look-around and named groups are not known here")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(f"groups lie at most {DEEPEST} deep")
        part = self._choice()
        self._depth -= 1
        if not self._take(")"):
            raise self._error("a ) is missing")
        return part

    def _set(self) -> Part:
        is_not = self._take("^")
        found: set[str] = set()
        while not found or self._next != "]":
            if not self._next:
                raise self._error("a ] is missing")
            found |= self._range(self._characters())
        self._at += 1
        return _one((lambda one: one not in found) if is_not else found.__contains__)

    def _range(self, first: frozenset[str]) -> frozenset[str]:
        """`first`, or all up to what follows a dash."""
        if self._next != "-" or self._pattern[self._at + 1 : self._at + 2] in ("]", ""):
            return first
        self._at += 1
        last = self._characters()
        if len(first) != 1 or len(last) != 1 or min(first) > min(last):
            raise self._error("not a range of characters")
        return frozenset(map(chr, range(ord(min(first)), ord(min(last)) + 1)))

    def _characters(self) -> frozenset[str]:
        """What the next character, or the next two of an escape, stand for."""
        if not self._take("\\"):
            self._at += 1
            return frozenset(self._pattern[self._at - 1])
        escaped, self._at = self._next, self._at + 1
        if escaped in CLASSES:
            return CLASSES[escaped]
        if not escaped or escaped.isalnum():
            raise self._error(f"\\{escaped} is not known here")
        return frozenset(escaped)

    def _error(self, reason: str) -> ConfigError:
        return ConfigError(
            f"freeze: the pattern is wrong at character {min(self._at, len(self._pattern)) + 1}: {reason}."
        )


def _one(holds: Callable[[str], bool]) -> Part:
    return lambda name, places: frozenset(i + 1 for i in places if i < len(name) and holds(name[i]))


def _some(part: Part) -> Part:
    """Any number of times, none too: each place is looked at once."""

    def match(name: str, places: Places) -> Places:
        found = newest = places
        while newest:
            newest = part(name, newest) - found
            found |= newest
        return found

    return match

"""Texts that list the images of a split, one a line, of any length."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Split
from annotations.formats.listing import Listing
from annotations.formats.texts import encoding_of, lines_of, opened

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Tally:
    count: int = 0
    first: str = ""
    line: int = 0

    def add(self, text: str, line: int) -> None:
        if not self.count:
            self.first, self.line = text[:200], line
        self.count += 1


def read_list(
    listing: Listing, name: str, split: Split, key_of: Callable[[str], Key | None], found: dict[Key, Split], most: int
) -> Iterator[Finding]:
    """Adds to `found` what the lines mean; `key_of` says None where there is no such image. The first split counts.

    Raises FormatError at a line of more than `most` characters.
    """
    strays, doubles = _Tally(), _Tally()
    encoding, told = encoding_of(listing, name)
    if told:
        yield told
    with opened(listing, name, encoding) as file:
        for number, line in lines_of(file, name, most):
            if not (text := line.strip()):
                continue
            key = key_of(text)
            if key is None:
                strays.add(text, number)
            elif found.setdefault(key, split) != split:
                doubles.add(text, number)
    if strays.count:
        reason = f"{strays.count} of its images are not there, the first is {strays.first}"
        yield Finding(Rule.ONE_SPLIT, name, reason, strays.line)
    if doubles.count:
        reason = f"{doubles.count} of its images are in another split too, which counts; the first is {doubles.first}"
        yield Finding(Rule.ONE_SPLIT, name, reason, doubles.line)

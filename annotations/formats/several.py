"""Several files of one format, one after the other."""

from collections.abc import Callable, Iterator, Sequence

from annotations.formats.errors import FormatError
from annotations.formats.layout import Parsed, Unreadable


def one_after_other(names: Sequence[str], entries: Callable[[str], Iterator[Parsed]]) -> Iterator[Parsed]:
    """A file that breaks off is told, and the next is read. Raises FormatError where it is the only one."""
    for name in names:
        try:
            yield from entries(name)
        except FormatError as error:
            if len(names) == 1:
                raise
            yield Unreadable(name, error.reason, error.line)

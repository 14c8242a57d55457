"""Files of which each speaks of many images."""

from collections.abc import Callable, Iterator, Sequence

from annotations.formats.errors import FormatError
from annotations.formats.layout import Parsed, Unreadable


def each_file(names: Sequence[str], parse: Callable[[str], Iterator[Parsed]]) -> Iterator[Parsed]:
    """One that can't be read is told, beside others. Raises FormatError where it is the only one."""
    for name in names:
        try:
            yield from parse(name)
        except FormatError as error:
            file = error.file or name
            if len(names) == 1:
                raise FormatError(error.reason, error.line, file) from error
            yield Unreadable(file, error.reason, error.line)

"""What a row of the tables of hostile annotation files says."""

from collections.abc import Callable

Row = tuple[str, str, Callable[[], bytes], str, str, tuple[int, int] | None]
"""The format that is chosen, the file and what makes it; rule and reason of what is said of it; how many pictures and
boxes come in, None where the archive is refused."""

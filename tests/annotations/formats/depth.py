"""How often laws are tried: with few examples in each run, with many once more in `make test-full`."""

from hypothesis import settings

_is_deep = False


def deepen() -> None:
    global _is_deep
    _is_deep = True


def examples(few: int, many: int) -> settings:
    """A decorator for a test with `@given`."""
    return settings(max_examples=many if _is_deep else few)

"""Files as they should not be: cut, with other bytes in them, with values of another kind."""

import copy
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from annotations.formats import Format
from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.reading import Found, read
from tests.annotations.images import picture

ODD_VALUES: list[Any] = [
    None, True, "", "x", "1,5", "NaN", "\ud800", -1, 0, 2.5, 1e308, float("inf"), float("nan"), 10**400, [], {}, [[]],
    [None], {"": None}, {"x": [1]}, ["a", 1],
]  # fmt: skip


@st.composite
def broken_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    cut = draw(st.integers(0, len(data)))
    if draw(st.booleans()):
        return data[:cut]
    return data[:cut] + draw(st.binary(max_size=8)) + data[cut + draw(st.integers(0, 8)) :]


@st.composite
def broken_values(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three of its values taken away or replaced."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(document)) or [({"": 0}, "")]))
        if draw(st.integers(0, 4)):
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
        else:
            del holder[key]
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(document, dict | list):
        return
    for key, value in list(document.items() if isinstance(document, dict) else enumerate(document)):
        yield document, key
        yield from _places(value)


def read_text(row: Format, name: str, data: bytes, limits: ReadLimits | None = None) -> list[Found] | FormatError:
    """What a file with these bytes says beside a picture `a.jpg`."""
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / name).write_bytes(data)
        (root / "a.jpg").write_bytes(picture())
        try:
            return list(read(row.layout, Listing(root), limits or ReadLimits()).records)
        except FormatError as error:
            return error
        finally:
            row.layout.recognise(Listing(root))

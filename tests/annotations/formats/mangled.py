"""JSON that no tool has written: values of other kinds in any place, files cut off, bytes changed."""

import copy
import json
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

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    10**18,
    1e308,
    -0.5,
    "",
    " ",
    "x",
    "1,5",
    "\ud800",
    "a\x00b",
    "../a.jpg",
    [],
    {},
]
ODD += [[[]], [None], {"": None}, {"x": [1]}, float("nan"), float("inf"), "9" * 500, ["a", 1], "NaN"]
RAW = ["1e999", "9" * 60, "[" * 150, "nul", "1.5.5", "// x", '{"a": 1, "a": 2}', "'a'"]
MARK = "a value as it stands"


def places(said: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list | tuple) else ()
    return [above, *(place for key, value in inner for place in places(value, (*above, key)))]


@st.composite
def mangled(draw: st.DrawFn, said: Any) -> bytes:
    said = json.loads(json.dumps(said))
    for _ in range(draw(st.integers(0, 3))):
        said = put(said, draw(st.sampled_from(places(said))), draw(st.sampled_from([*ODD, MARK])))
    text = json.dumps(said).replace(json.dumps(MARK), draw(st.sampled_from(RAW))).encode()
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.binary(max_size=2)) + text[place + draw(st.integers(0, 2)) :]
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


def put(said: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return copy.deepcopy(value)
    said[place[0]] = put(said[place[0]], place[1:], value)
    return said


def read_or_refused(row: Format, text: bytes, name: str) -> list[Found]:
    """Beside the pictures a.jpg and b.jpg. What is read names images that are there; nothing but FormatError comes."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        for number, image in enumerate(("a.jpg", "b.jpg")):
            (folder / image).write_bytes(picture(number))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text)
        listing = Listing(folder)
        said = row.layout.recognise(listing)
        assert 0 <= said.confidence <= 1
        assert said.reason
        try:
            found = list(read(row.layout, listing, ReadLimits()).records)
        except FormatError:
            return []
        assert {one.image for one in found} <= {"a.jpg", "b.jpg", None}
        return found

"""What the values of a table tell: which column is what where none is named, and whether numbers are shares."""

import re

from annotations.formats.csv.columns import Columns
from annotations.formats.listing import is_image
from annotations.formats.numbers import number

OF_AUTOML = frozenset({"train", "training", "validation", "validate", "test", "unassigned"})
NUMBER = re.compile(r"-?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


def guessed_columns(rows: list[list[str]]) -> Columns | None:
    """Of rows without a line of names: Google's AutoML's, Keras-RetinaNet's, and their like."""
    return _of_automl(rows) or _by_values(rows)


def _of_automl(rows: list[list[str]]) -> Columns | None:
    """`TRAIN,gs://bucket/a.jpg,cat,0.1,0.2,,,0.5,0.6,,`, or without the first; four corners or two."""
    first = rows[0] if rows else []
    has_set = bool(first) and first[0].lower() in OF_AUTOML
    start = 1 if has_set else 0
    if len(first) not in (start + 8, start + 10, 3 * start) or not is_image(first[start]):
        return None
    if len(first) > 3 and not _are_corners(first[start + 2 : start + 10]):
        return None
    fields = {"image": start, "label": start + 1} | ({"split": 0} if has_set else {})
    box = tuple(start + place for place in (2, 3, 6, 7)) if len(first) > 3 else ()
    return Columns(fields, box)


def _are_corners(cells: list[str]) -> bool:
    """Blank are those between two, and all of an image without a box."""
    return all(_is_number(cell) or not cell for cell in cells)


def _by_values(rows: list[list[str]]) -> Columns | None:
    """A column of images first; four columns of numbers are corners, six the image's size before them."""
    count = min(map(len, rows), default=0)
    if not count or not all(is_image(row[0]) for row in rows):
        return None
    columns = [[row[place] for row in rows] for place in range(count)]
    numbers = [place for place in range(1, count) if _are_numbers(columns[place])]
    texts = [place for place in range(1, count) if place not in numbers]
    if len(numbers) == 5 and not texts:  # labels that are numbers
        texts = [numbers.pop()]
    if count == 2:
        return Columns({"image": 0, "label": 1})
    if len(texts) != 1 or len(numbers) not in (4, 6):
        return None
    fields = {"image": 0, "label": texts[0]}
    if len(numbers) == 6:
        fields |= {"width": numbers[0], "height": numbers[1]}
    return Columns(fields, tuple(numbers[-4:]))


def _are_numbers(cells: list[str]) -> bool:
    """Blanks are none of an image without a box; all blank are no numbers, unless others beside them are."""
    return any(map(_is_number, cells)) and all(_is_number(cell) or not cell for cell in cells)


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def looks_like_shares(columns: Columns, rows: list[list[str]]) -> bool:
    """All from 0 to 1, and not all of them whole."""
    found = [value for row in rows for value in four_of(columns, row)]
    return bool(found) and all(0 <= one <= 1 for one in found) and any(one != int(one) for one in found)


def four_of(columns: Columns, row: list[str]) -> list[float]:
    """The box's numbers that can be read."""
    cells = [row[place] for place in columns.box if place < len(row)]
    cells = NUMBERS.findall(cells[0]) if len(columns.box) == 1 and cells else cells
    return [number(cell) for cell in cells if _is_number(cell)]


NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

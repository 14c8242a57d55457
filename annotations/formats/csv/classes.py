"""Labels in their order, as Keras-RetinaNet lists them: `cat,0` a line."""

from annotations.formats.csv.writing import as_said
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.rows import Row, rows_of


def classes_of(listing: Listing, name: str, limits: ReadLimits) -> list[str] | None:
    """None where the file is no such list: its numbers are not 0, 1, 2, … in some order."""
    found: dict[str, str] = {}
    for row in rows_of(listing, name, ",", limits.text_bytes):
        if not isinstance(row, Row) or len(row.cells) != 2 or row.cells[1] in found or len(found) > limits.labels:
            return None
        found[row.cells[1]] = as_said(row.cells[0])
    order = [str(number) for number in range(len(found))]
    return [found[number] for number in order] if found and found.keys() == set(order) else None

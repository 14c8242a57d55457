"""VIA's CSV: a line for each region, with JSON in its cells."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from annotations.formats.errors import FormatError
from annotations.formats.gathered import Gathered
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.texts import lines_of, opened

COLUMNS = [
    "filename", "file_size", "file_attributes", "region_count", "region_id", "region_shape_attributes",
    "region_attributes",
]  # fmt: skip
THIRD = "tables of VIA 3 are not read, only those of VIA 1 and 2"


def gather(listing: Listing, name: str, encoding: str, limits: ReadLimits, rows: Gathered) -> None:
    """Images with their regions. Raises FormatError."""
    with opened(listing, name, encoding) as file:
        lines = lines_of(file, name, limits.text_bytes)
        _, header = next(lines, (1, ""))
        if "CSV_HEADER = metadata_id" in header or header.startswith("# Exported using VGG"):
            raise FormatError(THIRD, 1, name)
        if [cell.strip().lower() for cell in header.lstrip("#").split(",")] != COLUMNS:
            raise FormatError(f"expected the columns {', '.join(COLUMNS)}", 1, name)
        for number, line in lines:
            if line.strip():
                _add(number, line, name, rows)


def _add(number: int, line: str, name: str, rows: Gathered) -> None:
    try:
        cells = next(csv.reader([line]))
    except csv.Error as error:
        raise FormatError(f"a line that is no CSV: {error}", number, name) from error
    if len(cells) < len(COLUMNS):
        raise FormatError(f"expected {len(COLUMNS)} columns, found {len(cells)}", number, name)
    after = len(cells) - len(COLUMNS) + 1
    filename = ",".join(cells[:after])  # VIA puts no quotation marks around it
    size, of_file, count, _, shape, attributes = cells[after:]
    key = [filename, size]
    said, problem = _parsed(of_file)
    rows.add_image(key, {"filename": filename, "file_attributes": said})
    if problem or (shape.strip() in {"", "{}"} and count.strip() in {"", "0"}):
        if problem:
            rows.add(key, {"line": number, "problem": problem})
        return
    region: dict[str, Any] = {"line": number}
    for field, text in (("shape_attributes", shape), ("region_attributes", attributes)):
        region[field], problem = _parsed(text)
        region |= {"problem": problem} if problem else {}
    rows.add(key, region)


def _parsed(text: str) -> tuple[Any, str]:
    """The value of a cell, or what is wrong with it."""
    try:
        return json.loads(text or "{}"), ""
    except (ValueError, RecursionError):
        return None, f"a cell that is not readable as JSON: {text[:60]}"


def images_of(rows: Gathered) -> Iterator[tuple[str, Any]]:
    """As in VIA's JSON; their lines say where they stand."""
    for image, regions in rows.images():
        yield "", {**image, "regions": regions}

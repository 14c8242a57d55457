"""`metadata.jsonl` and `metadata.csv` as streams of rows."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from annotations.dataset.findings import Finding
from annotations.formats.imagefolder.rows import FILE_NAME, Row
from annotations.formats.layout import ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.texts import encoding_of, lines_of, opened

NAMED = re.compile(r'"file_name"\s*:\s*"([^"\\]{1,300})"')


def rows_of(listing: Listing, name: str, limits: ReadLimits) -> Iterator[Row | Unreadable | Finding]:
    """Raises FormatError at a line that is too long."""
    encoding, finding = encoding_of(listing, name)
    if finding:
        yield finding
    with opened(listing, name, encoding, newline="") as file:
        numbered = lines_of(file, name, limits.text_bytes)
        rows = _of_csv(name, numbered) if name.lower().endswith(".csv") else _of_jsonl(name, numbered)
        is_empty = True
        for row in rows:
            is_empty = False
            yield row
        if is_empty:
            yield Unreadable(name, "the file has no line that says anything")


def _of_jsonl(name: str, lines: Iterator[tuple[int, str]]) -> Iterator[Row | Unreadable]:
    for line, text in lines:
        if not text.strip():
            continue
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            named = tuple(NAMED.findall(text)[:1])
            yield Unreadable(name, f"not readable as JSON: {str(error)[:100]}", line, named)
            continue
        if isinstance(said, dict):
            yield Row(said, line)
        else:
            yield Unreadable(name, f"expected an object; found {text[:40]!r}", line)


def _of_csv(name: str, lines: Iterator[tuple[int, str]]) -> Iterator[Row | Unreadable]:
    """A field may hold line ends; `objects` in it is JSON."""
    reader = csv.reader(f"{text}\n" for _, text in lines)
    try:
        header = next(reader, [])
        if FILE_NAME not in header:
            yield Unreadable(name, f"expected a column {FILE_NAME}; found {', '.join(header)[:100]!r}", 1)
            return
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                reason = f"expected {len(header)} columns; found {len(cells)}"
                yield Unreadable(name, reason, reader.line_num, _file_name(header, cells))
            else:
                yield Row(_unfolded(dict(zip(header, cells, strict=True))), reader.line_num)
    except csv.Error as error:
        yield Unreadable(name, f"not readable as CSV: {error}", reader.line_num)


def _file_name(header: list[str], cells: list[str]) -> tuple[str, ...]:
    place = header.index(FILE_NAME)
    return (cells[place],) if place < len(cells) and cells[place] else ()


def _unfolded(said: Mapping[str, str]) -> Mapping[str, Any]:
    return {key: _from_json(text) if key == "objects" else text for key, text in said.items()}


def _from_json(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        return text

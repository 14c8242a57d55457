"""Rows of separated values, as streams: which character separates them, and at which line each begins."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotations.dataset.findings import Finding
from annotations.formats.errors import FormatError
from annotations.formats.layout import Unreadable
from annotations.formats.listing import Listing
from annotations.formats.texts import encoding_of, lines_of, opened

HEAD_BYTES = 16 * 1024
DELIMITERS = ",;\t|"
QUOTED = re.compile(r'[",;\t|\r\n]|^\s|\s$')
NOT_CLOSED = "a quotation mark is not closed; the lines after it are lost"


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: where it begins. Blanks around a cell are gone."""

    line: int
    cells: list[str]


def rows_of(listing: Listing, name: str, delimiter: str, most: int) -> Iterator[Row | Unreadable | Finding]:
    """The rows that are not blank, and what of the file can't be read: a finding on its encoding comes first.

    `most`: characters of a line. A cell has at most those that `csv` takes, 131,072.
    """
    try:
        encoding, told = encoding_of(listing, name)
        if told:
            yield told
        with opened(listing, name, encoding) as file:
            lines = (f"{line}\n" for _, line in lines_of(file, name, most))
            for row in _rows(lines, delimiter):
                yield row if isinstance(row, Row) else Unreadable(name, row[1], row[0])
    except FormatError as error:
        yield Unreadable(name, error.reason, error.line)


def head_of(listing: Listing, name: str) -> list[str]:
    """The first lines, whole; to recognise a file by."""
    data = listing.head(name, HEAD_BYTES)
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if marked else "utf-8-sig", errors="replace")
    lines = text.splitlines()
    return lines[:-1] if len(data) == HEAD_BYTES else lines


def head_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    """The rows of a file's first lines, without those that can't be read."""
    rows = _rows((f"{line}\n" for line in lines), delimiter)
    return [row.cells for row in rows if isinstance(row, Row)]


def is_ended(listing: Listing, name: str) -> bool:
    """Whether the last line has an end, as tools write it."""
    with listing.path(name).open("rb") as file:
        file.seek(-min(4, file.seek(0, io.SEEK_END)), io.SEEK_END)
        return b"\n" in file.read()


def delimiter_of(lines: list[str]) -> str:
    """The one that parts each of the first rows into the same number of cells, the most; a comma where none does."""
    return max(DELIMITERS, key=lambda one: _evenness(head_rows(lines[:20], one)))


def _evenness(rows: list[list[str]]) -> tuple[bool, int]:
    counts = [len(row) for row in rows]
    even = bool(counts) and min(counts) == max(counts) > 1
    return even, min(counts, default=0) if even else max(counts[:1], default=0)


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[Row | tuple[int, str]]:
    """Rows, and line and reason of each that can't be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _why(error)
            continue
        if any(cells):
            yield Row(line, cells)


def _why(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said or "field limit" in said:
        return NOT_CLOSED
    return f"not readable as separated values: {said}"


def csv_line(*cells: str) -> bytes:
    """A line of a CSV as RFC 4180 has it."""
    return f"{','.join(map(_quoted, cells))}\n".encode("utf-8", "replace")


def _quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if QUOTED.search(cell) else cell

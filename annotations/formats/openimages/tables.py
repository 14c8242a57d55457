"""Which of the CSVs are of Open Images, and what each of them tells: seen from their first lines."""

import re
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import Literal

from annotations.dataset.records import Split
from annotations.formats.listing import Listing
from annotations.formats.rows import delimiter_of, head_of, head_rows
from annotations.formats.split_paths import split_of

MID = re.compile(r"/[a-z]/\w+")
"""A class's code, as "/m/01g317"."""
SIDES = ("xmin", "ymin", "xmax", "ymax")
SUB = "sub-"
OF_NAMES = "class-descriptions"
NAMED_SO = re.compile(r"annotations-bbox|class-descriptions|imagelabels|images-(boxable|with)", re.IGNORECASE)

HEADER_OF_NAMES = ["labelname", "displayname"]

Kind = Literal["boxes", "labels", "images", "names"]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV. `columns`: the place of each by its name in small letters; empty where it has no header."""

    name: str
    kind: Kind
    delimiter: str
    columns: dict[str, int]
    split: Split | None

    def cell(self, cells: list[str], column: str) -> str:
        """What stands in the column; "" where there is none."""
        place = self.columns.get(column, len(cells))
        return cells[place] if place < len(cells) else ""


@dataclass(frozen=True, slots=True)
class Tables:
    """`unreadable`: files that are named as Open Images names its own, without their columns. `whole`: tables of which
    a part lies beside them, which is read in their place."""

    boxes: list[Table] = field(default_factory=list)
    labels: list[Table] = field(default_factory=list)
    images: list[Table] = field(default_factory=list)
    names: list[Table] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)

    @property
    def read(self) -> list[Table]:
        return [*(self.boxes or self.labels), *self.images, *self.names]


def tables_of(listing: Listing) -> Tables:
    found = Tables()
    for name in listing.texts_ending(".csv"):
        table = _table(listing, name)
        if table:
            getattr(found, table.kind).append(table)
        elif NAMED_SO.search(basename(name)):
            found.unreadable.append(name)
    boxes, labels = _fetched(found.boxes), _fetched(found.labels)
    whole = [one.name for one in (*found.boxes, *found.labels) if one not in (*boxes, *labels)]
    return Tables(boxes, labels, found.images, found.names, found.unreadable, whole)


def _fetched(tables: list[Table]) -> list[Table]:
    """Without those of which a part lies beside them."""
    parts = {(dirname(one.name), one.split) for one in tables if basename(one.name).startswith(SUB)}
    return [one for one in tables if _is_part(one) or (dirname(one.name), one.split) not in parts]


def _is_part(table: Table) -> bool:
    return basename(table.name).startswith(SUB)


def _table(listing: Listing, name: str) -> Table | None:
    lines = head_of(listing, name)
    delimiter = delimiter_of(lines)
    rows = head_rows(lines[:2], delimiter)
    first = [cell.lower() for cell in rows[0]] if rows else []
    kind = _kind(first, rows, OF_NAMES in basename(name).lower())
    if kind is None:
        return None
    has_header = kind != "names" or first == HEADER_OF_NAMES
    columns = {cell: place for place, cell in reversed(list(enumerate(first)))} if has_header else {}
    return Table(name, kind, delimiter, columns, split_of(name))


def _kind(first: list[str], rows: list[list[str]], is_called_names: bool) -> Kind | None:
    """Datumaro has the names of classes for their codes, so that only the file's own name tells."""
    columns = set(first)
    is_labelled = not columns.isdisjoint({"labelname", "classname"})
    if "imageid" in columns and is_labelled:
        return "boxes" if columns.issuperset(SIDES) else _of_labels(columns)
    if "imageid" in columns and not columns.isdisjoint({"subset", "originalurl"}):
        return "images"
    if len(first) == 2 and (first == HEADER_OF_NAMES or is_called_names or _is_name(rows)):
        return "names"
    return None


def _of_labels(columns: set[str]) -> Kind | None:
    return None if columns.isdisjoint({"confidence", "source"}) else "labels"


def _is_name(rows: list[list[str]]) -> bool:
    return any(len(row) == 2 and MID.fullmatch(row[0]) for row in rows)

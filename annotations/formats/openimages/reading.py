"""Rows of Open Images' CSVs, put together by their image."""

from collections.abc import Iterator
from typing import Any

from annotations.dataset.attributes import CROWD, DEPICTION, INSIDE, OCCLUDED, TRUNCATED
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box, Split
from annotations.formats.gathered import Gathered, gathered
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Unreadable
from annotations.formats.listing import Listing, is_image
from annotations.formats.numbers import has_comma, number
from annotations.formats.openimages.class_names import ClassNames
from annotations.formats.openimages.tables import SIDES, Table, Tables
from annotations.formats.rows import Row, is_ended, rows_of
from annotations.formats.splits import split_named

FLAGS = {
    "isoccluded": OCCLUDED,
    "istruncated": TRUNCATED,
    "isgroupof": CROWD,
    "isdepiction": DEPICTION,
    "isinside": INSIDE,
}
KNOWN = frozenset({*FLAGS, *SIDES, "imageid", "source", "labelname", "classname", "confidence", "id"})
MACHINE = "machine"
"""The `Source` of what a model said. Of all others the confidence is 1, or 0 where people saw that it is not there."""
FOLDERS: dict[Split, str] = {"train": "train", "val": "validation", "test": "test"}
AS_NUMBER = "image-"
"""Stands before the ID of an image whose name is a number: see `writing`."""


def entries_of(listing: Listing, tables: Tables, names: ClassNames, limits: ReadLimits) -> Iterator[Parsed]:
    yield from names.said
    for name in tables.unreadable:
        yield Unreadable(name, "its first line has not the columns that Open Images' file of this name has")
    for table in tables.labels if tables.boxes else ():
        reason = "labels of whole images are left out: the archive has boxes"
        yield Finding(Rule.WRONG_KIND, table.name, reason)
    with gathered(listing) as rows:
        read = [*(tables.boxes or tables.labels), *tables.images]
        for place, table in enumerate(read):
            yield from _gather(listing, table, place, rows, limits)
        for said, found in rows.images(limits.annotations):
            yield _entry(said, found, read, names)


def _gather(
    listing: Listing, table: Table, place: int, rows: Gathered, limits: ReadLimits
) -> Iterator[Unreadable | Finding]:
    strange: list[Finding] = []
    line = 0
    for row in rows_of(listing, table.name, table.delimiter, limits.text_bytes):
        line = row.line or line
        if not isinstance(row, Row):
            yield row
        elif row.line == 1:
            strange = _strange(table)
            continue
        elif not (image := table.cell(row.cells, "imageid")):
            yield Unreadable(table.name, "a row without an ImageID", row.line)
        elif table.kind == "images" and len(row.cells) < len(table.columns):
            yield Unreadable(table.name, _too_few(row.cells, table), row.line)
        else:
            _add(listing, table, place, row, image, rows)
            yield from strange
            strange = []
    if line == 1 and not is_ended(listing, table.name):
        yield Unreadable(table.name, "the file ends within its first line", 1)


def _strange(table: Table) -> list[Finding]:
    """Of columns that nothing is made of."""
    left = sorted(set(table.columns) - KNOWN) if table.kind != "images" else []
    if not left:
        return []
    return [Finding(Rule.ATTRIBUTE, table.name, f"there is no place for the columns {', '.join(left)[:200]}", 1)]


def _add(listing: Listing, table: Table, place: int, row: Row, image: str, rows: Gathered) -> None:
    split = table.split or split_named(table.cell(row.cells, "subset"))
    key = [split, image]
    if table.kind == "images":
        if not listing.images or listing.find_image(table.name, _names(split, image)):
            rows.add_image(key, [place, *key])
        return
    rows.add_image(key, [place, *key])
    rows.add(key, [place, row.line, row.cells])


def _entry(said: list[Any], rows: list[Any], tables: list[Table], names: ClassNames) -> Entry:
    place, split, image = said
    source, findings = tables[place].name, list[Finding]()
    found = [
        annotation
        for number_, line, cells in rows
        if (
            annotation := _annotation(
                tables[number_], line if number_ == place else None, cells, names, findings, source
            )
        )
    ]
    if any(has_comma(cell) for _, _, cells in rows for cell in cells[4:]):
        findings.append(Finding(Rule.DECIMAL_COMMA, source, f"numbers of {image} have a comma"))
    return Entry(source, _names(split, image), tuple(found), unit="shares", split=split, findings=tuple(findings))


def _annotation(
    table: Table, line: int | None, cells: list[str], names: ClassNames, findings: list[Finding], source: str
) -> RawAnnotation | None:
    """None: people saw that the label is not there."""
    code = table.cell(cells, "labelname")
    label = table.cell(cells, "classname") or names.of(code)
    if len(cells) < len(table.columns):
        return RawAnnotation(label, line=line, problem=_too_few(cells, table))
    if label == code and names.is_new_stranger(code):
        findings.append(Finding(Rule.NO_NAMES, source, f"no list says what {code} is called", line))
    try:
        box = _box(table, cells) if table.kind == "boxes" else None
    except ValueError:
        return RawAnnotation(label, line=line, problem=f"the row of {label!r} needs numbers: {', '.join(SIDES)}")
    confidence, by_machine = table.cell(cells, "confidence") or "1", table.cell(cells, "source").lower() == MACHINE
    if table.kind == "labels" and not by_machine and _is_number(confidence, 0):
        return None
    score = confidence if by_machine or not _is_number(confidence, 1) else None
    flags = {flag: True for column, flag in FLAGS.items() if table.cell(cells, column).lower() in {"1", "1.0", "true"}}
    return RawAnnotation(label, box, line, score=score, attributes=flags)


def _is_number(said: str, wanted: int) -> bool:
    try:
        return number(said) == wanted
    except ValueError:
        return False


def _box(table: Table, cells: list[str]) -> Box:
    return Box(*(number(table.cell(cells, side)) for side in SIDES))


def _names(split: Split | None, image: str) -> tuple[str, ...]:
    """With a suffix, so that no dot in an ID is taken for one."""
    file = image if is_image(image) else f"{image}.jpg"
    folder = [f"{FOLDERS[split]}/{file}"] if split else []
    return (*folder, file, *([file.removeprefix(AS_NUMBER)] if file.startswith(AS_NUMBER) else []))


def _too_few(cells: list[str], table: Table) -> str:
    return f"{len(cells)} columns; the first line has {len(table.columns)}"

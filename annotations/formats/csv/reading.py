"""Rows of tables, put together by their image."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from annotations.dataset.attributes import POSE
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box
from annotations.formats.csv.guessing import NUMBERS
from annotations.formats.csv.plans import Plan
from annotations.formats.csv.writing import as_said
from annotations.formats.gathered import Gathered, gathered
from annotations.formats.layout import Entry, Parsed, RawAnnotation, ReadLimits, Size, Unreadable
from annotations.formats.listing import Listing, is_image
from annotations.formats.numbers import has_comma, number
from annotations.formats.rows import Row, rows_of
from annotations.formats.splits import split_named

NO_LABEL = "object"
UNASSIGNED = frozenset({"", "unassigned"})
SET = frozenset({"1", "1.0", "true", "yes"})


def entries_of(
    listing: Listing, plans: list[Plan], others: Iterable[Unreadable], limits: ReadLimits
) -> Iterator[Parsed]:
    yield from others
    with gathered(listing) as rows:
        for place, plan in enumerate(plans):
            yield from _Table(plan, place, rows).gather(listing, limits)
        for (place, image), found in rows.images(limits.annotations):
            yield _entry(plans[place], image, found)


class _Table:
    """One table on its way into `rows`; counts what is told once for all of it."""

    def __init__(self, plan: Plan, place: int, rows: Gathered) -> None:
        self.plan, self.place, self.rows = plan, place, rows
        self.told: dict[tuple[Rule, str], int] = {}
        """The line of the first"""
        self.counts: Counter[tuple[Rule, str]] = Counter()

    def gather(self, listing: Listing, limits: ReadLimits) -> Iterator[Parsed]:
        has_names = bool(self.plan.names)
        for row in rows_of(listing, self.plan.name, self.plan.delimiter, limits.text_bytes):
            if not isinstance(row, Row):
                yield row
            elif has_names:
                has_names = False
            elif image := self.plan.cell(row.cells, "image"):
                self._add(image, row)
            else:
                yield Unreadable(self.plan.name, "a row without an image", row.line)
        yield from self._findings()

    def _add(self, image: str, row: Row) -> None:
        key = [self.place, image]
        self.rows.add_image(key, key)
        self.rows.add(key, [row.line, row.cells])
        plan = self.plan
        if any(has_comma(row.cells[place]) for place in plan.box if place < len(row.cells)):
            self._note(Rule.DECIMAL_COMMA, "numbers with a decimal comma", row.line)
        split = plan.cell(row.cells, "split")
        if split.lower() not in UNASSIGNED and split_named(split) is None:
            self._note(Rule.ONE_SPLIT, f"the split {split[:60]!r} is none of train, val and test", row.line)
        if plan.columns.strange:
            strange = ", ".join(plan.columns.strange)[:200]
            self._note(Rule.ATTRIBUTE, f"there is no place for the columns {strange}", row.line)
        if "label" not in plan.columns.fields:
            self._note(Rule.NO_NAMES, f"no column has labels: all are called {NO_LABEL!r}", row.line)

    def _note(self, rule: Rule, reason: str, line: int) -> None:
        if (rule, reason) in self.told or len(self.told) < 100:
            self.told.setdefault((rule, reason), line)
            self.counts[rule, reason] += 1

    def _findings(self) -> Iterator[Finding]:
        for (rule, reason), line in self.told.items():
            count = self.counts[rule, reason]
            yield Finding(rule, self.plan.name, reason if count == 1 else f"{reason} ({count} rows)", line)


def _entry(plan: Plan, image: str, rows: list[Any]) -> Entry:
    findings: list[Finding] = []
    cells: list[list[str]] = [cells for _, cells in rows]
    annotations = [one for line, row in rows if (one := _annotation(plan, line, row, findings)) is not None]
    split = next((split for row in cells if (split := split_named(plan.cell(row, "split")))), plan.split)
    for line, row in rows:
        if (said := split_named(plan.cell(row, "split"))) not in (None, split):
            findings.append(Finding(Rule.CONTRADICTION, plan.name, f"{image} is in {split} and in {said}", line))
            break
    return Entry(
        plan.name,
        (image if is_image(image) else f"{image}.jpg",),
        tuple(annotations),
        _size(plan, cells[0]) if cells else None,
        plan.unit,
        split,
        as_said(next((group for row in cells if (group := plan.cell(row, "group"))), "")),
        tuple(findings),
    )


def _size(plan: Plan, cells: list[str]) -> Size | None:
    try:
        width, height = (int(number(plan.cell(cells, side) or 0)) for side in ("width", "height"))
    except (ValueError, OverflowError):
        return 0, 0
    return (max(0, width), max(0, height)) if {"width", "height"} <= set(plan.columns.fields) else None


def _annotation(plan: Plan, line: int, cells: list[str], findings: list[Finding]) -> RawAnnotation | None:
    """None: a row that says that there is nothing."""
    if len(cells) < plan.least or any(cells[max(plan.least, len(plan.names)) :] if plan.names else []):
        problem = f"{len(cells)} columns; expected {plan.least}, as in the first row"
        return RawAnnotation("", line=line, problem=problem)
    label = as_said(plan.cell(cells, "label")) if "label" in plan.columns.fields else NO_LABEL
    said = [cells[place] for place in plan.box]
    if not any(said) and (not plan.cell(cells, "label")):
        return None
    try:
        box = _box(plan, said) if plan.box else None
    except ValueError as error:
        return RawAnnotation(label, line=line, problem=f"the box of {label!r}: {error}")
    attributes = _attributes(plan, cells, line, findings)
    return RawAnnotation(label, box, line, score=plan.cell(cells, "score"), attributes=attributes)


def _box(plan: Plan, said: list[str]) -> Box:
    """Raises ValueError."""
    numbers = NUMBERS.findall(said[0]) if len(said) == 1 else said
    if len(numbers) != 4 or not all(numbers):
        raise ValueError(f"expected four numbers, found {' '.join(said)[:60]!r}")
    try:
        a, b, c, d = map(number, numbers)
    except ValueError as error:
        raise ValueError(f"expected numbers, found {' '.join(said)[:60]!r}") from error
    if plan.columns.coordinates == "corners":
        return Box(a, b, c, d)
    if plan.columns.coordinates == "size":
        return Box(a, b, a + c, b + d)
    return Box(a - c / 2, b - d / 2, a + c / 2, b + d / 2)


def _attributes(plan: Plan, cells: list[str], line: int, findings: list[Finding]) -> dict[str, Any]:
    """Flags that are set, the pose, and what a column of JSON says."""
    found: dict[str, Any] = {}
    for name, place in plan.columns.flags.items():
        if name == POSE:
            found |= {name: cells[place]} if cells[place] not in {"", "Unspecified"} else {}
        elif cells[place].lower() in SET:
            found[name] = True
    said = plan.cell(cells, "attributes")
    try:
        own = json.loads(said) if said else {}
    except (ValueError, RecursionError):
        own = None
    if not isinstance(own, dict):
        reason = f"expected a JSON object of attributes, found {said[:60]!r}; left out"
        findings.append(Finding(Rule.ATTRIBUTE, plan.name, reason, line))
        return found
    return found | own

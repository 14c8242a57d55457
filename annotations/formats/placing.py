"""The annotations that a file names, put right and brought onto their image; each change with a finding."""

import math
from typing import Any

from annotations.dataset.attributes import MOST, fault_in
from annotations.dataset.boxes import fit
from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import NO_ATTRIBUTES, AnnotationRecord, Attributes, Box
from annotations.formats.json_stream import shown
from annotations.formats.layout import Choices, Entry, RawAnnotation
from annotations.formats.numbers import has_comma, number
from annotations.formats.sizes import Placing, bring_onto
from annotations.imaging import Probe

LONGEST_LABEL = 300
"""Characters kept of a label's name: no label has so many, and each stands in findings."""


class _LeftOut(Exception):
    """An annotation that can't be taken."""

    def __init__(self, rule: Rule, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


class OnImage:
    """`records` and `lines` go together; `left_out` annotations are in neither; `findings` say what was done."""

    def __init__(self, entry: Entry, picture: Probe, choices: Choices) -> None:
        self.entry, self.picture, self.choices = entry, picture, choices
        self.findings: list[Finding] = list(entry.findings)
        placing = bring_onto(entry.size, entry.unit, picture, choices, self._note) if _has_boxes(entry) else _as_it_is
        self.strange_scores, self.comma_scores = list[RawAnnotation](), list[RawAnnotation]()
        taken = [(record, one.line) for one in entry.annotations if (record := self._record(one, placing))]
        self.records = tuple(record for record, _ in taken)
        self.lines = tuple(line for _, line in taken)
        self._tell_of_scores()

    @property
    def _canvas(self) -> str:
        return f"the image of {self.picture.width}×{self.picture.height}"

    @property
    def _hair(self) -> float:
        longest = max(self.picture.width, self.picture.height)
        return HAIR + (ROUNDED * longest if self.entry.unit == "shares" else 0)

    @property
    def left_out(self) -> int:
        return len(self.entry.annotations) - len(self.records)

    def _record(self, one: RawAnnotation, placing: Placing) -> AnnotationRecord | None:
        try:
            return self._taken(one, placing)
        except _LeftOut as left:
            self._note(left.rule, f"{left.reason}; left out", one.line)
            return None

    def _taken(self, one: RawAnnotation, placing: Placing) -> AnnotationRecord:
        label = one.label.strip()[:LONGEST_LABEL]
        if one.problem:
            raise _LeftOut(one.rule, one.problem)
        if not label:
            raise _LeftOut(Rule.NO_LABEL, "an annotation without a label")
        box = self._box(label, one.box, one.line, placing) if one.box else None
        return AnnotationRecord(label, box, score=self._score(one), source="import", attributes=self._attributes(one))

    def _box(self, label: str, box: Box, line: int | None, placing: Placing) -> Box:
        if not all(map(math.isfinite, _sides(box))):
            raise _LeftOut(Rule.NOT_FINITE, f"a side of the box of {label!r} is no number: {show(box)}")
        if box.width < 0 or box.height < 0:
            self._note(Rule.SWAPPED, f"the corners of {label!r} are swapped in {show(box)}; put right", line)
            (x0, x1), (y0, y1) = sorted((box.x_min, box.x_max)), sorted((box.y_min, box.y_max))
            box = Box(x0, y0, x1, y1)
        if self.choices.first_pixel and self.entry.unit == "pixels":
            box = Box(box.x_min - 1, box.y_min - 1, box.x_max, box.y_max)
        if not (box.width > 0 and box.height > 0):
            raise _LeftOut(Rule.NO_AREA, f"the box of {label!r} has no area: {show(box)}")
        placed = placing(box)
        inside = fit(placed, self.picture.width, self.picture.height)
        if inside is None:
            raise _LeftOut(Rule.OUTSIDE, f"the box of {label!r} lies {show(box)} outside {self._canvas}")
        if inside is not placed and inside != placed and not _is_near(inside, placed, self._hair):
            self._note(Rule.CUT, f"the box of {label!r} reached outside {self._canvas}; cut to it", line)
        return inside

    def _score(self, one: RawAnnotation) -> float | None:
        if one.score is None or one.score == "":
            return None
        try:
            score = number(one.score)
        except ValueError:
            score = math.nan
        if 0 <= score <= 1:
            self.comma_scores += [one] if has_comma(one.score) else []
            return score
        self.strange_scores.append(one)
        return None

    def _tell_of_scores(self) -> None:
        """Once for all: what counts in percent does so throughout."""
        if strange := self.strange_scores:
            told = f"{len(strange)} scores that are not from 0 to 1, the first is {shown(strange[0].score)}"
            self._note(Rule.BAD_SCORE, f"{told}; the annotations are taken without", strange[0].line)
        if commas := self.comma_scores:
            told = f"{len(commas)} scores with a decimal comma, read as points"
            self._note(Rule.DECIMAL_COMMA, told, commas[0].line)

    def _attributes(self, one: RawAnnotation) -> Attributes:
        """Those that an annotation can carry."""
        if not one.attributes:
            return NO_ATTRIBUTES
        kept: dict[str, Any] = {}
        for name, value in one.attributes.items():
            fault = f"an annotation carries at most {MOST}" if len(kept) == MOST else fault_in(name, value)
            if fault:
                self._note(Rule.ATTRIBUTE, f"the attribute {str(name)[:60]!r} is left out: {fault}", one.line)
            else:
                kept[name] = value
        return kept

    def _note(self, rule: Rule, reason: str, line: int | None = None) -> None:
        self.findings.append(Finding(rule, self.entry.source, reason, line))


HAIR = 1e-6
"""Pixels: what scaling adds by rounding is no reach outside."""
ROUNDED = 1e-5
"""Of a side: neither is what centre and size, written with five digits or six, add when each of them is rounded."""


def _is_near(one: Box, other: Box, hair: float) -> bool:
    return all(abs(a - b) <= hair for a, b in zip(_sides(one), _sides(other), strict=True))


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x_min, box.y_min, box.x_max, box.y_max


def _has_boxes(entry: Entry) -> bool:
    return any(one.box for one in entry.annotations)


def _as_it_is(box: Box) -> Box:
    return box


def show(box: Box) -> str:
    return f"({box.x_min:g}, {box.y_min:g}) to ({box.x_max:g}, {box.y_max:g})"

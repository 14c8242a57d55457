"""One label file: a line a box, in shares of the image's sides.

`class x y width height`, with x and y of the centre; a sixth number is the score. Longer lines are outlines: the
corners of a rotated box, or of a polygon, also with a score at the end.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Box
from annotations.formats.layout import RawAnnotation
from annotations.formats.numbers import has_comma, number
from annotations.formats.yolo.descriptions import Description

EXPECTED = "expected: class x y width height"
LARGEST = 2.0
"""A share beyond it is meant in pixels; one beyond 1 reaches outside its image."""
MOST_CLASSES = 10**6

NOTES = {
    Rule.SHAPE: "polygons; the box around each is taken",
    Rule.ROTATED: "rotated boxes; the upright box around each is taken",
    Rule.DECIMAL_COMMA: "lines with a decimal comma; read as decimal points",
    Rule.ATTRIBUTE: "lines with more than a box and a score (keypoints); only the box is taken",
}


@dataclass(slots=True)
class Lines:
    """`text` of `source`, parsed; `description` is None where nothing names the classes."""

    source: str
    text: str
    description: Description | None
    noted: dict[Rule, list[int]] = field(default_factory=dict)
    """By rule: lines."""

    def annotations(self) -> Iterator[RawAnnotation]:
        for line, content in enumerate(re.split(r"\r\n|\r|\n", self.text), 1):
            if words := content.split():
                yield self._annotation(words, line)

    def findings(self) -> Iterator[Finding]:
        """Of what was drawn so far: one a rule, with its count."""
        for rule, lines in self.noted.items():
            yield Finding(rule, self.source, f"{len(lines)} {NOTES[rule]}", lines[0])

    def _annotation(self, words: list[str], line: int) -> RawAnnotation:
        try:
            class_, *values = [number(word) for word in words]
            label = self._label(class_)
            box, score = self._box(values, line)
        except _Unfit as error:
            return RawAnnotation("", line=line, problem=error.reason, rule=error.rule)
        except ValueError:
            return RawAnnotation("", line=line, problem=f"{EXPECTED}; found {_shown(words)}")
        if any(map(has_comma, words)):
            self._note(Rule.DECIMAL_COMMA, line)
        return RawAnnotation(label, box, line, score=score)

    def _label(self, class_: float) -> str:
        if not (0 <= class_ < MOST_CLASSES and class_ == int(class_)):
            raise _Unfit(f"{class_:g} is no class; classes are counted from 0")
        if self.description is None:
            return f"class {int(class_)}"
        name = self.description.names.get(int(class_))
        if name is None:
            there = f"{self.description.source} names {len(self.description.names)}"
            raise _Unfit(f"class {int(class_)} has no name: {there}", Rule.UNKNOWN_LABEL)
        return name

    def _box(self, values: list[float], line: int) -> tuple[Box, float | None]:
        if len(values) < 4:
            raise _Unfit(f"{EXPECTED}; found {len(values) + 1} numbers")
        if len(values) > 5 and self.description and self.description.keypoints:
            self._note(Rule.ATTRIBUTE, line)
            values = values[:4]
        score = values.pop() if len(values) % 2 else None
        if strange := next((value for value in values if abs(value) > LARGEST), None):
            raise _Unfit(f"expected shares of the image (0 to 1); found {strange:g}, which may be pixels")
        if len(values) > 4:
            self._note(Rule.ROTATED if len(values) == 8 else Rule.SHAPE, line)
            return _around(values), score
        x, y, width, height = values
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), score

    def _note(self, rule: Rule, line: int) -> None:
        self.noted.setdefault(rule, []).append(line)


class _Unfit(Exception):
    def __init__(self, reason: str, rule: Rule = Rule.BAD_ANNOTATION) -> None:
        super().__init__(reason)
        self.reason, self.rule = reason, rule


def _around(values: list[float]) -> Box:
    """Around points x, y, x, y, …; what is no number stays none."""
    across, down = values[::2], values[1::2]
    return Box(_of(min, across), _of(min, down), _of(max, across), _of(max, down))


def _of(choose: Callable[[list[float]], float], values: list[float]) -> float:
    return next((value for value in values if value != value), choose(values))


def _shown(words: list[str]) -> str:
    text = " ".join(words[:10])
    return repr(text if len(text) <= 60 else f"{text[:59]}…")

"""How a table is read: as its first lines tell, and as was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from posixpath import basename
from typing import Literal

from annotations.dataset.records import Split
from annotations.formats.csv.columns import Columns, columns_of
from annotations.formats.csv.guessing import guessed_columns, looks_like_shares
from annotations.formats.csv.writing import COLUMNS, LABEL_COLUMNS
from annotations.formats.errors import FormatError
from annotations.formats.listing import Listing
from annotations.formats.rows import delimiter_of, head_of, head_rows
from annotations.formats.split_paths import split_of

TAB = "tab"
CHOICES: dict[str, tuple[str, ...]] = {
    "delimiter": (",", ";", TAB, "|"),
    "header": ("yes", "no"),
    "coordinates": ("corners", "size", "centre"),
    "unit": ("pixels", "shares"),
}
FIELDS = ("image", "label", "split", "group", "score", "width", "height")
NONE = "-"


@dataclass(frozen=True, slots=True)
class Plan:
    """`names`: of the columns, empty where the table has none; `split`: as the file's name or folder says."""

    name: str
    delimiter: str
    names: list[str]
    columns: Columns
    unit: Literal["pixels", "shares"] = "pixels"
    split: Split | None = None
    confidence: float = 0.5
    read_as: dict[str, str] = field(default_factory=dict)

    @property
    def box(self) -> tuple[int, ...]:
        return self.columns.box

    @property
    def told(self) -> str:
        """The columns, for people."""
        places = {**self.columns.fields, "box": min(self.box)} if self.box else self.columns.fields
        return ", ".join(sorted(places, key=lambda name: places[name]))

    @property
    def least(self) -> int:
        """Cells of a row that can be read."""
        return len(self.names) or 1 + max(*self.columns.fields.values(), *self.box, 0)

    def cell(self, cells: list[str], name: str) -> str:
        place = self.columns.fields.get(name, len(cells))
        return cells[place] if place < len(cells) else ""


def plan_of(listing: Listing, name: str, chosen: Mapping[str, str]) -> Plan | str:
    """Or why the file is no table of images. Raises FormatError: what was chosen can't be."""
    _expect_choices(chosen)
    lines = head_of(listing, name)
    delimiter = chosen.get("delimiter") or delimiter_of(lines)
    rows = head_rows(lines, "\t" if delimiter == TAB else delimiter)
    if not rows:
        return "the file has no row that can be read"
    named = columns_of(rows[0]) if chosen.get("header") != "no" else None
    has_names = named is not None or chosen.get("header") == "yes"
    names, values = (rows[0], rows[1:]) if has_names else ([], rows)
    columns = _as_chosen(named or guessed_columns(values), chosen, names, len(rows[0]))
    if columns is None:
        return f"no column of images beside one of labels or boxes: {', '.join(rows[0])[:150]}"
    plan = Plan(name, "\t" if delimiter == TAB else delimiter, names, columns, split=split_of(name))
    plan = replace(plan, unit=_unit(plan, values, chosen), confidence=_confidence(plan))
    return replace(plan, read_as=_read_as(plan))


def _expect_choices(chosen: Mapping[str, str]) -> None:
    for key, value in chosen.items():
        if key in CHOICES and value not in CHOICES[key]:
            raise FormatError(f"{key} {value!r}: expected one of {' '.join(CHOICES[key])}")
        if key not in CHOICES and key not in (*FIELDS, "box"):
            raise FormatError(f"{key!r} is nothing that can be chosen of a CSV")


def _as_chosen(columns: Columns | None, chosen: Mapping[str, str], names: list[str], count: int) -> Columns | None:
    columns = columns or Columns({})
    fields = dict(columns.fields)
    for key in FIELDS:
        if key in chosen:
            fields.pop(key, None)
            if places := _places(chosen[key], names, count):
                fields[key] = places[0]
    box = _places(chosen["box"], names, count) if "box" in chosen else columns.box
    if "image" not in fields or ("label" not in fields and not box):
        return None
    return replace(columns, fields=fields, box=box, coordinates=chosen.get("coordinates") or columns.coordinates)


def _places(said: str, names: list[str], count: int) -> tuple[int, ...]:
    """Raises FormatError where there is no such column."""
    if said in names:
        return (names.index(said),)
    return tuple(_place(word, names, count) for word in said.split() if said != NONE)


def _place(word: str, names: list[str], count: int) -> int:
    if word in names:
        return names.index(word)
    if word.isdecimal() and 1 <= int(word[:9]) <= count:
        return int(word) - 1
    raise FormatError(f"there is no column {word!r}")


def _unit(plan: Plan, values: list[list[str]], chosen: Mapping[str, str]) -> Literal["pixels", "shares"]:
    if "unit" in chosen:
        return "shares" if chosen["unit"] == "shares" else "pixels"
    if plan.names in ([*COLUMNS], [*LABEL_COLUMNS]):  # our own
        return "pixels"
    return "shares" if plan.box and looks_like_shares(plan.columns, values) else "pixels"


def _confidence(plan: Plan) -> float:
    if basename(plan.name).lower() == "metadata.csv":
        return 0.3
    if not plan.box:
        return 0.5
    return 0.8 if plan.names else 0.6


def _read_as(plan: Plan) -> dict[str, str]:
    shown = {key: str(place + 1) for key, place in plan.columns.fields.items() if key in FIELDS}
    if plan.names:
        shown = {key: plan.names[place] for key, place in plan.columns.fields.items() if key in FIELDS}
    found = {"delimiter": TAB if plan.delimiter == "\t" else plan.delimiter, "header": "yes" if plan.names else "no"}
    if plan.box:
        box = " ".join(plan.names[place] if plan.names else str(place + 1) for place in plan.box)
        found |= {"coordinates": plan.columns.coordinates, "unit": plan.unit, "box": box}
    return found | shown

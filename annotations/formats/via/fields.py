"""Which of the attributes that people made up in VIA is the label."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotations.dataset.findings import Rule
from annotations.formats.json_stream import shown
from annotations.formats.notes import Notes

NAMES = ("label", "class", "labels", "classes", "class_name", "name", "category", "type", "object", "object_name")
"""What people call it, the likeliest first."""

OF_FILES = frozenset({"split", "group", "score", "caption", "public_domain", "image_url"})
"""Attributes of files that are no labels: ours, and those that VIA begins with."""

MOST = 1_000


@dataclass(slots=True)
class Fields:
    """Attributes with how many regions, or files, have them; `options`: those that are chosen from a list."""

    regions: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    options: frozenset[str] = frozenset()
    has_regions: bool = False

    def count(self, image: dict[str, Any]) -> None:
        self._add(self.files, image.get("file_attributes"))
        for region in regions_of(image):
            self.has_regions = True
            self._add(self.regions, region.get("region_attributes") if isinstance(region, dict) else None)

    @staticmethod
    def _add(counter: Counter[str], said: Any) -> None:
        if isinstance(said, dict) and len(counter) < MOST:
            counter.update(said.keys())

    def label_of_regions(self, notes: Notes) -> str:
        return self._chosen(list(self.regions), "regions", notes)

    def label_of_files(self, notes: Notes) -> str:
        """Only where no file has regions."""
        names = [name for name in self.files if name not in OF_FILES]
        if self.has_regions:
            for name in names:
                notes.add(Rule.ATTRIBUTE, f"the attribute {name[:60]!r} of files is not taken")
            return ""
        return self._chosen(names, "files", notes)

    def _chosen(self, names: list[str], what: str, notes: Notes) -> str:
        known = named_like_a_label(names)
        chosen = known or next((name for name in names if name in self.options), names[0] if names else "")
        if chosen and chosen.lower() not in NAMES[:2]:
            others = [name for name in names if name != chosen][:5]
            beside = f"; the others are {shown(others)}" if others else ""
            notes.add(Rule.LABEL_FIELD, f"the attribute {chosen[:60]!r} of {what} is taken as the label{beside}")
        return chosen


def named_like_a_label(names: Iterable[str]) -> str:
    """The likeliest; "" where none is."""
    by_name = {name.lower(): name for name in reversed(list(names))}
    return next((by_name[name] for name in NAMES if name in by_name), "")


def regions_of(image: dict[str, Any]) -> list[Any]:
    """VIA 2 has a list of them, VIA 1 an object."""
    regions = image.get("regions")
    if isinstance(regions, dict):
        return list(regions.values())
    return regions if isinstance(regions, list) else []


def texts_in(value: Any) -> list[str]:
    """Of a text, a number, or the options of a checkbox that are set."""
    if isinstance(value, dict):
        return [name for name, is_set in value.items() if is_set is True]
    if isinstance(value, str):
        return [value] if value.strip() else []
    return [shown(value)] if isinstance(value, int | float) else []

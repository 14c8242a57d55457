"""The categories of one COCO file: ids of any kind, in any order, with gaps."""

from collections.abc import Iterable
from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.formats.errors import FormatError
from annotations.formats.json_stream import JsonFile, shown

Key = int | str
"""Of an image or a category: 7, 7.0 and "7" are one."""

LONGEST_KEY, LONGEST_NAME = 200, 300
NO_PARENT = frozenset({"", "none"})


def key_of(said: Any) -> Key | None:
    if isinstance(said, bool):
        return None
    if isinstance(said, str):
        text = said.strip()
        whole = text.isdecimal() and text.isascii() and len(text) < 19
        return int(text) if whole else text[:LONGEST_KEY] or None
    if isinstance(said, float) and said.is_integer():
        return int(said)
    return said if isinstance(said, int) else None


class Categories:
    """`names`: the label of each id. Raises FormatError where the file can't be read or has more than `most`."""

    def __init__(self, file: JsonFile, most: int) -> None:
        self.file, self.findings = file, list[Finding]()
        self.names: dict[Key, str] = {}
        self.parents: dict[Key, str] = {}
        self.carried = set[Key]()
        """Those of annotations that were read so far."""
        for place, said in enumerate(file.items("categories.item")):
            if place >= most:
                raise FormatError(f"lists more than {most} categories", file=file.name)
            self._add(place, said)
        self.group = self._parent_of_all()
        """Roboflow's category 0, which carries nothing."""
        self._tell_of_twins()

    def _parent_of_all(self) -> Key | None:
        name = self.names.get(0)
        others = {parent for key, parent in self.parents.items() if key != 0}
        return 0 if name and self.parents[0] in NO_PARENT and others == {name} else None

    @property
    def labels(self) -> list[str]:
        return [name for key, name in self.names.items() if key != self.group]

    def _add(self, place: int, said: Any) -> None:
        key = key_of(said.get("id")) if isinstance(said, dict) else None
        name = _name_of(said.get("name")) if isinstance(said, dict) else ""
        if key is None or not name:
            self._tell(Rule.UNREADABLE, f"categories[{place}] needs an id and a name: {shown(said)}")
        elif key in self.names:
            taken = self.names[key]
            self._tell(Rule.CONTRADICTION, f"categories[{place}]: id {key} is {taken!r} already; {name!r} is left out")
        else:
            self.names[key], self.parents[key] = name, _name_of(said.get("supercategory"))

    def _tell_of_twins(self) -> None:
        first: dict[str, Key] = {}
        for key, name in self.names.items():
            if key != self.group and first.setdefault(name, key) != key:
                self._tell(Rule.CONTRADICTION, f"categories {first[name]} and {key} are both {name!r}: one label")

    def label_of(self, said: Any) -> str | None:
        """By the id that an annotation names."""
        key = key_of(said)
        if key is None or key not in self.names:
            return None
        self.carried.add(key)
        return self.names[key]

    def tell_of_parents(self) -> None:
        """Once all annotations are read."""
        if self.group in self.carried:
            return None
        if self.group is not None:
            why = f"category 0, {self.names[0]!r}, is only the parent of the others; it is no label"
            return self._tell(Rule.ATTRIBUTE, why)
        parents = {p for key, p in self.parents.items() if p.lower() not in NO_PARENT and p != self.names[key]}
        if parents:
            self._tell(Rule.ATTRIBUTE, f"supercategories are not kept: {shown(sorted(parents))}")
        return None

    def _tell(self, rule: Rule, reason: str) -> None:
        self.findings.append(Finding(rule, self.file.name, reason))


def _name_of(said: Any) -> str:
    is_name = isinstance(said, str | int | float) and not isinstance(said, bool)
    return str(said).strip()[:LONGEST_NAME] if is_name else ""


def labels_of(files: Iterable[Categories]) -> tuple[str, ...]:
    """In the order in which the files name them."""
    return tuple(dict.fromkeys(name for categories in files for name in categories.labels))

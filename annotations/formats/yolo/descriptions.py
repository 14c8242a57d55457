"""What a data set says of itself: the names of its classes, and where each split is.

Ultralytics has a YAML, darknet a `.data` that names a list of names, labelImg and Label Studio a `classes.txt`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import Any

from annotations.dataset.findings import Finding, Rule
from annotations.dataset.records import Split
from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.paths import ending_of
from annotations.formats.splits import split_named
from annotations.formats.texts import text_of
from annotations.formats.yolo import yaml_text

USUAL = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
KEYS = re.compile(rb"^[\"']?(names|nc)[\"']?\s*:", re.MULTILINE)
LISTS_OF_NAMES = (".names", "classes.txt", "_darknet.labels")
HEAD_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Description:
    """`names`: by the number of the class; `splits`: folders and lists of images as the file names them.

    `keypoints`: lines end with points that belong to the box.
    """

    source: str
    names: Mapping[int, str]
    splits: tuple[tuple[Split, str], ...] = ()
    keypoints: bool = False
    findings: tuple[Finding, ...] = field(default=())


def yaml_files(listing: Listing) -> list[str]:
    """Those that describe a data set, the one that counts first."""
    found = [name for name in listing.texts_ending(".yaml", ".yml") if _describes(listing, name)]
    return sorted(found, key=lambda name: (basename(name).lower() not in USUAL, name.count("/"), name))


def _describes(listing: Listing, name: str) -> bool:
    return basename(name).lower() in USUAL or KEYS.search(listing.head(name, HEAD_BYTES)) is not None


def data_files(listing: Listing) -> list[str]:
    return [name for name in listing.texts_ending(".data") if b"=" in listing.head(name, HEAD_BYTES)]


def lists_of_names(listing: Listing) -> list[str]:
    return list(listing.texts_ending(*LISTS_OF_NAMES))


def descriptions(listing: Listing, limits: ReadLimits) -> list[Description]:
    """One that counts for all; else each list of names, which counts for the files around it. Raises FormatError."""
    found = list(_descriptions(listing, limits))
    if large := next((one for one in found if len(one.names) > limits.labels), None):
        raise FormatError(f"lists more than {limits.labels} names", file=large.source)
    return found


def _descriptions(listing: Listing, limits: ReadLimits) -> list[Description]:
    if files := yaml_files(listing):
        return [_from_yaml(listing, files, limits)]
    if files := data_files(listing):
        return [_from_data(listing, files[0], limits)]
    return [Description(name, _listed(listing, name, limits)) for name in lists_of_names(listing)]


def _from_yaml(listing: Listing, files: list[str], limits: ReadLimits) -> Description:
    source = files[0]
    said = yaml_text.load(listing, source)
    if not isinstance(said, dict):
        raise FormatError('expected "names:" with the names of the classes', file=source)
    names, findings = _names(said, source, limits)
    findings += [Finding(Rule.CONTRADICTION, name, f"describes a data set, as {source} does") for name in files[1:]]
    return Description(source, names, tuple(_splits(said)), "kpt_shape" in said, tuple(findings))


def _names(said: Mapping[Any, Any], source: str, limits: ReadLimits) -> tuple[dict[int, str], list[Finding]]:
    count = _whole(said.get("nc"))
    if said.get("names") is None and count is not None:
        names = {number: f"class {number}" for number in range(min(count, limits.labels + 1))}
        return names, [Finding(Rule.NO_NAMES, source, f'gives no names to its {count} classes; called "class 0" etc.')]
    names = _named(said.get("names"), source)
    if count is not None and count != len(names):
        raise FormatError(f"says that there are {count} classes (nc), and names {len(names)}", file=source)
    return names, []


def _named(said: Any, source: str) -> dict[int, str]:
    pairs = dict(enumerate(said)) if isinstance(said, list) else said
    if not isinstance(pairs, dict):
        raise FormatError('expected "names:" with the names of the classes', file=source)
    names: dict[int, str] = {}
    for key, name in pairs.items():
        number = _whole(key)
        if number is None or not isinstance(name, str):
            raise FormatError(f"expected a name for each class number; found {str(key)[:40]!r}", file=source)
        names[number] = name
    return dict(sorted(names.items()))


def _whole(said: Any) -> int | None:
    return int(said) if re.fullmatch(r"\s*\d{1,9}\s*", str(said)) else None


def _splits(said: Mapping[Any, Any]) -> Iterator[tuple[Split, str]]:
    top = said.get("path")
    for key, value in said.items():
        split = split_named(key) if isinstance(key, str) else None
        for path in value if isinstance(value, list) else [value]:
            if split and isinstance(path, str) and path:
                yield split, f"{top}/{path}" if isinstance(top, str) and top and not path.startswith("/") else path


def _from_data(listing: Listing, source: str, limits: ReadLimits) -> Description:
    text, _ = text_of(listing, source, limits.text_bytes)
    said = dict(_setting(line) for line in text.splitlines() if "=" in line)
    lists = lists_of_names(listing)
    named = ending_of(said.get("names", ""), source, frozenset(lists)) or next(iter(lists), "")
    if not named:
        raise FormatError(f"there is no list of names {said.get('names', '')[:100]!r}", file=source)
    names = _listed(listing, named, limits)
    count = _whole(said.get("classes"))
    if count is not None and count != len(names):
        raise FormatError(f"names {len(names)} classes; {source} says that there are {count}", file=named)
    found = [(split, path) for key, path in said.items() if (split := split_named(key)) and path]
    return Description(source, names, tuple(found))


def _setting(line: str) -> tuple[str, str]:
    key, _, value = line.partition("=")
    return key.strip().lower(), value.strip()


def _listed(listing: Listing, source: str, limits: ReadLimits) -> dict[int, str]:
    """One a line; a blank one counts, as the line's number is that of the class."""
    text, _ = text_of(listing, source, limits.text_bytes)
    lines = text.replace("\r\n", "\n").rstrip("\n")
    return dict(enumerate(line.strip() for line in lines.split("\n"))) if lines else {}


class Names:
    """The description that counts for a file: the nearest around it, else the first."""

    def __init__(self, found: list[Description]) -> None:
        self.found = found
        self.by_folder = {dirname(one.source): one for one in reversed(found)}

    def of(self, name: str) -> Description | None:
        if len(self.found) < 2:
            return self.found[0] if self.found else None
        folder = name
        while folder:
            folder = dirname(folder)
            if one := self.by_folder.get(folder):
                return one
        return self.found[0]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.found for name in one.names.values() if name.strip()))

    @property
    def doubles(self) -> Iterator[Finding]:
        for one in self.found:
            twice = [name for name, count in Counter(one.names.values()).items() if count > 1]
            if twice:
                reason = f"{len(twice)} names stand for several classes, {twice[0][:60]!r} is the first; taken as one"
                yield Finding(Rule.CONTRADICTION, one.source, reason)

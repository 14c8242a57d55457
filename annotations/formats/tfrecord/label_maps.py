"""Label maps: `item { id: 1 name: 'cat' display_name: "Cat" }`, in the text form of protocol buffers."""

import re
from collections.abc import Iterable, Iterator

from annotations.dataset.findings import Finding, Rule
from annotations.formats.errors import FormatError
from annotations.formats.layout import ReadLimits, Unreadable
from annotations.formats.listing import Listing
from annotations.formats.placing import LONGEST_LABEL
from annotations.formats.texts import text_of

TOKEN = re.compile(r"""#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}<>]|[\w.+-]+|[:;,\[\]]|\s+|.""", re.DOTALL)
ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
NAMED = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11}

Item = dict[str, str]


class LabelMap:
    """The label maps of a listing, together. `said`: what of them can't be read."""

    def __init__(self, listing: Listing, limits: ReadLimits) -> None:
        self.by_id: dict[int, str] = {}
        self.by_name: dict[str, str] = {}
        self.said: list[Unreadable | Finding] = []
        for name in listing.texts_ending(".pbtxt"):
            try:
                text, told = text_of(listing, name, limits.text_bytes)
                self.said += [told] if told else []
                self._add(name, list(items_of(text)))
            except FormatError as error:
                self.said.append(Unreadable(name, error.reason, error.line))

    @property
    def in_order(self) -> dict[str, None]:
        return dict.fromkeys(self.by_id[number] for number in sorted(self.by_id))

    def label(self, text: str) -> str:
        return self.by_name.get(text, text)

    def _add(self, file: str, items: Iterable[tuple[int, Item]]) -> None:
        for line, item in items:
            name = item.get("name") or item.get("display_name") or ""
            label = (item.get("display_name") or name)[:LONGEST_LABEL]
            number = int(item["id"][:18]) if item.get("id", "").isdecimal() else None
            if number is None or not label:
                self.said.append(Unreadable(file, "an item needs an id and a name", line))
            elif self.by_id.setdefault(number, label) != label:
                reason = f"{number} is {self.by_id[number]!r} and {label!r}"
                self.said.append(Finding(Rule.CONTRADICTION, file, reason, line))
            else:
                self.by_name.setdefault(name, label)


def items_of(text: str) -> Iterator[tuple[int, Item]]:
    """The line and the fields of each item. Raises FormatError."""
    depth, line, begun, key = 0, 1, 0, ""
    item: Item = {}
    for word in TOKEN.findall(text):
        if word in "{<":
            depth += 1
            begun, item, key = (line, {}, "") if depth == 1 else (begun, item, "")
        elif word in "}>":
            depth -= 1
            if depth == 0:
                yield begun, item
        elif word[0] in "\"'":
            if len(word) < 2:
                raise FormatError("a quotation mark that is not closed", line)
            key = _set(item, key, _unescaped(word[1:-1]), depth)
        elif re.match(r"[\w.+-]", word):
            key = _set(item, key, word, depth) if key else word
        line += word.count("\n")
        if depth < 0:
            raise FormatError("a bracket that was not opened", line)
    if depth:
        raise FormatError("a bracket that is not closed", begun)
    if text.strip() and not begun:
        raise FormatError("there is no item in it")


def _set(item: Item, key: str, value: str, depth: int) -> str:
    """The next key: none."""
    if depth == 1 and key:
        item.setdefault(key, value)
    return ""


def _unescaped(text: str) -> str:
    """Escapes are of bytes, as in C."""
    data = ESCAPE.sub(lambda match: chr(_code(match[1])) if _is_code(match[1]) else match[1], text)
    if data == text or not any(0x7F < ord(char) < 0x100 for char in data):
        return data
    try:
        return data.encode("latin-1").decode()
    except ValueError:
        return data


def _is_code(said: str) -> bool:
    return said in NAMED or said[0] in "01234567" or (said[0] == "x" and len(said) > 1)


def _code(said: str) -> int:
    if said in NAMED:
        return NAMED[said]
    return int(said[1:], 16) if said[0] == "x" else int(said, 8) & 0xFF


def written(labels: Iterable[str]) -> bytes:
    """Numbers from 1: TensorFlow keeps 0 for the background."""
    items = (f"item {{\n  id: {number}\n  name: {_quoted(label)}\n}}\n" for number, label in enumerate(labels, 1))
    return "".join(items).encode("utf-8", "replace")


def _quoted(label: str) -> str:
    return '"{}"'.format(label.replace("\\", "\\\\").replace('"', '\\"'))

"""Files of a listing that no reader looked at, by kind."""

import re
from collections.abc import Iterator
from fnmatch import translate
from posixpath import basename, splitext

from annotations.dataset.findings import Finding, Rule
from annotations.formats.listing import Listing

LEFT_BEHIND = (
    *("readme", "readme*.txt", "readme*.md", "readme.rst"),  # of Roboflow, Kaggle, Zenodo
    *("license", "licence", "license*.txt", "licence*.txt", "license.md", "licence.md"),
    "notes.json",  # of Label Studio's export as YOLO: its classes.txt again
    *(".gitkeep", ".gitignore", ".gitattributes"),
    *("desktop.ini", "ehthumbs.db", ".directory", ".localized"),  # of Windows, KDE, macOS; the listing has no others
)
"""Names, in small letters, of files that tools and systems leave everywhere and that carry no annotations."""

IS_LEFT_BEHIND = re.compile("|".join(map(translate, LEFT_BEHIND)))

KINDS, NAMED = 50, 5
"""Told apart, and named of each."""
LONGEST_SUFFIX, LONGEST_NAME = 20, 100
OTHERS = "of other kinds"


def unread_files(listing: Listing) -> Iterator[Finding]:
    """One finding a kind."""
    counts: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for name in listing.unseen:
        if not _is_left_behind(name):
            kind = _kind(name)
            kind = kind if kind in counts or len(counts) < KINDS else OTHERS
            counts[kind] = counts.get(kind, 0) + 1
            names.setdefault(kind, []).extend([name] if counts[kind] <= NAMED else [])
    for kind, count in counts.items():
        yield Finding(Rule.UNREAD, names[kind][0], _reason(kind, count, names[kind]))


def _is_left_behind(name: str) -> bool:
    return IS_LEFT_BEHIND.match(basename(name).lower()) is not None


def _kind(name: str) -> str:
    return splitext(name)[1].lower()[:LONGEST_SUFFIX]


def _reason(kind: str, count: int, names: list[str]) -> str:
    noun, verb = ("file", "is") if count == 1 else ("files", "are")
    what = f"{kind} {noun}" if kind.startswith(".") else f"{noun} {kind or 'without a suffix'}"
    named = ", ".join(name[:LONGEST_NAME] for name in names) + (", …" if count > len(names) else "")
    return f"{count} {what} {verb} not looked at: {named}"

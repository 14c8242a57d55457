"""What a path in a file means, which was written on another machine: the end of it that is here."""

from collections.abc import Collection, Iterator
from posixpath import basename, dirname

from annotations.dataset.records import Split
from annotations.formats.image_names import as_path
from annotations.formats.splits import split_named

DEEPEST = 20


def ending_of(path: str, source: str, known: Collection[str], least: int = 1) -> str | None:
    """The longest end of `path`, of `least` names or more, that is `known` in a folder around `source`, the nearest."""
    names = [name for name in as_path(path).split("/") if name != ".."][-DEEPEST:]
    for first in range(max(1, len(names) - least + 1)):
        end = "/".join(names[first:])
        for folder in folders_around(source):
            if (found := f"{folder}/{end}".strip("/")) in known:
                return found
    return None


def folders_around(name: str) -> Iterator[str]:
    """The nearest first; the last is "", the top."""
    while name.strip("/"):
        name = dirname(name.strip("/"))
        yield name


def split_above(name: str) -> Split | None:
    """The split that a folder around the file is named after, the nearest."""
    return next((split for folder in folders_around(name) if (split := split_named(basename(folder)))), None)


def is_absolute(path: str) -> bool:
    return path.startswith(("/", "\\")) or path[1:2] == ":"


def mirrored(name: str) -> str | None:
    """Where the image of a label file lies: in "images" instead of the last folder "labels"."""
    folders = name.split("/")
    for place in range(len(folders) - 2, -1, -1):
        if folders[place].lower() == "labels":
            return "/".join([*folders[:place], "images", *folders[place + 1 :]])
    return None

"""Which split a file belongs to, by what it and its folders are called."""

import re
from posixpath import basename, dirname

from annotations.dataset.records import Split
from annotations.formats.image_names import as_path
from annotations.formats.splits import split_named


def split_of(name: str) -> Split | None:
    """From a file's name (instances_train2017.json) or the folders that it lies in."""
    words = re.findall(r"[a-z]+", basename(name).lower())
    found = (split_named(word) for word in words)
    return next((split for split in found if split), None) or split_of_folders(name)


def split_of_folders(name: str) -> Split | None:
    """The innermost folder that is named as a split, a year behind it or not."""
    if "/" not in name and "\\" not in name:
        return None
    folders = reversed(dirname(as_path(name)).split("/"))
    found = (split_named(folder.rstrip("0123456789")) for folder in folders)
    return next((split for split in found if split), None)

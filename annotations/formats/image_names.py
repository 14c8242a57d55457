"""What an image is called, by the names that tools give it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename, splitext
from urllib.parse import unquote

OF_ROBOFLOW = re.compile(
    r"(?P<stem>.+)_(?P<suffix>jpg|jpeg|png|bmp|webp|JPG|JPEG|PNG|BMP|WEBP)\.rf\.[0-9A-Za-z]{20,40}\.\w+"
)


LOCAL = re.compile(r".*local-files/?\?(?:.*&)?d=(?P<path>[^&]+).*", re.DOTALL)
"""The address of a file on Label Studio's own disk; its COCO exports have it for a name."""


def original_of(name: str) -> tuple[str, str]:
    """A file's name before Roboflow changed it, and the group of its copies, which is that name; else (`name`, "")."""
    if match := OF_ROBOFLOW.fullmatch(name):
        name = f"{match['stem']}.{match['suffix']}"
        return name, name
    return name, ""


@lru_cache(maxsize=64)  # each is asked for several times in a row
def as_path(name: str) -> str:
    """With "/" between folders, without a drive and what says "here"."""
    path = re.sub(r"^[A-Za-z]:", "", name.strip()).replace("\\", "/").strip("/")
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def variants(name: str) -> Iterator[str]:
    """The path that a name in a file may mean, the likeliest first.

    As it stands, what Label Studio has behind it, without its query, unescaped.
    """
    path = as_path(name)
    yield path
    if local := LOCAL.fullmatch(path):
        yield as_path(unquote(local["path"]))
    if "?" in path:
        yield path.partition("?")[0]
    if (plain := as_path(unquote(path.partition("?")[0]))) != path:
        yield plain


def plain(name: str) -> str:
    """Equal where people and file systems mean the same name: Unicode composed, small letters."""
    return unicodedata.normalize("NFC", name).lower()


def stem(name: str) -> str:
    return splitext(basename(name))[0]


def is_same_name(one: str, other: str) -> bool:
    """Whatever the folders and the suffix."""
    return one == other or any(plain(stem(name)) == plain(stem(other)) for name in variants(one))

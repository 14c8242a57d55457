"""Which image a task of Label Studio means: by an address, of which the project knows only the end."""

import re
from posixpath import dirname, splitext
from typing import Any
from urllib.parse import unquote

from annotations.formats.listing import PICTURES, STRANGE_PICTURES, Listing

UPLOADED = re.compile(r"(?P<folder>(?:.*/)?)[0-9a-f]{8}-(?P<name>[^/]+)", re.DOTALL)
"""Label Studio puts eight digits before the name of each file that is uploaded."""

LOCAL = re.compile(r".*[?&]d=(?P<path>[^&]*)", re.DOTALL)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://[^/]*/", re.IGNORECASE)
SUFFIXES = PICTURES | STRANGE_PICTURES


def address_in(fields: dict[str, Any]) -> str:
    """The field that names the image: "image", else the first that ends like one; "" where there is none."""
    texts = {name: text for name, text in fields.items() if isinstance(text, str) and text.strip()}
    if "image" in texts:
        return texts["image"]
    return next((text for text in texts.values() if _ends_like_an_image(text)), "")


def _ends_like_an_image(text: str) -> bool:
    path = text.partition("?")[0]
    return text.startswith("data:image/") or splitext(path)[1].lower() in SUFFIXES or "local-files/?d=" in text


def names_of(address: str, listing: Listing, source: str) -> tuple[str, ...]:
    """The likeliest first; () where the picture stands in the file itself."""
    if address.startswith("data:"):
        return ()
    names = _local(address) or (SCHEME.sub("", address, count=1),)
    uploaded = UPLOADED.fullmatch(names[0].partition("?")[0])
    if uploaded is None:
        return names
    short = uploaded["folder"] + uploaded["name"]
    is_there = listing.find_image(source, names[:1]) is not None
    return (*names, short) if is_there else (short, *names)


def _local(address: str) -> tuple[str, ...]:
    match = LOCAL.fullmatch(address) if "local-files" in dirname(address.partition("?")[0]) else None
    if match is None:
        return ()
    return tuple(dict.fromkeys((unquote(match["path"]), match["path"])))

"""VIA's JSON: a project, or the bare data of its images."""

from collections.abc import Iterator
from typing import Any

from annotations.formats.errors import FormatError
from annotations.formats.json_stream import JsonFile
from annotations.formats.layout import ReadLimits
from annotations.formats.listing import Listing
from annotations.formats.via.fields import OF_FILES, named_like_a_label

METADATA, ATTRIBUTES = "_via_img_metadata", "_via_attributes"
THIRD = "projects of VIA 3 are not read, only those of VIA 1 and 2"


class ProjectFile:
    """Raises FormatError, here and while images are drawn."""

    def __init__(self, listing: Listing, name: str, limits: ReadLimits) -> None:
        self.file = JsonFile(listing, name, limits.text_bytes)
        events = self.file.head()
        if next(events, ("", "", None))[1] != "start_map":
            raise FormatError("expected an object with images", file=name)
        keys = {value for place, kind, value in events if kind == "map_key" and not place}
        if {"project", "config"} <= keys:
            raise FormatError(THIRD, file=name)
        self.is_project = any(key.startswith("_via_") for key in keys)

    def images(self) -> Iterator[tuple[str, Any]]:
        """Each with where it stands."""
        for key, image in self.file.pairs(METADATA if self.is_project else ""):
            yield f"[{key[:100]!r}]", image

    def attributes(self, kind: str) -> dict[str, list[str]]:
        """Those that the project declares for "region" or "file", with the options of those that have some."""
        if not self.is_project:
            return {}
        declared = next(self.file.items(f"{ATTRIBUTES}.{kind}"), None)
        if not isinstance(declared, dict):
            return {}
        return {name: _options(one) for name, one in declared.items()}


def _options(declared: Any) -> list[str]:
    options = declared.get("options") if isinstance(declared, dict) else None
    return list(options) if isinstance(options, dict) else []


def labels_in(listing: Listing, name: str, limits: ReadLimits) -> list[str]:
    """The options of the attribute that is called like a label. A file that can't be read has none here."""
    if not name.lower().endswith(".json"):
        return []
    try:
        project = ProjectFile(listing, name, limits)
        declared = [project.attributes(kind) for kind in ("region", "file")]
    except FormatError:
        return []
    for attributes in declared:
        if chosen := named_like_a_label(set(attributes) - OF_FILES):
            return [label.strip() for label in attributes[chosen] if label.strip()]
    return []

"""Which of an archive's JSON files are COCO's, by their beginnings."""

import re
from collections.abc import Sequence
from enum import Enum
from posixpath import basename, dirname

from annotations.dataset.findings import Finding, Rule
from annotations.formats.json_stream import beginning
from annotations.formats.listing import Listing

LISTS = frozenset({"images", "annotations", "categories"})
SURE = (
    {"images.item.file_name"},
    {"images.item.coco_url"},
    {"annotations.item.image_id"},
    {"categories.item.id", "categories.item.name"},
)
"""Places of which no other format has all of a set."""
END = ("", "end_map", None)

OTHER_TASKS = re.compile(r"^(person_keypoints|captions|stuff|panoptic|image_info|labels)_", re.IGNORECASE)


NO_IMAGES = "{} has no list of images as COCO has"


class Kind(Enum):
    """The value says why a file is not taken."""

    IMAGES = "images, and what is on them"
    RESULTS = "lists predictions alone, as COCO's result files do; the file that lists their images is needed"
    BROKEN = "its images or annotations are not listed as in COCO"
    NO_JSON = "not readable as JSON"
    OTHER = "something else"


def kind_of(listing: Listing, name: str) -> Kind:
    events = beginning(listing, name)
    if not events:
        return Kind.NO_JSON
    places = {place for place, _, _ in events}
    if events[0][1] == "start_array":
        return Kind.RESULTS if {"item.image_id", "item.category_id"} <= places else Kind.OTHER
    if events[0][1] != "start_map":
        return Kind.NO_JSON
    lists = {place for place, kind, _ in events if kind == "start_array"} & LISTS
    if events[-1] == END and lists == {"categories"}:
        return Kind.OTHER  # as notes.json, which Label Studio lays beside YOLO
    if any(sure <= places for sure in SURE) or lists == LISTS:
        return Kind.IMAGES
    keys = {value for place, kind, value in events if kind == "map_key" and not place}
    return Kind.BROKEN if keys & {"images", "annotations"} else Kind.OTHER


def overshadowed(names: Sequence[str]) -> dict[str, Finding]:
    """Files for another task whose images `instances_…` beside them lists too."""
    there, found = set(names), dict[str, Finding]()
    for name in names:
        first = OTHER_TASKS.sub("instances_", basename(name))
        other = f"{dirname(name)}/{first}".lstrip("/")
        if other != name and other in there:
            found[name] = Finding(Rule.SECOND_FILE, name, f"passed over, as {first} lists the same images")
    return found

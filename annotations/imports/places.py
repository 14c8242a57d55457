"""Where the images of an import lie that are left there: noted while its files are laid, asked while they are read."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from boxwright.storage.places import Place

FILE = "places.json"


def keep_places(folder: Path, places: Mapping[str, Place]) -> None:
    """By the names that a listing has for the files. `folder`: the attempt's own."""
    (folder / FILE).write_text(json.dumps({name: asdict(place) for name, place in places.items()}), encoding="utf-8")


def kept_places(folder: Path) -> dict[str, Place]:
    """Empty where images are copied."""
    path = folder / FILE
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Place(**place) for name, place in found.items()}

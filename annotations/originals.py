"""The files of pictures as others may have them: as they came, or without the place where they were taken.

The original is kept, by us or in the bucket where it was left, and is what training reads. What goes out is made from
it while it is sent: nothing is stored twice, and a project that changes its mind is obeyed at once.
"""

import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from annotations import location
from annotations.imaging import ImageLimits, probe
from annotations.models import Image
from annotations.object_keys import image_key
from boxwright.errors import Conflict
from boxwright.storage import registry
from boxwright.storage.named import Named
from boxwright.storage.places import Place

CHUNK = 2**20
ANY = ImageLimits(max_bytes=2**40, max_pixels=2**40)
"""What is stored was held against the limits of its day."""


def may_go_out(image: Image) -> bool:
    """Whether others may have the file as it came. Looks into the file, once, where nobody has looked yet."""
    if image.project.share_location:
        return True
    if image.has_location is None:
        with _spooled(original_of(image).pieces(CHUNK)) as file:
            image.has_location = _tells(file)
        same = Image.objects.filter(project__team_id=image.project.team_id, sha256=image.sha256)
        same.update(has_location=image.has_location)
    return not image.has_location


def original_of(image: Image) -> Named:
    return originals_of(image.project.team_id, [image.sha256])[image.sha256]


def originals_of(team_id: int, hashes: Iterable[str]) -> dict[str, Named]:
    """By these sha256s, wherever they lie. One query: ask for a batch, and then read in threads."""
    keys = {sha256: image_key(team_id, sha256) for sha256 in hashes}
    places = registry.places_of(keys.values())
    return {sha256: Named(key, sha256, places.get(key)) for sha256, key in keys.items()}


def left_among(team_id: int, hashes: Iterable[str]) -> dict[str, Place]:
    """Where those of these originals lie that are not with us."""
    return {sha256: one.place for sha256, one in originals_of(team_id, hashes).items() if one.place}


def open_without_location(original: Named) -> BinaryIO:
    """The picture's file, or a copy with the same pixels where it tells a place.

    Raises ObjectMissing, ObjectDamaged, SourceAway, Conflict.
    """
    file = _spooled(original.pieces(CHUNK))
    if not _tells(file):
        return file
    with file:
        orientation = probe(file, ANY).orientation
        with location.viewed(file) as data:
            return _spooled(location.without_location(data, orientation))


def _tells(file: BinaryIO) -> bool:
    try:
        return location.file_tells_location(file)
    except location.Unreadable as error:
        raise Conflict(f"This picture can't be sent without its location: the file is damaged: {error}.") from error


def _spooled(pieces: Iterator[bytes]) -> BinaryIO:
    """A file that can be looked into from end to end: in memory while it is small, else on the disk."""
    file: Any = tempfile.SpooledTemporaryFile(location.IN_MEMORY)  # noqa: SIM115 (whoever asked closes it)
    for piece in pieces:
        file.write(piece)
    file.seek(0)
    spooled: BinaryIO = file
    return spooled

"""Pictures on their way into a project: bytes checked and stored first, rows written after, in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from django.db import IntegrityError, transaction

from annotations import counters, imaging
from annotations.decoding import PixelBudget
from annotations.file_names import file_name
from annotations.imaging import DecodedImage, ImageLimits, Probe, Refused, examine
from annotations.models import Image
from annotations.object_keys import image_key, keys_of_image, preview_key, thumbnail_key
from boxwright import limits
from boxwright.parallel import each
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_room
from boxwright.storage import named, registry, store
from boxwright.storage.places import Place
from boxwright.teams.models import User

TRIES = 5
AT_ONCE = 16
"""Files that an import has open at once."""

_budget = PixelBudget(limits.PIXELS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture whose bytes lie in the object store, or were left, and whose row is still to be written."""

    name: str
    sha256: str
    size: int
    probe: Probe
    has_location: bool


def image_limits() -> ImageLimits:
    return ImageLimits(limits.IMAGE_BYTES, limits.IMAGE_PIXELS)


def look_of(file: BinaryIO) -> int:
    """As `imaging.look_of` has it; the file is left at its start. Raises Refused."""
    try:
        return imaging.look_of(file, image_limits(), _budget)
    finally:
        file.seek(0)


def sha256_of(file: BinaryIO) -> str:
    """Of the whole file, which is left at its start."""
    file.seek(0)
    digest = named.sha256_of(file)
    file.seek(0)
    return digest


class New(NamedTuple):
    """A picture on its way in, with a file that nobody else reads. `place`: where its original is left."""

    name: str
    file: BinaryIO
    sha256: str
    place: Place | None = None


def store_images(team_id: int, new: Sequence[New]) -> dict[str, Stored | str]:
    """Announce, look at and store each picture; why not, where one is refused: the collector takes its announcement.

    Several at once, for each waits for disks and lines while others are decoded.
    """
    known = registry.announce(key for one in new for key in keys_of_image(team_id, one.sha256))
    became = dict(zip((one.sha256 for one in new), each(lambda one: _taken(team_id, one, known), new), strict=True))
    _note_places(team_id, [one for one in new if isinstance(became[one.sha256], Stored)], known)
    return became


def _note_places(team_id: int, new: Sequence[New], known: Collection[str]) -> None:
    """Once those that are not left are in the store. One to be left that lies there already stays ours."""
    objects, places = store(), {image_key(team_id, one.sha256): one.place for one in new}
    left = {key: place for key, place in places.items() if place}
    if left:
        registry.leave({key: place for key, place in left.items() if key not in known or not objects.exists(key)})
    registry.bring_home(key for key in places.keys() - left.keys() if key in known)


def _taken(team_id: int, one: New, known: Collection[str]) -> Stored | str:
    try:
        return _put(team_id, one, examine(one.file, image_limits(), _budget), known)
    except Refused as refusal:
        return refusal.reason


def _put(team_id: int, one: New, picture: DecodedImage, known: Collection[str]) -> Stored:
    """Store a picture whose keys are announced, with its copies: what of them the team has not. Asks no database.

    `known`: keys that may lie there already, as a snapshot may have kept the original when the copies went.
    """
    name, file, sha256, place = one
    copies: dict[str, bytes | None] = {thumbnail_key(team_id, sha256): picture.thumbnail}
    copies |= {preview_key(team_id, sha256): picture.preview}
    if place is None:
        copies[image_key(team_id, sha256)] = None
    objects = store()
    for key, copy in copies.items():
        if key in known and objects.exists(key):
            continue
        file.seek(0)
        kind = picture.probe.content_type if key == image_key(team_id, sha256) else "image/jpeg"
        objects.put(key, file if copy is None else copy, kind)
    size = file.seek(0, 2)
    file.seek(0)
    return Stored(file_name(name), sha256, size, picture.probe, picture.has_location)


def known_images(project: Project, digests: Iterable[str]) -> dict[str, Image]:
    """The project's images among these sha256s."""
    return {image.sha256: image for image in Image.objects.filter(project=project, sha256__in=list(digests))}


def add_rows(project: Project, author: User | None, pictures: Sequence[Stored]) -> tuple[list[Image], dict[str, Image]]:
    """Write the rows of pictures that the project has not; answer (created, those that were there by sha256).

    Two uploads of the same bytes at once: the second finds the first's row. Raises Vanished.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                known = known_images(project, (p.sha256 for p in pictures))
                new = {p.sha256: p for p in pictures if p.sha256 not in known}
                sizes = sum(p.size for p in new.values())
                expect_room(project.team_id, images=len(new), size=sizes)
                created = Image.objects.bulk_create([row_of(project, author, p) for p in new.values()], batch_size=200)
                counters.move(project.pk, queues={"unlabelled": len(created)}, size=sizes)
                confirm_images(project.team_id, new)
                return created, known
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return [], {}


def row_of(project: Project, author: User | None, picture: Stored) -> Image:
    return Image(
        project=project,
        sha256=picture.sha256,
        name=picture.name,
        width=picture.probe.width,
        height=picture.probe.height,
        size=picture.size,
        content_type=picture.probe.content_type,
        has_location=picture.has_location,
        uploaded_by=author,
    )


def confirm_images(team_id: int, digests: Iterable[str]) -> None:
    """In the transaction that writes their rows, last. Raises Vanished."""
    registry.confirm(key for sha256 in digests for key in keys_of_image(team_id, sha256))

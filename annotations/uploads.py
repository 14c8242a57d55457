"""Files dropped on a project's page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

from django.db import transaction

from annotations import counters
from annotations.models import Image
from annotations.originals import left_among
from annotations.stored_images import New, Stored, add_rows, known_images, sha256_of, store_images
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_room
from boxwright.teams.models import User


class Sent(Protocol):
    """A file as Django hands it over: in memory when small, else on the disk."""

    @property
    def name(self) -> str | None: ...

    @property
    def file(self) -> Any: ...


class Duplicate(NamedTuple):
    """A file whose bytes the project has already, as `image`."""

    name: str
    image: Image


class Rejected(NamedTuple):
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of each file."""

    created: list[Image] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def add_images(
    *,
    project: Project,
    author: User,
    files: Sequence[Sent],
    beside: Callable[[Sequence[Image]], None] = lambda _created: None,
) -> Answer:
    """Take what is a picture and new, and say of the rest why not. Bytes of what fails are left to the collector.

    `beside` writes what belongs to the new images in their own transaction: where it raises, there are none.
    """
    named = [(file.name or "unnamed", file.file, sha256_of(file.file)) for file in files]
    known = known_images(project, (sha for _, _, sha in named))
    _expect_room(project, {sha: file for _, file, sha in named if sha not in known})
    left = left_among(project.team_id, known)  # their bytes come home
    new = [New(name, file, sha) for name, file, sha in _firsts(named) if sha not in known or sha in left]
    became = store_images(project.team_id, new)
    stored = [one for one in became.values() if isinstance(one, Stored)]
    with transaction.atomic():
        created, meanwhile = add_rows(project, author, stored)
        beside(created)
        if created:
            counters.publish_counts(project.pk)
    first = {image.sha256: image for image in created}
    rejected = [Rejected(name, reason) for name, _, sha in named if isinstance(reason := became.get(sha), str)]
    return Answer(created, list(_duplicates(named, known | meanwhile, first)), rejected)


def _firsts(named: Iterable[tuple[str, BinaryIO, str]]) -> Iterable[tuple[str, BinaryIO, str]]:
    """Each picture once."""
    seen: set[str] = set()
    for one in named:
        if one[2] not in seen:
            yield one
        seen.add(one[2])


def _expect_room(project: Project, new: Mapping[str, BinaryIO]) -> None:
    """Before anything is decoded or stored; it is asked again where the rows are written. Raises OverQuota."""
    size = sum(file.seek(0, 2) for file in new.values())
    with transaction.atomic():
        expect_room(project.team_id, images=len(new), size=size)


def _duplicates(
    named: Iterable[tuple[str, Any, str]], known: dict[str, Image], created: dict[str, Image]
) -> Iterable[Duplicate]:
    """Each file that brought nothing new: the project had it, or the same request brought it before."""
    seen: set[str] = set()
    for name, _, sha in named:
        if sha in known:
            yield Duplicate(name, known[sha])
        elif sha in created and sha in seen:
            yield Duplicate(name, created[sha])
        seen.add(sha)

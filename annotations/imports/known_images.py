"""What an import does to an image that the project has: adds, keeps out of the way, or replaces."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from annotations.dataset.edits import AnnotationContent, Edit
from annotations.labeling.annotation_rows import AnnotationRow, annotation_rows_by_image, content_of
from annotations.models import Image, Import, Revision
from boxwright.projects.models import Project


class KnownImage(NamedTuple):
    """An `Image` of the project, as far as an import reads and changes it; an instance of each takes too long."""

    pk: int
    sha256: str
    name: str
    content_type: str
    width: int
    height: int
    queue: str
    split: str
    group: str
    revision: int
    annotation_count: int
    skip_reason: str
    project: Project


@dataclass(frozen=True, slots=True)
class Held:
    """What an image carries, with the ids that people have deleted on it."""

    image: KnownImage
    annotations: Sequence[AnnotationRow]
    deleted: frozenset[uuid.UUID]


def known_images(job: Import, hashes: Collection[str]) -> list[KnownImage]:
    rows = Image.objects.filter(project=job.project_id, sha256__in=hashes).values_list(*KnownImage._fields[:-1])
    return [KnownImage._make((*row, job.project)) for row in rows]


def held_images(images: Iterable[KnownImage]) -> dict[str, Held]:
    """By their hashes."""
    by_id = {image.pk: image for image in images}
    annotations = annotation_rows_by_image(by_id)
    deleted: defaultdict[int, set[uuid.UUID]] = defaultdict(set)
    told = Revision.objects.filter(image__in=[pk for pk, image in by_id.items() if image.revision]).exclude(deleted=[])
    for pk, ids in told.values_list("image_id", "deleted"):
        deleted[pk].update(map(uuid.UUID, ids))
    return {
        image.sha256: Held(image, annotations.get(pk, ()), frozenset(deleted.get(pk, ())))
        for pk, image in by_id.items()
    }


def edit_of(on_known: str, held: Held, contents: Sequence[AnnotationContent]) -> tuple[Edit, int]:
    """The edit, and how many of `contents` are there already. `on_known` as in `options.ON_KNOWN`."""
    if on_known == "replace":
        return _replaced(held, contents)
    had = {a.id for a in held.annotations} | held.deleted
    new = tuple(content for content in contents if content.id not in had)
    if on_known == "keep" and held.annotations:
        return Edit(), len(contents) - len(new)
    return Edit(new), len(contents) - len(new)


def _replaced(held: Held, contents: Sequence[AnnotationContent]) -> tuple[Edit, int]:
    """Theirs instead of ours; those that say the same stay as they are."""
    ours: defaultdict[Any, list[uuid.UUID]] = defaultdict(list)
    for annotation in held.annotations:
        ours[_said(content_of(annotation))].append(annotation.id)
    new = [content for content in contents if not (ours[_said(content)] and ours[_said(content)].pop())]
    taken = {content.id for content in new}
    gone = [id_ for ids in ours.values() for id_ in ids if id_ not in taken]
    stays = {a.id for a in held.annotations} - set(gone) - {id_ for ids in ours.values() for id_ in ids}
    new = [replace(one, id=uuid.uuid5(one.id, "beside")) if one.id in stays else one for one in new]
    return Edit(tuple(new), tuple(sorted(gone))), len(contents) - len(new)


def _said(content: AnnotationContent) -> Any:
    return content.label, content.box, content.score, tuple(sorted((content.attributes or {}).items()))

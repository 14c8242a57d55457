"""What an import does to an image that the project has: adds, keeps out of the way, or replaces."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from annotations.dataset.edits import AnnotationContent, Edit
from annotations.labeling.annotation_rows import annotation_rows_by_image, content_of
from annotations.labeling.revising import State
from annotations.models import Image, Import, Revision


@dataclass(frozen=True, slots=True)
class Held:
    """An image of the project, with the ids that people have deleted on it."""

    state: State
    deleted: frozenset[uuid.UUID]


def states_of(job: Import, images: Iterable[Image]) -> dict[str, Held]:
    """By their hashes."""
    by_id = {image.pk: image for image in images}
    annotations = annotation_rows_by_image(by_id)
    deleted: defaultdict[int, set[uuid.UUID]] = defaultdict(set)
    told = Revision.objects.filter(image__in=[pk for pk, image in by_id.items() if image.revision]).exclude(deleted=[])
    for pk, ids in told.values_list("image_id", "deleted"):
        deleted[pk].update(map(uuid.UUID, ids))
    for image in by_id.values():
        image.project = job.project
    return {
        image.sha256: Held(State(image, annotations.get(pk, [])), frozenset(deleted[pk])) for pk, image in by_id.items()
    }


def edit_of(
    on_known: str, state: State, deleted: AbstractSet[uuid.UUID], contents: Sequence[AnnotationContent]
) -> tuple[Edit, int]:
    """The edit, and how many of `contents` are there already. `on_known` as in `options.ON_KNOWN`."""
    if on_known == "replace":
        return _replaced(state, contents)
    had = {a.id for a in state.annotations} | deleted
    new = tuple(content for content in contents if content.id not in had)
    if on_known == "keep" and state.annotations:
        return Edit(), len(contents) - len(new)
    return Edit(new), len(contents) - len(new)


def _replaced(state: State, contents: Sequence[AnnotationContent]) -> tuple[Edit, int]:
    """Theirs instead of ours; those that say the same stay as they are."""
    ours: defaultdict[Any, list[uuid.UUID]] = defaultdict(list)
    for annotation in state.annotations:
        ours[_said(content_of(annotation))].append(annotation.id)
    new = [content for content in contents if not (ours[_said(content)] and ours[_said(content)].pop())]
    taken = {content.id for content in new}
    gone = [id_ for ids in ours.values() for id_ in ids if id_ not in taken]
    stays = {a.id for a in state.annotations} - set(gone) - {id_ for ids in ours.values() for id_ in ids}
    new = [replace(one, id=uuid.uuid5(one.id, "beside")) if one.id in stays else one for one in new]
    return Edit(tuple(new), tuple(sorted(gone))), len(contents) - len(new)


def _said(content: AnnotationContent) -> Any:
    return content.label, content.box, content.score, tuple(sorted((content.attributes or {}).items()))

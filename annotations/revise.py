"""Writing one revision of an image: rows, history and counters, all or nothing."""

import copy
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from annotations import counters
from annotations.dataset.edits import SIDES, Draft, Edit
from annotations.history import to_row
from annotations.models import Annotation, Image, Revision
from annotations.queries import annotations_of
from annotations.queue import LEASE
from annotations.shapes import state_shape
from boxwright import events, limits
from boxwright.errors import Invalid, NotFound
from boxwright.teams.models import User


class Overtaken(Exception):
    """Another save of this image came first; everything is rolled back and read again."""


@dataclass(frozen=True, slots=True)
class State:
    """An image and its annotations at `image.revision`."""

    image: Image
    annotations: Sequence[Annotation]

    @property
    def shape(self) -> dict[str, Any]:
        return state_shape(self.image, self.annotations)


def current_state(image_id: int) -> State:
    image = Image.objects.select_related("project", "claimed_by").filter(pk=image_id).first()
    if image is None:
        raise NotFound("There is no such image.")
    return State(image, list(annotations_of(image)))


def revise(
    state: State, author: User | None, edit: Edit, queue: str, labels: Mapping[int, str], *, quiet: bool = False
) -> State:
    """Write one revision and move the counters; an edit that changes nothing writes nothing.

    Runs inside the caller's transaction. Raises Overtaken when another save came first: roll back and read again.
    `quiet` leaves telling the watchers to the caller.
    """
    before = {a.pk: a for a in state.annotations}
    after = _after(state.image, before, edit, author)
    moved_to = queue or _queue_after(state.image.queue, len(before), len(after))
    if not edit.touched and moved_to == state.image.queue:
        return state
    _check(state.image, before, after, edit)
    image = _advance(state.image, author, moved_to, len(after))
    _write(image, before, after, edit)
    _record(image, author, edit, labels)
    counters.move(
        image.project_id,
        queues=counters.queue_move(state.image.queue, image.queue),
        labels=counters.label_moves(_by_label(before), _by_label(after)),
    )
    if not quiet:
        publish_image(image, author)
        counters.publish_counts(image.project_id)
    return State(image, sorted(after.values(), key=lambda a: a.pk))


def publish_image(image: Image, author: User | None) -> None:
    news = {"id": image.pk, "queue": image.queue, "revision": image.revision, "by": author and author.pk}
    events.publish(image.project_id, "image", {**news, "annotation_count": image.annotation_count})


def _queue_after(queue: str, before: int, after: int) -> str:
    """An image moves by itself: the first annotation labels it, taking the last one away unlabels it."""
    if after and not before and queue in {"unlabelled", "skipped"}:
        return "labelled"
    if before and not after and queue == "labelled":
        return "unlabelled"
    return queue


def _after(
    image: Image, before: Mapping[uuid.UUID, Annotation], edit: Edit, author: User | None
) -> dict[uuid.UUID, Annotation]:
    gone, now = set(edit.delete), timezone.now()
    after = {pk: a for pk, a in before.items() if pk not in gone}
    for draft in edit.upsert:
        after[draft.id] = _annotation(image, draft, before.get(draft.id), author, now)
    return after


def _annotation(image: Image, draft: Draft, held: Annotation | None, author: User | None, now: datetime) -> Annotation:
    sides = {side: getattr(draft.box, side) for side in SIDES} if draft.box else {}
    first = {"created_by": held.created_by, "created_at": held.created_at} if held else {"created_by": author}
    return Annotation(
        id=draft.id,
        image=image,
        label_id=draft.label,
        source=draft.source or "human",
        score=draft.score,
        revision=image.revision + 1,
        updated_at=now,
        **sides,
        **first,
    )


def _check(
    image: Image, before: Mapping[uuid.UUID, Annotation], after: Mapping[uuid.UUID, Annotation], edit: Edit
) -> None:
    new = [draft.id for draft in edit.upsert if draft.id not in before]
    if len(after) > limits.BOXES_AN_IMAGE:
        raise Invalid("Too many annotations.", {"upsert": f"at most {limits.BOXES_AN_IMAGE} an image"})
    if image.project.task == "classification" and len(after) > 1:
        raise Invalid("One label an image.", {"upsert": "this image has a label; change that one or delete it"})
    taken = set(Annotation.objects.filter(pk__in=new).values_list("pk", flat=True)) if new else set()
    if taken:
        raise Invalid("Ids are in use on another image.", {"upsert": ", ".join(sorted(map(str, taken))[:5])})


def _advance(image: Image, author: User | None, queue: str, count: int) -> Image:
    """The image one revision on, if nobody was there first. Whoever saves keeps the claim."""
    changes: dict[str, Any] = {"revision": image.revision + 1, "queue": queue, "annotation_count": count}
    if author and image.claimed_by_id == author.pk:
        changes["claim_expires_at"] = timezone.now() + LEASE
    if not Image.objects.filter(pk=image.pk, revision=image.revision).update(**changes):
        raise Overtaken
    advanced = copy.copy(image)
    for name, value in changes.items():
        setattr(advanced, name, value)
    return advanced


def _write(
    image: Image, before: Mapping[uuid.UUID, Annotation], after: Mapping[uuid.UUID, Annotation], edit: Edit
) -> None:
    gone = [id_ for id_ in edit.delete if id_ in before]
    if gone:
        Annotation.objects.filter(image=image, pk__in=gone).delete()
    new = [after[draft.id] for draft in edit.upsert if draft.id not in before]
    Annotation.objects.bulk_create(new, batch_size=500)
    changed = [after[draft.id] for draft in edit.upsert if draft.id in before]
    if changed:
        columns = ["label", *SIDES, "source", "score", "revision", "updated_at"]
        Annotation.objects.bulk_update(changed, columns, batch_size=50)


def _record(image: Image, author: User | None, edit: Edit, labels: Mapping[int, str]) -> None:
    Revision.objects.create(
        image=image,
        number=image.revision,
        author=author,
        upserted=[to_row(draft, labels[draft.label]) for draft in edit.upsert],
        deleted=[str(id_) for id_ in edit.delete],
        queue=image.queue,
    )


def _by_label(annotations: Mapping[uuid.UUID, Annotation]) -> Counter[int]:
    return Counter(a.label_id for a in annotations.values())

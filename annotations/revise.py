"""Writing one revision of an image: rows, history and counters, all or nothing.

Whoever revises holds the image's row from before the first look at it: saves of one image are merged in turn.
"""

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from annotations import counters
from annotations.counters import Tally
from annotations.dataset.edits import SIDES, Draft, Edit
from annotations.history import to_row
from annotations.models import Annotation, Image, Revision
from annotations.queries import annotations_of
from annotations.queue import lease_end
from annotations.shapes import state_shape
from annotations.upserts import upsert
from boxwright import events, limits
from boxwright.errors import Invalid, NotFound
from boxwright.teams.models import User


@dataclass(frozen=True, slots=True)
class State:
    """An image and its annotations at `image.revision`."""

    image: Image
    annotations: Sequence[Annotation]

    @property
    def shape(self) -> dict[str, Any]:
        return state_shape(self.image, self.annotations)


def locked_images() -> QuerySet[Image]:
    """Images whose rows stay the caller's until its transaction ends; lock many in the order of their ids."""
    return Image.objects.select_for_update(of=("self",)).select_related("project", "claimed_by").order_by("pk")


def locked_state(seen: State) -> State:
    """The image as the last save left it, and as it stays until the caller's transaction ends.

    `seen` was read before, while others could write; nothing is read twice where nobody did.
    """
    image = locked_images().filter(pk=seen.image.pk).first()
    if image is None:
        raise NotFound("There is no such image.")
    return State(image, seen.annotations) if image.revision == seen.image.revision else state_of(image)


def state_of(image: Image) -> State:
    """Its annotations now; they are those of `image.revision` if that is still the image's."""
    return State(image, list(annotations_of(image)))


def commit(state: State, author: User | None, edit: Edit, queue: str, labels: Mapping[int, str]) -> State:
    """One revision of one image with its counters, told to who watches. Raises LabelGone."""
    tally = Tally()
    after = revise(state, author, edit, queue, labels, tally)
    if after is not state:
        tally.move(after.image.project_id)
        publish_image(after.image, author)
        counters.publish_counts(after.image.project_id)
    return after


def revise(state: State, author: User | None, edit: Edit, queue: str, labels: Mapping[int, str], tally: Tally) -> State:
    """Write one revision and add what it changes to the tally; an edit that changes nothing writes nothing.

    Inside the transaction that locked the image; the caller moves the counters when all images are written.
    """
    before = {a.id: a for a in state.annotations}
    now = timezone.now()
    after = _after(state.image, before, edit, author, now)
    moved_to = queue or _queue_after(state.image.queue, len(before), len(after))
    if not edit.touched and moved_to == state.image.queue:
        return state
    _check(state.image, len(after))
    image = _advance(state.image, author, moved_to, len(after))
    _write(image, before, after, edit, now)
    _record(image, author, edit, labels)
    tally.queues.update({image.queue: 1})
    tally.queues.subtract({state.image.queue: 1})
    tally.labels.update(a.label_id for a in after.values())
    tally.labels.subtract(a.label_id for a in before.values())
    return State(image, sorted(after.values(), key=lambda a: a.id))


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
    image: Image, before: Mapping[uuid.UUID, Annotation], edit: Edit, author: User | None, now: datetime
) -> dict[uuid.UUID, Annotation]:
    gone = set(edit.delete)
    after = {id_: a for id_, a in before.items() if id_ not in gone}
    for draft in edit.upsert:
        after[draft.id] = _annotation(image, draft, before.get(draft.id), author, now)
    return after


def _annotation(image: Image, draft: Draft, held: Annotation | None, author: User | None, now: datetime) -> Annotation:
    sides = {side: getattr(draft.box, side) for side in SIDES} if draft.box else {}
    first = {"created_by": held.created_by if held else author, "created_at": held.created_at if held else now}
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


def _check(image: Image, count: int) -> None:
    if count > limits.BOXES_AN_IMAGE:
        raise Invalid("Too many annotations.", {"upsert": f"at most {limits.BOXES_AN_IMAGE} an image"})
    if image.project.task == "classification" and count > 1:
        raise Invalid("One label an image.", {"upsert": "this image has a label; change that one or delete it"})


def _advance(image: Image, author: User | None, queue: str, count: int) -> Image:
    """The image one revision on. Whoever saves keeps the claim."""
    advanced = copy.copy(image)
    advanced.revision, advanced.queue, advanced.annotation_count = image.revision + 1, queue, count
    claim = {"claim_expires_at": lease_end()} if author and image.claimed_by_id == author.pk else {}
    Image.objects.filter(pk=image.pk).update(revision=advanced.revision, queue=queue, annotation_count=count, **claim)
    return advanced


def _write(
    image: Image,
    before: Mapping[uuid.UUID, Annotation],
    after: Mapping[uuid.UUID, Annotation],
    edit: Edit,
    now: datetime,
) -> None:
    gone = [id_ for id_ in edit.delete if id_ in before]
    if gone:
        Annotation.objects.filter(image=image, id__in=gone).delete()
    upsert(image, [after[draft.id] for draft in edit.upsert], now)


def _record(image: Image, author: User | None, edit: Edit, labels: Mapping[int, str]) -> None:
    Revision.objects.create(
        image=image,
        number=image.revision,
        author=author,
        upserted=[to_row(draft, labels[draft.label]) for draft in edit.upsert],
        deleted=[str(id_) for id_ in edit.delete],
        queue=image.queue,
    )

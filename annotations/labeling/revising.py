"""Writing one revision of an image: rows, history and counters, all or nothing.

What is written is worked out first, without a lock, and written under the image's, if nobody else wrote meanwhile.
"""

import copy
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Protocol

from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone

from annotations import counters
from annotations.counters import Tally
from annotations.dataset.edits import Edit
from annotations.labeling.annotation_rows import AnnotationRow, Upserts, annotation_rows_of, to_row
from annotations.models import Annotation, Image, Revision
from annotations.queue import lease_end, renewed_end
from annotations.queue_moves import expect_move, queue_after
from boxwright import limits
from boxwright.errors import Invalid, NotFound
from boxwright.events.kinds import announce_all, announce_each
from boxwright.projects.models import Project
from boxwright.statements import Change, Insert, Rows, Update
from boxwright.teams.models import Role, User

revised = Signal()
"""Sent with the ids of `project` and `images`, in the transaction that revised them; of images alone for which a model
suggested something (`uncertainty` above 0), so that the others pay nothing."""


@dataclass(frozen=True, slots=True)
class State:
    """An image and its annotations at `image.revision`."""

    image: Image
    annotations: Sequence[AnnotationRow]


def locked_images() -> QuerySet[Image]:
    """Images whose rows stay the caller's until its transaction ends; lock many in the order of their ids."""
    return Image.objects.select_for_update(of=("self",)).select_related("project", "claimed_by").order_by("pk")


def locked_image(pk: int) -> Image:
    image = _locked.first(pk)
    if image is None:
        raise NotFound("There is no such image.")
    return image


@Rows
def _locked(pk: int) -> QuerySet[Image, Image]:
    return locked_images().filter(pk=pk)


def state_of(image: Image) -> State:
    """Its annotations now; they are those of `image.revision` if that is still the image's."""
    return State(image, annotation_rows_of(image))


class Revisable(Protocol):
    """What a plan needs to know of an image."""

    @property
    def pk(self) -> int: ...
    @property
    def revision(self) -> int: ...
    @property
    def queue(self) -> str: ...
    @property
    def skip_reason(self) -> str: ...
    @property
    def project(self) -> Project: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """The next revision, worked out: nothing is left but to write it. `upserted`, `deleted` as its row keeps them."""

    before: Sequence[AnnotationRow]
    after: Sequence[AnnotationRow]
    upserts: Upserts
    number: int
    author: User | None
    queue: str
    skip_reason: str
    upserted: Sequence[Mapping[str, Any]]
    deleted: Sequence[str]
    is_draft: bool
    restored: int | None

    @property
    def gone(self) -> list[uuid.UUID]:
        return list({a.id for a in self.before} - {a.id for a in self.after})


def planned(
    image: Revisable,
    annotations: Sequence[AnnotationRow],
    author: User | None,
    edit: Edit,
    queue: str,
    labels: Mapping[int, str],
    role: str = Role.ANNOTATOR,
    skip_reason: str | None = None,
    *,
    is_draft: bool = False,
    restored: int | None = None,
) -> Plan | None:
    """None for an edit that changes nothing. Needs no lock; holds as long as the image has the revision it had.

    Without a `skip_reason` the image keeps the one it has; only a skipped image has one.

    Raises NoSuchMove and MoveNotAllowed where `role` may not move the image to `queue`.
    """
    held = {a.id: a for a in annotations}
    now = timezone.now()
    after = _after(image, held, edit, author, now)
    moved_to = queue_after(image.queue, len(held), len(after), is_draft=is_draft)
    if queue:
        expect_move(moved_to, queue, role)
        moved_to = queue
    reason = "" if moved_to != "skipped" else image.skip_reason if skip_reason is None else skip_reason
    if not (edit.upsert or edit.delete) and (moved_to, reason) == (image.queue, image.skip_reason):
        return None
    _check(image, len(after))
    upserted = [after[content.id] for content in edit.upsert]
    return Plan(
        before=annotations,
        after=sorted(after.values(), key=attrgetter("id")),
        upserts=Upserts(image.pk, upserted, now),
        number=image.revision + 1,
        author=author,
        queue=moved_to,
        skip_reason=reason,
        upserted=[to_row(row, labels[row.label_id]) for row in upserted],
        deleted=[str(id_) for id_ in edit.delete],
        is_draft=is_draft,
        restored=restored,
    )


def commit(plan: Plan, image: Image) -> State:
    """Write the plan on its locked image, with the counters, and tell who watches. Raises LabelGone."""
    tally = Tally()
    after = write(plan, image, tally)
    send_revised([image])
    counts = tally.move(image.project_id) or counters.counts_now(image.project_id)
    announce_each(image.project_id, [("image", _news(after.image, plan.author)), ("counts", counts)])
    return after


def write(plan: Plan, image: Image, tally: Tally) -> State:
    """The same without counters and signal: what moves is added to the tally, and the caller moves it, and tells, with
    other images.

    Inside the transaction that locked the image.
    """
    advanced = _advance(image, plan)
    if gone := plan.gone:
        Annotation.objects.filter(image=image, id__in=gone).delete()
    plan.upserts.write()
    said = {name: getattr(plan, name) for name in ("upserted", "deleted", "queue", "skip_reason", "restored")}
    _insert_revision(image=image, number=plan.number, author=plan.author, **said)
    tally.queues.update({advanced.queue: 1})
    tally.queues.subtract({image.queue: 1})
    tally.labels.update(a.label_id for a in plan.after)
    tally.labels.subtract(a.label_id for a in plan.before)
    return State(advanced, plan.after)


_insert_revision = Insert(Revision)


def send_revised(images: Sequence[Image]) -> None:
    """Of one project; before the counters move, which whoever listens may wait for."""
    if suggested := [image.pk for image in images if image.uncertainty]:
        revised.send(sender=Image, project=images[0].project_id, images=suggested)


def publish_images(images: Sequence[Image], author: User | None) -> None:
    """Of one project."""
    if images:
        announce_all(images[0].project_id, "image", [_news(image, author) for image in images])


def _news(image: Image, author: User | None) -> dict[str, Any]:
    news = {"id": image.pk, "queue": image.queue, "revision": image.revision, "by": author}
    more = {"annotation_count": image.annotation_count, "skip_reason": image.skip_reason}
    return {**news, **more, "drafted_by": image.drafted_by}


Sides = tuple[float | None, float | None, float | None, float | None]


def _after(
    image: Revisable, before: Mapping[uuid.UUID, AnnotationRow], edit: Edit, author: User | None, now: datetime
) -> dict[uuid.UUID, AnnotationRow]:
    after = dict(before)
    for id_ in edit.delete:
        after.pop(id_, None)
    mine = (now, author.pk if author else None, author.name if author else None)
    for content in edit.upsert:
        held, box = before.get(content.id), content.box
        made_at, maker, name = (held.created_at, held.created_by_id, held.created_by_name) if held else mine
        sides: Sides = (box.x_min, box.y_min, box.x_max, box.y_max) if box else (None, None, None, None)
        source, number = content.source or "human", image.revision + 1
        kept = (held.attributes if held else {}) if content.attributes is None else content.attributes
        after[content.id] = AnnotationRow(
            content.id, content.label, *sides, source, content.score, kept, number, now, made_at, maker, name
        )
    return after


def _check(image: Revisable, count: int) -> None:
    if count > limits.BOXES_AN_IMAGE:
        raise Invalid("Too many annotations.", {"upsert": f"at most {limits.BOXES_AN_IMAGE} an image"})
    if image.project.task == "classification" and count > 1:
        raise Invalid("One label an image.", {"upsert": "this image has a label; change that one or delete it"})


def _advance(image: Image, plan: Plan) -> Image:
    """The image one revision on. Whoever saves keeps the claim, for hours only until the image leaves its queue."""
    advanced, author = copy.copy(image), plan.author.pk if plan.author else None
    advanced.revision, advanced.queue, advanced.skip_reason = plan.number, plan.queue, plan.skip_reason
    advanced.annotation_count, advanced.drafted_by = len(plan.after), _drafter(image, plan)
    holds, drafter = author is not None and image.claimed_by_id == author, advanced.drafted_by
    ends = (renewed_end if plan.queue == image.queue else lease_end) if holds else None
    values = (image.pk, plan.number, plan.queue, len(plan.after), plan.skip_reason)
    _write_advanced(ends, is_draft=drafter is not None)(*values, *([drafter.pk] if drafter else []))
    return advanced


@cache
def _write_advanced(claim_end: Callable[[], Any] | None, *, is_draft: bool) -> Update:  # noqa: ARG001 - each has a statement
    """A draft's has one value more."""

    def build(pk: int, number: int, queue: str, count: int, reason: str, drafter: int | None = None) -> Change:
        changes = {"revision": number, "queue": queue, "annotation_count": count, "skip_reason": reason}
        ends = {"claim_expires_at": claim_end()} if claim_end else {}
        return Image.objects.filter(pk=pk), {**changes, "drafted_by": drafter, **ends}

    return Update(build)


def _drafter(image: Image, plan: Plan) -> User | None:
    """Whose unfinished boxes the image has now: those of the person who drew last."""
    if plan.queue != "unlabelled" or not plan.after:
        return None
    return plan.author if plan.is_draft else image.drafted_by

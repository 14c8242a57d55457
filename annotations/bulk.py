"""One deed on many images: moved, labelled, assigned, deleted, restored, or taken back again.

A bulk change is a job whose items are rows. A part of them is worked on in one transaction with their states, so that
whoever takes over goes on where the last one stood, and nothing is done twice. Few images are worked on while their
person waits, by the same code.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Now

from annotations import counters, trash
from annotations.bulk_rows import insert_rows
from annotations.counters import LabelGone, Tally
from annotations.dataset.edits import AnnotationContent, Edit
from annotations.labeling.annotation_rows import annotation_rows_by_image, content_of
from annotations.labeling.revising import State, locked_images, planned, publish_images, send_revised, write
from annotations.labeling.saving import Asked, Move, going_back
from annotations.models import BulkChange, BulkItem, Image, Revision
from annotations.queries import known_queue
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.errors import Conflict, DomainError, Invalid
from boxwright.events.kinds import announce
from boxwright.jobs import OPEN, PROGRESS, Beat, UserFault
from boxwright.jobs.attempt import attempt
from boxwright.projects.labels import LabelBook, label_book
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_slot
from boxwright.teams import audit
from boxwright.teams.models import Membership, Role, User
from boxwright.teams.queries import is_at_least, membership_of

Deed, State_ = BulkChange.Deed, BulkItem.State
PART = 25
"""Images in one transaction: people's saves wait for its end, some 50 ms."""
AT_ONCE = 100
"""So many are worked on while their person waits."""
REASONS = 5
BACK = {
    Deed.DELETE: Deed.RESTORE,
    Deed.RESTORE: Deed.DELETE,
    Deed.ASSIGN: Deed.ASSIGN,
    Deed.GIVE_BACK: Deed.GIVE_BACK,
}
AUDITED = {
    Deed.DELETE: "deleted images",
    Deed.RESTORE: "restored images",
    Deed.DELETE_FOR_GOOD: "deleted images for good",
}


Named = tuple[int, int, int]
"""An image's id, and its revisions before and after the change that is taken back."""


def change_images(
    *, project: Project, author: User, deed: str, images: Iterable[int], asked: Mapping[str, Any] | None = None
) -> BulkChange:
    """Begin a change of these images, and end it where they are few. Raises Invalid, OverQuota."""
    _expect_known(project, asked or {})
    named = sorted(set(images))
    with transaction.atomic():
        made = _written(project, author, deed, [(pk, 0, 0) for pk in named], asked=dict(asked or {}))
    return _worked_on(made)


def undo(*, change: BulkChange, author: User) -> BulkChange:
    """Take back what a change did, but for images that somebody changed since.

    Raises Conflict where that can't be: once only, after its end, and never from the dead.
    """
    if change.deed == Deed.DELETE_FOR_GOOD:
        raise Conflict("What is deleted for good can't be restored.")
    with transaction.atomic():
        held = BulkChange.objects.select_for_update().get(pk=change.pk)
        if held.finished_at is None:
            raise Conflict("It has not ended yet.")
        if BulkChange.objects.filter(undoes=held).exists():
            raise Conflict("It was taken back already.")
        done = held.items.filter(state=State_.DONE).order_by("image_id").values_list("image_id", "before", "after")
        deed = BACK.get(Deed(held.deed), Deed.UNDO)
        made = _written(change.project, author, deed, list(done), undoes=held)
    return _worked_on(made)


def reasons_of(change: BulkChange) -> list[dict[str, Any]]:
    """Why images were refused, the most frequent reason first."""
    refused = change.items.filter(state=State_.REFUSED).values("reason").annotate(count=Count("*"))
    rows = refused.order_by("-count", "reason")[:REASONS] if change.refused_count else ()
    return [dict(row) for row in rows]


def _expect_known(project: Project, asked: Mapping[str, Any]) -> None:
    if "queue" in asked:
        known_queue(asked["queue"])
    if asked.get("person") is not None and not _labellers(project).filter(user=asked["person"]).exists():
        raise Invalid("They may not label here.", {"person": "expected the id of somebody who may label in this team"})
    book = label_book(project.pk)
    for name in ("label", "from_label"):
        if asked.get(name) is not None and asked[name] not in book.today:
            raise Invalid("There is no such label.", {name: "expected the id of a label of this project"})


def _written(
    project: Project, author: User, deed: str, rows: Sequence[tuple[int, int, int]], **more: Any
) -> BulkChange:
    if not rows:
        raise Invalid("No image was named.", {"images": "expected one or more"})
    if len(rows) > limits.BULK_IMAGES:
        raise Invalid("Too many images.", {"images": f"at most {limits.BULK_IMAGES}"})
    if len(rows) > AT_ONCE:
        expect_slot(project.team_id)
    change = BulkChange.objects.create(project=project, deed=deed, total=len(rows), created_by=author, **more)
    columns = ("change_id", "image_id", "state", "reason", '"before"', '"after"')
    items = [(change.pk, pk, State_.WAITING.value, "", before, after) for pk, before, after in rows]
    insert_rows(BulkItem._meta.db_table, columns, items)
    if deed in AUDITED:
        audit.record(project.team, AUDITED[Deed(deed)], f"{len(rows)} images", project=project.name)
    if len(rows) > AT_ONCE:
        change.send()
    return change


def _worked_on(change: BulkChange) -> BulkChange:
    if change.total <= AT_ONCE:
        attempt(BulkChange, change.pk)  # a reaper finds it if this process dies now
        change.refresh_from_db()
    return change


def run_bulk_change(change: BulkChange, beat: Beat) -> None:
    """Part by part; asks anew for each who the author is by now."""
    while _work_on_part(change, beat):
        beat.check()


def _work_on_part(change: BulkChange, beat: Beat) -> bool:
    """A label that went meanwhile is looked for once more. False: nothing waits any more."""
    try:
        return _write_part(change, beat)
    except LabelGone:
        return _write_part(change, beat)


def _write_part(change: BulkChange, beat: Beat) -> bool:
    with write_in_turn():
        part = list(change.items.filter(state=State_.WAITING).order_by("image_id")[:PART])
        if not part:
            return False
        author, role = _author(change)
        refused = WORK[Deed(change.deed)](change, part, author, role)
        for item in part:
            item.reason = refused.get(item.image_id, "")[:300]
            item.state = State_.REFUSED if item.reason else State_.DONE
        BulkItem.objects.bulk_update(part, ["state", "reason", "before", "after"])
        done = len(part) - len(refused)
        beat.write(done_count=F("done_count") + done, refused_count=F("refused_count") + len(refused), **PROGRESS)
        return True


def _author(change: BulkChange) -> tuple[User, str]:
    """Raises UserFault where they have left the team since."""
    author = change.created_by
    membership = membership_of(author, change.project.team) if author else None
    if author is None or membership is None:
        raise UserFault("not_a_member", "Who asked for it is no longer on the team.")
    return author, membership.role


Refused = dict[int, str]
Work = Callable[[BulkChange, Sequence[BulkItem], User, str], Refused]
Wish = Callable[[State, BulkItem, LabelBook], Asked]


def _move(change: BulkChange, part: Sequence[BulkItem], author: User, role: str) -> Refused:
    return _revise(change, part, author, role, lambda *_: (Edit(), Move(change.asked["queue"])))


def _label(change: BulkChange, part: Sequence[BulkItem], author: User, role: str) -> Refused:
    def labelled(state: State, _: BulkItem, book: LabelBook) -> Asked:
        return Edit(tuple(_relabelled(change, state, book))), Move("")

    return _revise(change, part, author, role, labelled)


def _relabelled(change: BulkChange, state: State, book: LabelBook) -> list[AnnotationContent]:
    """Boxes that carry another label, or the one that is to go; the class of a whole image. Raises Conflict."""
    label, only = (book.today.get(change.asked.get(name)) for name in ("label", "from_label"))
    if label is None:
        raise Conflict("The label is gone.")
    if not state.annotations:
        if change.project.task == "classification":
            return [AnnotationContent(uuid.uuid4(), label)]
        raise Conflict("It has no boxes.")
    held = [content_of(row) for row in state.annotations]
    return [
        AnnotationContent(one.id, label, one.box, attributes=one.attributes)
        for one in held
        if one.label != label and only in {None, one.label}
    ]


def _undo(change: BulkChange, part: Sequence[BulkItem], author: User, role: str) -> Refused:
    was = {item.image_id: (item.before, item.after) for item in part}
    changed = [pk for pk, (before, after) in was.items() if before != after]
    history: defaultdict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(image__in=changed).order_by("image", "number"):
        if revision.number <= was[revision.image_id][0]:
            history[revision.image_id].append(revision)

    def back(state: State, _: BulkItem, book: LabelBook) -> Asked:
        before, after = was[state.image.pk]
        if before == after:
            return Edit(), Move("")
        if state.image.revision != after:
            raise Conflict("It was changed since.")
        return going_back(state.image, history[state.image.pk], role, book)(state)

    return _revise(change, part, author, role, back)


def _revise(change: BulkChange, part: Sequence[BulkItem], author: User, role: str, wish: Wish) -> Refused:
    """A revision of each image of the part that the wish changes. Raises LabelGone."""
    book, tally = label_book(change.project_id), Tally()
    items = {item.image_id: item for item in part}
    images = list(locked_images().filter(project=change.project_id, pk__in=items))
    annotations = annotation_rows_by_image([image.pk for image in images])
    refused = dict.fromkeys(items.keys() - {image.pk for image in images}, "The image is gone.")
    revised = []
    for image in images:
        item, state = items[image.pk], State(image, annotations.get(image.pk, []))
        try:
            edit, move = wish(state, item, book)
            plan = planned(image, state.annotations, author, edit, move.queue, book.names, role, move.skip_reason)
        except DomainError as error:
            refused[image.pk] = error.detail
            continue
        item.before = item.after = image.revision
        if plan:
            item.after = plan.number
            revised.append(write(plan, image, tally).image)
    send_revised(revised)
    tally.move(change.project_id)
    publish_images(revised, author)
    counters.publish_counts(change.project_id)
    return refused


def _labellers(project: Project) -> QuerySet[Membership]:
    return Membership.objects.filter(team=project.team_id, role__in=[r for r in Role if is_at_least(r, Role.ANNOTATOR)])


def _assign(change: BulkChange, part: Sequence[BulkItem], author: User, role: str) -> Refused:
    """To the person who was asked for; without one each image goes back to whom it was assigned before.

    Who gives back changes nobody's assignment but their own; a manager may take that back.
    """
    goes_back = "person" not in change.asked
    of_any = change.deed == Deed.ASSIGN or (goes_back and is_at_least(role, Role.MANAGER))
    wanted = {item.image_id: item.before if goes_back else change.asked["person"] or 0 for item in part}
    # Held before any image: who leaves the team now frees what is assigned here.
    found = _labellers(change.project).select_related("user").select_for_update(of=("self",))
    people = {one.user_id: one.user for one in found.filter(user__in=wanted.values()).order_by("pk")}
    images = {image.pk: image for image in locked_images().filter(project=change.project_id, pk__in=wanted)}
    refused, assigned = {}, defaultdict(list)
    for item in part:
        image, person = images.get(item.image_id), wanted[item.image_id]
        if image is None:
            refused[item.image_id] = "The image is gone."
        elif goes_back and (image.assigned_to_id or 0) != item.after:
            refused[item.image_id] = "It was assigned anew since."
        elif not of_any and {image.assigned_to_id or 0, person} != {0, author.pk}:
            refused[item.image_id] = "It is not assigned to you."
        elif person and person not in people:
            refused[item.image_id] = "Who it is for may not label here any more."
        else:
            item.before, item.after = image.assigned_to_id or 0, person
            assigned[person].append(image.pk)
    for person, ids in assigned.items():
        Image.objects.filter(pk__in=ids).update(assigned_to=people.get(person))
        announce(change.project_id, "assigned", {"ids": ids, "assigned_to": people.get(person)})
    return refused


def _delete(change: BulkChange, part: Sequence[BulkItem], author: User, _role: str) -> Refused:
    there = trash.discard(change.project, [item.image_id for item in part], author)
    return {item.image_id: "The image is gone." for item in part if item.image_id not in there}


def _restore(change: BulkChange, part: Sequence[BulkItem], author: User, _role: str) -> Refused:
    return trash.restore(change.project, [item.image_id for item in part], author)


def _delete_for_good(change: BulkChange, part: Sequence[BulkItem], _author: User, _role: str) -> Refused:
    there = trash.delete_for_good(change.project, [item.image_id for item in part])
    return {item.image_id: "It is not in the Trash." for item in part if item.image_id not in there}


WORK: Mapping[BulkChange.Deed, Work] = {
    Deed.MOVE: _move,
    Deed.LABEL: _label,
    Deed.ASSIGN: _assign,
    Deed.GIVE_BACK: _assign,
    Deed.UNDO: _undo,
    Deed.DELETE: _delete,
    Deed.RESTORE: _restore,
    Deed.DELETE_FOR_GOOD: _delete_for_good,
}


def forget_old_changes() -> None:
    """Those that nobody will take back any more: a chore."""
    old = BulkChange.objects.filter(created_at__lt=Now() - timedelta(days=limits.TRASH_DAYS)).exclude(status__in=OPEN)
    for change in old.order_by("created_at")[:AT_ONCE]:
        change.delete()

"""Saving what people drew: an idempotent upsert by client-made ids, merged with what others saved meanwhile."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from annotations.counters import LabelGone
from annotations.dataset.edits import Change, Edit, EditError, Frame, merge, parse_edit
from annotations.dataset.field_merges import merge_fields
from annotations.labeling.annotation_rows import content_of
from annotations.labeling.revising import Plan, State, commit, locked_image, planned, state_of
from annotations.labeling.revisions import changers, changes_since, contents_at, replay
from annotations.models import Image, Revision
from annotations.queries import known_queue
from annotations.queue_moves import may_move, queue_after
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.errors import Conflict, DomainError, Invalid, NotFound
from boxwright.projects.label_names import label_key
from boxwright.projects.labels import LabelBook, label_book
from boxwright.teams.models import Role, User


class SameAnnotations(Conflict):
    """`people` changed annotations that this save changes: `ids` of them, and the `state` now."""

    def __init__(self, state: State, ids: Collection[UUID], people: Sequence[User]) -> None:
        names = " and ".join(person.name for person in people) or "Somebody else"
        super().__init__(f"{names} changed the same annotations.")
        self.state, self.ids, self.people = state, ids, people


class Move(NamedTuple):
    """To a queue, where empty to none. A `skip_reason` of None leaves what was said."""

    queue: str
    skip_reason: str | None = None


STAY = Move("")
Asked = tuple[Edit, Move]


def save(
    *,
    image: Image,
    author: User,
    base_revision: int,
    upsert: Any = (),
    delete: Any = (),
    queue: str = "",
    skip_reason: str | None = None,
    draft: bool = False,
    role: str = Role.ANNOTATOR,
) -> State:
    """Apply a client's changes, based on `base_revision`, and answer the state after them.

    A `skip_reason` is said with the move to `skipped`, or later, as the same move again: it is one of what is asked.

    Of a `draft` the first annotations don't label the image: it is the author's to finish, by a move to `queue`.

    Raises Invalid with field paths, and SameAnnotations when another person changed the same field of one since;
    NoSuchMove and MoveNotAllowed when `role` may not move the image to `queue`. Sending the same save again changes
    nothing. A label that was merged stands for the one it went into.
    """
    if queue:
        known_queue(queue)
    if skip_reason and queue != "skipped":
        raise Invalid("Only skipping has a reason.", {"skip_reason": "expected with the queue skipped"})
    _check_number(upsert, "upsert")
    _check_number(delete, "delete")

    def attempt(book: LabelBook) -> State:
        edit = _parsed(upsert, delete, image, book)

        def asked(state: State) -> Asked:
            return _merged(state, author, base_revision, edit, Move(queue, skip_reason), book)

        return _revised(image, author, role, book, asked, is_draft=draft)

    return _on_present_labels(image.project_id, attempt)


def restore(*, image: Image, author: User, number: int, role: str = Role.ANNOTATOR) -> State:
    """Make the state of revision `number` the current one, as a new revision. It moves the image where `role` may."""
    if not Revision.objects.filter(image=image, number=number).exists():
        raise NotFound("There is no such revision.")

    def attempt(book: LabelBook) -> State:
        history = Revision.objects.filter(image=image, number__lte=number).order_by("number")
        return _revised(image, author, role, book, going_back(image, list(history), role, book), restored=number)

    return _on_present_labels(image.project_id, attempt)


def going_back(image: Image, history: Sequence[Revision], role: str, book: LabelBook) -> Callable[[State], Asked]:
    """What makes the state after these revisions the current one, from the first on; none: as before any save.

    Raises Conflict where a label of that state is gone.
    """
    rows = replay(history).values()
    wanted = _parsed([_relabelled(row, book) for row in rows], (), image, book).upsert
    kept = {content.id for content in wanted}
    stood = Move(history[-1].queue, history[-1].skip_reason) if history else Move("unlabelled")

    def back(state: State) -> Asked:
        gone = tuple(a.id for a in state.annotations if a.id not in kept)
        rest, _ = merge(Edit(wanted, gone), {a.id: content_of(a) for a in state.annotations}, ())
        start = queue_after(state.image.queue, len(state.annotations), len(wanted))
        return rest, stood if may_move(start, stood.queue, role) else STAY

    return back


def _revised(
    image: Image,
    author: User,
    role: str,
    book: LabelBook,
    asked: Callable[[State], Asked],
    *,
    is_draft: bool = False,
    restored: int | None = None,
) -> State:
    """One revision by what is `asked` of a state. Worked out before the image is locked, since from then on others
    wait; and anew, in turn, where somebody was quicker."""

    def worked_out(held: Image) -> tuple[State, Plan | None]:
        state = state_of(held)
        edit, (queue, reason) = asked(state)
        rows, names = state.annotations, book.names
        return state, planned(
            held, rows, author, edit, queue, names, role, reason, is_draft=is_draft, restored=restored
        )

    found: tuple[State, Plan | None] | DomainError
    try:
        found = worked_out(image)
    except DomainError as error:
        found = error
    with write_in_turn():
        held = locked_image(image.pk)
        if held.revision != image.revision:
            found = worked_out(held)
        if isinstance(found, DomainError):
            raise found
        state, plan = found
        return commit(plan, held) if plan else State(held, state.annotations)


def _on_present_labels(project_id: int, attempt: Callable[[LabelBook], State]) -> State:
    """Labels are read before the image is locked; one that went since is looked for once more."""
    try:
        return attempt(label_book(project_id))
    except LabelGone:
        return attempt(label_book(project_id))


def _check_number(rows: Any, field: str) -> None:
    """Before any row is looked at."""
    if isinstance(rows, list | tuple) and len(rows) > limits.ANNOTATIONS_A_SAVE:
        most = f"{len(rows)} rows; at most {limits.ANNOTATIONS_A_SAVE} a save"
        raise Invalid("Too many annotations in one save.", {field: most})


def _parsed(upsert: Any, delete: Any, image: Image, book: LabelBook) -> Edit:
    frame = Frame(image.width, image.height, image.project.task == "detection", book.today)
    try:
        return parse_edit(upsert, delete, frame)
    except EditError as error:
        raise Invalid("Some annotations can't be saved.", error.errors) from error


def _merged(state: State, author: User, base: int, edit: Edit, move: Move, book: LabelBook) -> Asked:
    """What is left of the edit and of the move asked for, after what happened since `base`."""
    revision = state.image.revision
    if not 0 <= base <= revision:
        raise Invalid("The base revision is wrong.", {"base_revision": f"expected 0 to {revision}"})
    since = changes_since(state.image, base, author.pk, book.today) if base < revision else []
    current = {a.id: content_of(a) for a in state.annotations}
    rest, conflicts = merge(edit, current, since)
    if conflicts:
        seen = contents_at(state.image, base, conflicts, book.today)
        rest, conflicts = merge_fields(rest, conflicts, seen, current, since)
    if conflicts:
        raise SameAnnotations(state, conflicts, changers(state.image, base, author.pk, conflicts))
    return rest, STAY if since and _is_done(move, state.image, base, since) else move


def _is_done(move: Move, image: Image, base: int, since: Sequence[Change]) -> bool:
    """It was asked before; or gives a reason for an earlier skip that somebody took back."""
    mine = [change for change in since if change.mine and change.queue == move.queue]
    if any(move.skip_reason in {None, change.skip_reason} for change in mine):
        return True
    if move.skip_reason is None or image.queue == "skipped":
        return False
    return bool(mine) or Revision.objects.filter(image=image, number=base, queue="skipped").exists()


def _relabelled(row: Mapping[str, Any], book: LabelBook) -> dict[str, Any]:
    """A stored row on today's labels: by id, through merges, else by name."""
    if row["label"] in book.today:
        return dict(row)
    same = [pk for pk, name in book.names.items() if label_key(name) == label_key(row["label_name"])]
    if not same:
        raise Conflict(f"The label {row['label_name']} no longer exists; make it again to restore this revision.")
    return {**row, "label": same[0]}

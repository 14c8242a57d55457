"""Saving what people drew: an idempotent upsert by client-made ids, merged with what others saved meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError

from annotations.consistency import write_in_turn
from annotations.dataset.edits import Edit, EditError, Frame, merge, parse_edit
from annotations.history import changes_since, draft_of, replay
from annotations.models import Image, Revision
from annotations.queries import known_queue
from annotations.revise import Overtaken, State, current_state, revise
from boxwright.errors import Conflict, Invalid, NotFound
from boxwright.projects.models import Label
from boxwright.teams.models import User

TRIES = 20


def save(
    *, image: Image, author: User, base_revision: int, upsert: Any = (), delete: Any = (), queue: str = ""
) -> State:
    """Apply a client's changes, based on `base_revision`, and answer the state after them.

    Raises Invalid with field paths, and Conflict (with `current` and `conflicts`) when another person changed the same
    annotation since. Sending the same save again changes nothing.
    """
    if queue:
        known_queue(queue)
    labels = _label_names(image)
    try:
        edit = parse_edit(upsert, delete, _frame(image, labels))
    except EditError as error:
        raise Invalid("Some annotations can't be saved.", error.errors) from error

    def attempt() -> State:
        state = current_state(image.pk)
        rest, queue_left = _merged(state, author, base_revision, edit, queue)
        return revise(state, author, rest, queue_left, labels)

    return _until_first(attempt)


def restore(*, image: Image, author: User, number: int) -> State:
    """Make the state of revision `number` the current one, as a new revision."""
    history = list(Revision.objects.filter(image=image, number__lte=number).order_by("number"))
    if not history or history[-1].number != number:
        raise NotFound("There is no such revision.")
    labels = _label_names(image)
    rows = [_relabelled(row, labels) for row in replay(history).values()]
    wanted = parse_edit(rows, (), _frame(image, labels)).upsert
    kept = {draft.id for draft in wanted}

    def attempt() -> State:
        state = current_state(image.pk)
        gone = tuple(a.pk for a in state.annotations if a.pk not in kept)
        rest, _ = merge(Edit(wanted, gone), {a.pk: draft_of(a) for a in state.annotations}, ())
        return revise(state, author, rest, history[-1].queue, labels)

    return _until_first(attempt)


def _until_first(attempt: Callable[[], State]) -> State:
    """Run `attempt` in a transaction, again and again, until nobody else saved the image in between."""
    for _ in range(TRIES):
        try:
            with write_in_turn():
                return attempt()
        except Overtaken:
            continue
        except IntegrityError as error:
            raise Invalid("An annotation's id is in use, or its label is gone.") from error
    raise Conflict("Too many people save this image at once; try again.")


def _merged(state: State, author: User, base: int, edit: Edit, queue: str) -> tuple[Edit, str]:
    """What is left of the edit and of the queue asked for, after what happened since `base`."""
    revision = state.image.revision
    if not 0 <= base <= revision:
        raise Invalid("The base revision is wrong.", {"base_revision": f"expected 0 to {revision}"})
    since = changes_since(state.image, base, author.pk) if base < revision else []
    rest, conflicts = merge(edit, {a.pk: draft_of(a) for a in state.annotations}, since)
    if conflicts:
        raise Conflict(
            "Somebody else changed the same annotations.",
            current=state.shape,
            conflicts=sorted(str(id_) for id_ in conflicts),
        )
    asked_before = any(change.mine and change.queue == queue for change in since)
    return rest, "" if asked_before else queue


def _label_names(image: Image) -> dict[int, str]:
    return dict(Label.objects.filter(project_id=image.project_id).values_list("pk", "name"))


def _frame(image: Image, labels: Mapping[int, str]) -> Frame:
    return Frame(image.width, image.height, image.project.task == "detection", labels)


def _relabelled(row: Mapping[str, Any], labels: Mapping[int, str]) -> dict[str, Any]:
    """A stored row on today's labels: by id, else by name."""
    if row["label"] in labels:
        return dict(row)
    same = [pk for pk, name in labels.items() if name.lower() == row["label_name"].lower()]
    if not same:
        raise Conflict(f"The label {row['label_name']} no longer exists; make it again to restore this revision.")
    return {**row, "label": same[0]}

"""A project's labels: added, renamed, recoloured, moved; deleted only while nothing carries them.

One rule for all ways that make labels: `add_labels` is the only door, and only managers come through it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, QuerySet, RestrictedError

from boxwright import limits
from boxwright.errors import Conflict, Invalid, NotFound
from boxwright.events.kinds import announce
from boxwright.projects.label_names import fault_in, label_key, tidied
from boxwright.projects.models import Label, Project
from boxwright.projects.palette import colored
from boxwright.statements import Rows
from boxwright.teams import audit

TAKEN = "a label has this name already"


@dataclass(frozen=True)
class NewLabel:
    """`pk`: one that was reserved; else the database gives it."""

    name: str
    color: str = ""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class LabelBook:
    """A project's labels by id. `today` also knows those that were merged: what each id stands for now."""

    names: Mapping[int, str]
    today: Mapping[int, int]


def label_book(project_id: int) -> LabelBook:
    rows = _names(project_id)
    names = {pk: name for pk, name, _ in rows}
    into = {old: pk for pk, _, merged in rows for old in merged}
    return LabelBook(names, {pk: _end_of(pk, into) for pk in names.keys() | into.keys()})


@Rows
def _names(project_id: int) -> QuerySet[Any, tuple[int, str, list[int]]]:
    return Label.objects.filter(project_id=project_id).values_list("pk", "name", "merged_ids")


def _end_of(pk: int, into: Mapping[int, int]) -> int:
    while pk in into:
        pk = into[pk]
    return pk


def add_labels(project: Project, wanted: Iterable[NewLabel]) -> list[Label]:
    """Append labels; those without a colour get the next of the palette. Names are held apart by `label_key`."""
    rows = list(wanted)
    _check_number(0, len(rows))
    faults = {i: fault for i, row in enumerate(rows) if (fault := fault_in(row.name))}
    _refuse(faults)
    try:
        with transaction.atomic():
            Project.objects.select_for_update().get(pk=project.pk)  # two who add at once get two positions
            made = _append(project, rows)
            if made:
                announce(project.pk, "labels", {"labels": made})
            return made
    except IntegrityError as error:
        raise Conflict("Somebody just added a label with this name.") from error


def _append(project: Project, rows: Sequence[NewLabel]) -> list[Label]:
    there = Label.objects.filter(project=project)
    present = list(there.values_list("key", "color"))
    _check_number(len(present), len(rows))
    _check_keys({key for key, _ in present}, [row.name for row in rows])
    last = there.aggregate(last=Max("position"))["last"]
    colors = colored((color for _, color in present), (row.color for row in rows))
    return Label.objects.bulk_create(
        Label(pk=row.pk, project=project, name=tidied(row.name), color=color, position=position)
        for position, (row, color) in enumerate(zip(rows, colors, strict=True), 0 if last is None else last + 1)
    )


def reserve_ids(number: int) -> list[int]:
    """Ids of labels that are made later, or never: no other label gets them."""
    table = Label._meta.db_table
    if not number:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [number, table])
            found = cursor.fetchone()
            if found is None:  # no label was ever made
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
            last = found[0] if found else number
            return list(range(last - number + 1, last + 1))
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [table, number])
        return [row[0] for row in cursor.fetchall()]


def change_label(label: Label, *, name: str = "", color: str = "", position: int | None = None) -> Label:
    """Empty values change nothing. The event tells names and colours, not positions: one move changes many of them."""
    if name and (fault := fault_in(name)):
        raise Invalid("The label can't be renamed.", {"name": fault})
    changes: dict[str, Any] = {"name": tidied(name), "key": label_key(name)} if name else {}
    changes |= {"color": color.upper()} if color else {}
    changes |= {} if position is None else {"position": position}
    try:
        with transaction.atomic():
            if changes:
                Label.objects.filter(pk=label.pk).update(**changes)
            changed = present_label(label.pk)
            if name or color:
                announce(label.project_id, "labels", {"labels": [changed]})
            return changed
    except IntegrityError as error:
        raise Invalid("The label can't be renamed.", {"name": TAKEN}) from error


def present_label(label_id: int) -> Label:
    label = Label.objects.filter(pk=label_id).first()
    if label is None:
        raise NotFound("There is no such label.")
    return label


def delete_label(label: Label) -> None:
    """Whoever saves with this label either came first, and keeps it, or finds it gone."""
    try:
        with transaction.atomic():
            Label.objects.select_for_update().filter(pk=label.pk).first()
            label.delete()
            audit.record(label.project.team, "deleted label", label.name, project=label.project.name)
    except RestrictedError as error:
        raise Conflict(
            f'Annotations carry the label "{label.name}"; merge it into another first.',
            annotation_count=label.annotation_count,
        ) from error


def _check_number(present: int, more: int) -> None:
    if present + more > limits.LABELS_A_PROJECT:
        has = f"; this one has {present}" if present else ""
        raise Invalid("Too many labels.", {"labels": f"at most {limits.LABELS_A_PROJECT} a project{has}"})


def _check_keys(present: set[str], wanted: Sequence[str]) -> None:
    taken: dict[int, str] = {}
    for index, name in enumerate(wanted):
        key = label_key(name)
        if key in present:
            taken[index] = TAKEN
        present.add(key)
    _refuse(taken)


def _refuse(faults: Mapping[int, str]) -> None:
    if faults:
        which = "The label" if len(faults) == 1 else "Some labels"
        raise Invalid(f"{which} can't be made.", {f"labels[{i}].name": fault for i, fault in faults.items()})

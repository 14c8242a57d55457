"""The Trash: deleted images as they were, until somebody restores them, deletes them for good, or 30 days are over.

An image in the Trash is no `Image`: what lists, counts, freezes or trains on images can't meet one. Its bytes stay, and
count for the team's quotas, until it is gone for good.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import CASCADE, SET_NULL, AutoField, ForeignKey, ForeignObjectRel, Model
from django.db.models.functions import Now

from annotations import counters
from annotations.labeling.revising import locked_images, publish_images
from annotations.models import Annotation, Image, TrashedImage
from annotations.object_keys import keys_of_image
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.events.kinds import announce
from boxwright.projects.label_names import label_key
from boxwright.projects.labels import LabelBook, label_book
from boxwright.projects.models import Project
from boxwright.storage import registry
from boxwright.teams.models import User

SHOWN = ("id", "sha256", "name", "width", "height", "size", "queue", "annotation_count")
PASSING: dict[str, Any] = dict.fromkeys(("claimed_by_id", "claim_expires_at", "drafted_by_id", "assigned_to_id"))
"""What an image does not bring back: a claim, a draft's author, whom it was assigned to."""
AT_ONCE = 100

Row = dict[str, Any]
Present = Mapping[type[Model], Collection[int]]
"""Of each model that rows point at, the ids that are there."""
M = TypeVar("M", bound=Model)


def discard(project: Project, ids: Collection[int], by: User | None) -> set[int]:
    """Move images to the Trash; answers which of them the project had."""
    with write_in_turn():
        images = list(locked_images().filter(project=project, pk__in=ids))
        there = [image.pk for image in images]
        names = label_book(project.pk).names
        annotations = _rows_by_image(Annotation, there)
        for row in (row for rows in annotations.values() for row in rows):
            row["label_name"] = names[row["label_id"]]
        others = {model: _rows_by_image(model, there) for model in _others()}
        TrashedImage.objects.bulk_create(
            TrashedImage(
                project=project,
                row=_row_of(image),
                annotations=annotations[image.pk],
                others={model._meta.label: rows[image.pk] for model, rows in others.items()},
                deleted_by=by,
                **{name: getattr(image, name) for name in SHOWN},
            )
            for image in images
        )
        Image.objects.filter(pk__in=there).delete()
        _count(project, images, annotations, -1)
        if there:
            announce(project.pk, "deleted", {"ids": there, "by": by})
        return set(there)


def restore(project: Project, ids: Collection[int], by: User | None) -> dict[int, str]:
    """Take images out of the Trash; answers why those stay there that stay, by their ids."""
    with write_in_turn():
        trashed = list(TrashedImage.objects.select_for_update().filter(project=project, pk__in=ids).order_by("pk"))
        book, again = label_book(project.pk), _known(project, trashed)
        stay = dict.fromkeys(set(ids) - {one.pk for one in trashed}, "It is not in the Trash.")
        for one in trashed:
            if reason := _why_stays(one, book, again):
                stay[one.pk] = reason
        back = [one for one in trashed if one.pk not in stay]
        annotations = {one.pk: [_today(row, book) for row in one.annotations] for one in back}
        rows = _by_model(back, annotations)
        present = _present(rows)
        images = _put_back(Image, rows.pop(Image), present)
        for model, of_model in rows.items():
            _put_back(model, of_model, present)
        TrashedImage.objects.filter(pk__in=[one.pk for one in back]).delete()
        _count(project, images, annotations, 1)
        publish_images(images, by)
        return stay


def delete_for_good(project: Project, ids: Collection[int]) -> set[int]:
    """Answers which were in the Trash. Snapshots keep their pictures."""
    with write_in_turn():
        rows = TrashedImage.objects.select_for_update().filter(project=project, pk__in=ids)
        gone = list(rows.order_by("pk").only("sha256", "size"))
        TrashedImage.objects.filter(pk__in=[one.pk for one in gone]).delete()
        counters.move_to_trash(project.pk, images=-len(gone), size=-sum(one.size for one in gone))
        registry.release(key for one in gone for key in keys_of_image(project.team_id, one.sha256))
        return {one.pk for one in gone}


def empty_old_trash() -> None:
    """Delete for good what has lain in the Trash for its days: a chore."""
    old = TrashedImage.objects.filter(deleted_at__lt=Now() - timedelta(days=limits.TRASH_DAYS))
    by_project = defaultdict(list)
    for pk, project_id in old.order_by("deleted_at").values_list("pk", "project_id")[:AT_ONCE]:
        by_project[project_id].append(pk)
    for project in Project.objects.filter(pk__in=by_project):
        delete_for_good(project, by_project[project.pk])


def _count(project: Project, images: Sequence[Image], annotations: Mapping[int, Iterable[Row]], sign: int) -> None:
    """`sign`: 1 for images that come, -1 for those that go to the Trash. Raises LabelGone."""
    queues: Counter[str] = Counter()
    labels: Counter[int] = Counter()
    for image in images:
        queues[image.queue] += sign
        for row in annotations[image.pk]:
            labels[row["label_id"]] += sign
    size = sign * sum(image.size for image in images)
    counters.move(project.pk, queues=queues, labels=labels, size=size)
    counters.move_to_trash(project.pk, images=-sign * len(images), size=-size)
    counters.publish_counts(project.pk)


def _rows_by_image(model: type[Model], images: Collection[int]) -> dict[int, list[Row]]:
    rows = defaultdict(list)
    for one in model._default_manager.filter(image__in=images).order_by("pk"):
        rows[one.image_id].append(_row_of(one))  # type: ignore[attr-defined]
    return rows


def _row_of(instance: Model) -> Row:
    """Its columns, as JSON holds them."""
    values = {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}
    return {name: str(v) if isinstance(v, datetime | uuid.UUID) else v for name, v in values.items()}


def _others() -> list[type[Model]]:
    """What goes with an image, of whatever app, beside its annotations."""
    relations = (one for one in Image._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel))
    return [one.related_model for one in relations if one.on_delete is CASCADE and one.related_model is not Annotation]


def _by_model(back: Sequence[TrashedImage], annotations: Mapping[int, list[Row]]) -> dict[type[Model], list[Row]]:
    rows: dict[type[Model], list[Row]] = {
        Image: [one.row | PASSING for one in back],
        Annotation: [row for of_image in annotations.values() for row in of_image],
    }
    others = {model: [row for one in back for row in one.others.get(model._meta.label, [])] for model in _others()}
    return rows | others


def _present(rows: Mapping[type[Model], Sequence[Row]]) -> Present:
    """Looked up of what may have gone since."""
    named: defaultdict[type[Model], set[int]] = defaultdict(set)
    for model, of_model in rows.items():
        for field in _loose(model):
            named[field.related_model].update(row[field.attname] for row in of_model if row[field.attname])
    return {
        model: set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
        for model, ids in named.items()
    }


def _loose(model: type[Model]) -> list[Any]:
    """Its columns that point at what goes without asking for them."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    pointing = (field for field in fields if field.related_model not in {Image, Project})
    return [field for field in pointing if field.remote_field.on_delete in {CASCADE, SET_NULL}]


def _put_back(model: type[M], rows: Sequence[Row], present: Present) -> list[M]:
    """Without those that point at what would have taken them along."""
    made = [one for one in (_instance(model, row, present) for row in rows) if one is not None]
    return model._default_manager.bulk_create(made)


def _instance(model: type[M], row: Row, present: Present) -> M | None:
    """The row again, where its model counts ids under another one."""
    values = {field.attname: field.to_python(row[field.attname]) for field in model._meta.concrete_fields}
    for field in _loose(model):
        if values[field.attname] in {None, *present[field.related_model]}:
            continue
        if field.remote_field.on_delete is CASCADE:
            return None
        values[field.attname] = None
    if isinstance(model._meta.pk, AutoField) and model is not Image:
        del values[model._meta.pk.attname]
    return model(**values)


def _known(project: Project, trashed: Iterable[TrashedImage]) -> set[str]:
    """Of these pictures, those that the project has again."""
    same = Image.objects.filter(project=project, sha256__in=[one.sha256 for one in trashed])
    return set(same.values_list("sha256", flat=True))


def _why_stays(one: TrashedImage, book: LabelBook, again: Collection[str]) -> str:
    """Empty where nothing keeps it."""
    if one.sha256 in again:
        return "The project has this picture again."
    gone = {row["label_name"] for row in one.annotations if _label_today(row, book) is None}
    return f"The label {min(gone)} no longer exists; make it again to restore its images." if gone else ""


def _today(row: Row, book: LabelBook) -> Row:
    return row | {"label_id": _label_today(row, book)}


def _label_today(row: Row, book: LabelBook) -> int | None:
    """By its id, through merges, else by its name."""
    if row["label_id"] in book.today:
        return book.today[row["label_id"]]
    return next((pk for pk, name in book.names.items() if label_key(name) == label_key(row["label_name"])), None)

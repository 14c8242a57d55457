"""Merging labels: what carried the one carries the other, as a revision of each image that it touches.

The work goes in parts, so that nobody waits for long. The label stays until nothing carries it: a merge that ended in
the middle is gone on with by asking for it again. From its first moment on, saves with the label go to the other one.
"""

import json
from collections import defaultdict
from collections.abc import Sequence

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from annotations import counters
from annotations.bulk_rows import insert_rows
from annotations.labeling.annotation_rows import COLUMNS, AnnotationRow, to_row
from annotations.labeling.revising import locked_images, publish_images
from annotations.models import Annotation, Image, Revision
from annotations.transactions import write_in_turn
from boxwright.errors import Conflict, Invalid
from boxwright.projects.labels import label_book, present_label
from boxwright.projects.models import Label
from boxwright.teams import audit
from boxwright.teams.models import User

IMAGES, BOXES = 100, 500
"""A part ends with the first of these; the image with the last box comes in whole. Saves wait for a part to end."""
REVISION = (
    "image_id",
    "number",
    "author_id",
    "created_at",
    "upserted",
    "deleted",
    "queue",
    "skip_reason",
    "merged_label",
)


def merge_label(*, label: Label, into_id: int, author: User) -> Label:
    """Move all annotations of `label` to another label of its project, and delete it. Answers the one that stays."""
    into = _begin(label, into_id)
    while not _is_dropped(label):
        last = 0
        while last := _move_part(label, into, author, last):
            pass
    return present_label(into.pk)


def _begin(label: Label, into_id: int) -> Label:
    """Note where the label goes. Both rows are held: of merges that run against each other one is refused."""
    with write_in_turn():
        pair = Label.objects.select_for_update().filter(pk__in=[label.pk, into_id], project_id=label.project_id)
        into = next((row for row in pair.order_by("pk") if row.pk == into_id != label.pk), None)
        if into is None:
            raise Invalid("There is no such label to merge into.", {"into": "expected another label of this project"})
        book = label_book(label.project_id)
        if book.today[into.pk] != into.pk:
            raise Conflict(f'"{into.name}" is being merged into "{book.names[book.today[into.pk]]}" itself.')
        if book.today.get(label.pk, label.pk) not in {label.pk, into.pk}:
            raise Conflict(f'"{label.name}" is being merged into "{book.names[book.today[label.pk]]}" already.')
        into.merged_ids = list(dict.fromkeys([*into.merged_ids, label.pk, *label.merged_ids]))
        into.save(update_fields=["merged_ids"])
        audit.record(label.project.team, "merged label", label.name, into=into.name, project=label.project.name)
        return into


def _move_part(label: Label, into: Label, author: User, after: int) -> int:
    """Revise the next images behind `after` that carry the label; answers the last one, 0 when there are none.

    From the first one again, PostgreSQL would pass over all rows that did carry it, each time.
    """
    with write_in_turn():
        carrying = Annotation.objects.filter(label=label, image__gt=after).order_by("image_id")
        first = list(dict.fromkeys(carrying.values_list("image_id", flat=True)[:BOXES]))[:IMAGES]
        images = list(locked_images().filter(pk__in=first))
        if images:
            _revise(images, label, into, author)
        return first[-1] if first else 0


def _revise(images: Sequence[Image], label: Label, into: Label, author: User) -> None:
    held = Annotation.objects.filter(label=label, image__in=images)
    rows = defaultdict(list)
    for image_id, *row in held.values_list("image_id", *COLUMNS):
        rows[image_id].append(to_row(AnnotationRow._make(row), into.name) | {"label": into.pk})
    touched, now = [image for image in images if image.pk in rows], timezone.now()
    number = Image.objects.filter(pk=OuterRef("image_id")).values("revision")
    Image.objects.filter(pk__in=rows).update(revision=F("revision") + 1)
    held.update(label=into, revision=Subquery(number), updated_at=now)
    for image in touched:
        image.revision += 1
    publish_images(touched, author)
    moment = connection.ops.adapt_datetimefield_value(now)
    insert_rows(
        Revision._meta.db_table,
        REVISION,
        [
            (
                one.pk,
                one.revision,
                author.pk,
                moment,
                json.dumps(rows[one.pk]),
                "[]",
                one.queue,
                one.skip_reason,
                label.name,
            )
            for one in touched
        ],
    )
    moved = sum(map(len, rows.values()))
    counters.move(label.project_id, labels={label.pk: -moved, into.pk: moved})


def _is_dropped(label: Label) -> bool:
    """Delete the label unless something carries it; whoever saves with it holds its row or finds it gone."""
    with write_in_turn():
        row = Label.objects.select_for_update().filter(pk=label.pk).first()
        if row is None:
            return True
        if Annotation.objects.filter(label=row).exists():
            return False
        row.delete()
        counters.publish_counts(label.project_id)
        return True

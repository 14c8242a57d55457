"""An image's annotations as the database and its revisions keep them: read, translated, written.

By rows, since an image may carry thousands, and a model's instance of each takes longer than all that is done with it.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from annotations.dataset.edits import SIDES, AnnotationContent
from annotations.dataset.records import Attributes, Box
from annotations.models import Annotation, Image
from boxwright.statements import Rows, prepared_cursor


class AnnotationRow(NamedTuple):
    """An `Annotation`, and the name of who made it."""

    id: uuid.UUID
    label_id: int
    x_min: float | None
    y_min: float | None
    x_max: float | None
    y_max: float | None
    source: str
    score: float | None
    attributes: Attributes
    revision: int
    updated_at: datetime
    created_at: datetime
    created_by_id: int | None
    created_by_name: str | None


COLUMNS = (*AnnotationRow._fields[:-1], "created_by__name")
FIRST = (*AnnotationRow._fields[:10], "created_by_id")
UNREAD = datetime.min.replace(tzinfo=UTC)


def annotation_rows_of(image: Image) -> list[AnnotationRow]:
    """In an order that holds: UUID v7 sorts by the time of drawing. Without a revision nothing was ever drawn."""
    rows = _rows(image.pk) if image.revision else []
    return sorted(map(AnnotationRow._make, rows), key=attrgetter("id"))


@Rows
def _rows(image_id: int) -> QuerySet[Annotation, tuple[Any, ...]]:
    return Annotation.objects.filter(image_id=image_id).values_list(*COLUMNS)


def annotation_rows_by_image(images: Collection[int]) -> dict[int, list[AnnotationRow]]:
    """The same of many, by the images' ids; those that carry nothing are missing.

    Their times are UNREAD and their makers without names: to read those takes as long as all the rest.
    """
    found: dict[int, list[AnnotationRow]] = {}
    rows = Annotation.objects.filter(image__in=images).values_list("image_id", *FIRST).order_by("pk")
    for image, *row, maker in rows:
        found.setdefault(image, []).append(AnnotationRow._make((*row, UNREAD, UNREAD, maker, None)))
    return found


def content_of(annotation: Annotation | AnnotationRow) -> AnnotationContent:
    sides = [getattr(annotation, side) for side in SIDES]
    box = None if annotation.x_min is None else Box(*sides)
    said = (annotation.source, annotation.score, annotation.attributes)
    return AnnotationContent(annotation.id, annotation.label_id, box, *said)


def to_row(annotation: Annotation | AnnotationRow, label_name: str) -> dict[str, Any]:
    """What an annotation says, as a revision keeps it. The label's name is there for the day when the label is not."""
    row: dict[str, Any] = {
        "id": str(annotation.id),
        "label": annotation.label_id,
        "label_name": label_name,
        "source": annotation.source,
    }
    if annotation.x_min is not None:
        row["x_min"], row["y_min"] = annotation.x_min, annotation.y_min
        row["x_max"], row["y_max"] = annotation.x_max, annotation.y_max
    if annotation.score is not None:
        row["score"] = annotation.score
    if annotation.attributes:
        row["attributes"] = dict(annotation.attributes)
    return row


def from_row(row: Mapping[str, Any]) -> AnnotationContent:
    box = Box(*(row[side] for side in SIDES)) if "x_min" in row else None
    said = (row["source"], row.get("score"), row.get("attributes", {}))
    return AnnotationContent(uuid.UUID(row["id"]), row["label"], box, *said)


SAID = ("label_id", *SIDES, "source", "score", "revision")
CHANGING = (*SAID, "attributes", "updated_at")
WRITTEN = ("image_id", "id", *CHANGING, "created_by_id", "created_at")
INSERT = f"INSERT INTO {Annotation._meta.db_table} ({', '.join(WRITTEN)})"
OR_CHANGE = (
    f"ON CONFLICT (image_id, id) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in CHANGING)}"
)
EACH = f"{INSERT} VALUES ({', '.join(['%s'] * len(WRITTEN))}) {OR_CHANGE}"
said = attrgetter(*SAID)


class Upserts:
    """The image's annotations to insert, or to change where it has them: never who made them, nor when.

    One prepared statement: thousands of boxes in a tenth of the time that `bulk_create` takes. PostgreSQL gets them
    all at once, since each statement is parsed, planned and answered by itself there.
    """

    def __init__(self, image_id: int, annotations: Sequence[AnnotationRow], now: datetime) -> None:
        moment = connection.ops.adapt_datetimefield_value(now)
        is_native = connection.features.has_native_uuid_field
        self.rows = [
            (image_id, a.id if is_native else a.id.hex, *said(a), _json(a.attributes), moment, a.created_by_id, moment)
            for a in annotations
        ]

    def write(self) -> None:
        if not self.rows:
            return
        with prepared_cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_all_of_json(), [json.dumps(self.rows, default=str)])
            else:
                cursor.executemany(EACH, self.rows)


@cache
def _all_of_json() -> str:
    """For an array of rows, each an array."""
    fields = map(Annotation._meta.get_field, WRITTEN)
    values = ", ".join(f"(value ->> {place})::{field.db_type(connection)}" for place, field in enumerate(fields))
    return f"{INSERT} SELECT {values} FROM jsonb_array_elements(%s::jsonb) {OR_CHANGE}"  # noqa: S608 - nothing of it was sent


def _json(attributes: Attributes) -> str:
    return json.dumps(dict(attributes)) if attributes else "{}"

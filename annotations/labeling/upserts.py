"""Annotations written as one prepared statement: thousands of boxes in a tenth of the time that `bulk_create` takes."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from django.db import connection

from annotations.dataset.edits import SIDES
from annotations.labeling.annotation_rows import AnnotationRow
from annotations.models import Annotation

SAID = ("label_id", *SIDES, "source", "score", "revision")
CHANGING = (*SAID, "updated_at")
COLUMNS = ("image_id", "id", *CHANGING, "created_by_id", "created_at")
STATEMENT = (
    f"INSERT INTO {Annotation._meta.db_table} ({', '.join(COLUMNS)}) "  # noqa: S608 - nothing of it was sent
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))}) ON CONFLICT (image_id, id) "
    f"DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in CHANGING)}"
)
said = attrgetter(*SAID)


class Upserts:
    """The image's annotations to insert, or to change where it has them: never who made them, nor when."""

    def __init__(self, image_id: int, annotations: Sequence[AnnotationRow], now: datetime) -> None:
        moment = connection.ops.adapt_datetimefield_value(now)
        is_native = connection.features.has_native_uuid_field
        self._rows = [
            (image_id, a.id if is_native else a.id.hex, *said(a), moment, a.created_by_id, moment) for a in annotations
        ]

    def write(self) -> None:
        if self._rows:
            with connection.cursor() as cursor:
                cursor.executemany(STATEMENT, self._rows)

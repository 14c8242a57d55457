"""The plan of an import in tables of the connection's own, and the statements by which it lands.

Temporary tables: writing them locks nothing that anybody else uses, and they are gone with the connection. What is then
done to the project's tables is a handful of statements, however many images there are.
"""

# ruff: noqa: S608 - statements are made of our own names; what strangers sent goes in as values

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection

from annotations.bulk_rows import insert_rows
from annotations.imports.planning import COUNTED, PlannedImage
from annotations.labeling.annotation_rows import WRITTEN
from annotations.models import Annotation, Image, Import, Revision, StagedImage

IMAGE, ANNOTATION, REVISION, STAGED = (model._meta.db_table for model in (Image, Annotation, Revision, StagedImage))
TABLES = ("planned_image", "planned_annotation", "planned_removal")
SAID = ("queue", "revision", "annotation_count", "split", '"group"')
"""Columns of an image that an import may change."""
PLACED = ("queue", "split", '"group"', "revision")
BATCH = 2_000
FACTS = ("name", "width", "height", "size", "content_type", "has_location")
PLANNED = (
    *("ordinal", "sha256", "image_id", "base", "old_queue", *SAID),
    *("upserted", "deleted", "is_new", "revises", *COUNTED),
)
MARK = WRITTEN[1:]
"""Columns of an annotation but its image."""


def _of(table: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


MADE = (
    f"""CREATE TEMPORARY TABLE planned_image AS
        SELECT s.ordinal, s.sha256, i.id AS image_id, i.revision AS base, i.queue AS old_queue, {_of("i", SAID)},
        r.upserted, r.deleted, s.is_known AS is_new, s.is_known AS revises,
        {", ".join(f"s.width AS {name}" for name in COUNTED)}
        FROM {STAGED} s, {IMAGE} i, {REVISION} r WHERE 1 = 0""",
    f"""CREATE TEMPORARY TABLE planned_annotation AS
        SELECT s.ordinal, {_of("a", MARK)} FROM {STAGED} s, {ANNOTATION} a WHERE 1 = 0""",
    f"""CREATE TEMPORARY TABLE planned_removal AS
        SELECT s.ordinal, a.image_id, a.id, a.label_id FROM {STAGED} s, {ANNOTATION} a WHERE 1 = 0""",
    "CREATE UNIQUE INDEX planned_image_by_ordinal ON planned_image (ordinal)",
    "CREATE INDEX planned_image_by_sha256 ON planned_image (sha256)",
    "CREATE INDEX planned_annotation_by_ordinal ON planned_annotation (ordinal)",
)
LANDING = (
    f"""INSERT INTO {IMAGE} (project_id, sha256, {", ".join(FACTS)}, {", ".join(SAID)}, uploaded_by_id, created_at)
        SELECT %(project)s, p.sha256, {_of("s", FACTS)}, {_of("p", SAID)}, %(author)s, %(now)s
        FROM planned_image p JOIN {STAGED} s ON s.job_id = %(job)s AND s.ordinal = p.ordinal
        WHERE p.is_new ORDER BY p.ordinal""",
    f"""UPDATE planned_image SET image_id =
        (SELECT i.id FROM {IMAGE} i WHERE i.project_id = %(project)s AND i.sha256 = planned_image.sha256)
        WHERE is_new""",
    f"""UPDATE {IMAGE} SET {", ".join(f"{column} = p.{column}" for column in SAID)},
        drafted_by_id = CASE WHEN p.queue = 'unlabelled' THEN {IMAGE}.drafted_by_id END,
        skip_reason = CASE WHEN p.queue = 'skipped' THEN {IMAGE}.skip_reason ELSE '' END
        FROM planned_image p WHERE p.image_id = {IMAGE}.id AND NOT p.is_new""",
    f"DELETE FROM {ANNOTATION} WHERE (image_id, id) IN (SELECT image_id, id FROM planned_removal)",
    f"""INSERT INTO {ANNOTATION} (image_id, {", ".join(MARK)}) SELECT p.image_id, {_of("a", MARK)}
        FROM planned_image p JOIN planned_annotation a ON a.ordinal = p.ordinal ORDER BY p.ordinal""",
    f"""INSERT INTO {REVISION}
        (image_id, number, author_id, created_at, upserted, deleted, queue, skip_reason, merged_label)
        SELECT p.image_id, p.revision, %(author)s, %(now)s, p.upserted, p.deleted, p.queue, i.skip_reason, ''
        FROM planned_image p JOIN {IMAGE} i ON i.id = p.image_id WHERE p.revises ORDER BY p.ordinal""",
)


@contextmanager
def planned_rows() -> Iterator[None]:
    """Tables that are empty, for this connection alone."""
    _drop()
    for statement in MADE:
        _run(statement)
    try:
        yield
    finally:
        with suppress(DatabaseError):  # the connection is gone, or will be, and the tables with it
            _drop()


def write_plan(planned: Sequence[PlannedImage]) -> None:
    """Of images that change."""
    insert_rows("planned_image", PLANNED, [_row(one) for one in planned])
    rows = [(one.ordinal, *row[1:]) for one in planned for row in one.inserts]
    insert_rows("planned_annotation", ("ordinal", *MARK), rows)
    removed = [
        (one.ordinal, one.image.pk, _uuid(id_), label) for one in planned if one.image for id_, label in one.removals
    ]
    insert_rows("planned_removal", ("ordinal", "image_id", "id", "label_id"), removed)


def forget(ordinals: Collection[int]) -> None:
    """Those that are planned anew."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.executemany(f"DELETE FROM {table} WHERE ordinal = %s", [(ordinal,) for ordinal in ordinals])


def lock_images(job: Import) -> set[int]:
    """Lock the images that the plan touches, in the order of their ids; answer the ordinals whose plan is out of date:
    the image has changed since, is gone, or is there now."""
    lock = connection.ops.for_update_sql(of=("i",)) if connection.features.has_select_for_update_of else ""
    touched = f"""SELECT CASE WHEN i.id = p.image_id AND i.revision = p.base THEN NULL ELSE p.ordinal END
        FROM planned_image p JOIN {IMAGE} i ON i.project_id = %s AND i.sha256 = p.sha256 ORDER BY i.id {lock}"""
    gone = f"""SELECT ordinal FROM planned_image p
        WHERE image_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {IMAGE} i WHERE i.id = p.image_id)"""
    changed = {ordinal for (ordinal,) in _read(touched, job.project_id) if ordinal is not None}
    return changed | {ordinal for (ordinal,) in _read(gone)}


def land(job: Import, now: datetime) -> None:
    """In the transaction that locked the images."""
    moment = connection.ops.adapt_datetimefield_value(now)
    asked = {"project": job.project_id, "author": job.created_by_id, "job": job.pk, "now": moment}
    for statement in LANDING:
        _run(statement, asked)


def check_references() -> None:
    """Those of each row, before the project is locked: else the commit does it, and people wait for it."""
    if connection.vendor == "postgresql":
        _run("SET CONSTRAINTS ALL IMMEDIATE")


def label_deltas() -> Counter[int]:
    """Annotations by label id: those that come, less those that go."""
    deltas: Counter[int] = Counter(dict(_read("SELECT label_id, COUNT(*) FROM planned_annotation GROUP BY label_id")))
    deltas.subtract(dict(_read("SELECT label_id, COUNT(*) FROM planned_removal GROUP BY label_id")))
    return deltas


def queue_deltas() -> Counter[str]:
    deltas: Counter[str] = Counter(dict(_read("SELECT queue, COUNT(*) FROM planned_image GROUP BY queue")))
    left = "SELECT old_queue, COUNT(*) FROM planned_image WHERE NOT is_new GROUP BY old_queue"
    deltas.subtract(dict(_read(left)))
    return deltas


def new_images(job: Import) -> tuple[int, int]:
    """How many images the plan makes, and their bytes."""
    asked = f"""SELECT COUNT(*), COALESCE(SUM(s.size), 0) FROM planned_image p
        JOIN {STAGED} s ON s.job_id = %s AND s.ordinal = p.ordinal WHERE p.is_new"""
    ((count, size),) = _read(asked, job.pk)
    return int(count), int(size)


def counts() -> dict[str, int]:
    """What the import counts of the images that change."""
    sums = ", ".join(f"COALESCE(SUM({name}), 0)" for name in COUNTED)
    (row,) = _read(f"SELECT {sums} FROM planned_image")
    return dict(zip(COUNTED, map(int, row), strict=True))


def made_images(job: Import) -> Iterator[tuple[Any, ...]]:
    """After `land`: columns of the images that are new, in the order of `KnownImage`, as they landed.

    From tables that nobody else writes: what people do to the images since is not in it.
    """
    asked = f"""SELECT p.image_id, p.sha256, s.name, s.content_type, s.width, s.height, {_of("p", PLACED)}
        FROM planned_image p JOIN {STAGED} s ON s.job_id = %s AND s.ordinal = p.ordinal WHERE p.is_new"""
    with connection.cursor() as cursor:
        cursor.execute(asked, [job.pk])
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def suggested_images() -> list[int]:
    """Those that were there, and that a model suggested something for."""
    asked = f"""SELECT i.id FROM planned_image p JOIN {IMAGE} i ON i.id = p.image_id
        WHERE NOT p.is_new AND i.uncertainty > 0 ORDER BY i.id"""
    return [pk for (pk,) in _read(asked)]


def analyse() -> None:
    """Tell the planner of queries how large the tables are; nobody else does for tables of one connection."""
    if connection.vendor == "postgresql":
        for table in TABLES:
            _run(f"ANALYZE {table}")


def _row(one: PlannedImage) -> tuple[Any, ...]:
    image = one.image
    before = (image.pk, image.revision, image.queue) if image else (None, None, "")
    said = (one.queue, one.revision, one.annotation_count, one.split, one.group)
    revision = (json.dumps(one.upserted or []), json.dumps(one.deleted) if one.deleted else "[]")
    return (one.ordinal, one.sha256, *before, *said, *revision, image is None, one.upserted is not None, *one.counts)


def _uuid(id_: Any) -> Any:
    return id_ if connection.features.has_native_uuid_field else id_.hex


def _read(statement: str, *asked: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _run(statement: str, asked: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)


def _drop() -> None:
    for table in TABLES:
        _run(f"DROP TABLE IF EXISTS {table}")

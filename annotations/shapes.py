"""The JSON of images, annotations, imports and snapshots: the same in answers, conflicts and events."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from annotations.dataset.edits import SIDES
from annotations.labeling.annotation_rows import Drawn
from annotations.models import Image, Import, ImportFinding, Snapshot
from boxwright.jobs import Job
from boxwright.teams.models import User

Shape = dict[str, Any]


def person(user: User | None) -> Shape | None:
    return {"id": user.pk, "name": user.name} if user else None


def image_shape(image: Image) -> Shape:
    return {
        "id": image.pk,
        "name": image.name,
        "sha256": image.sha256,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "queue": image.queue,
        "revision": image.revision,
        "annotation_count": image.annotation_count,
        "claimed_by": person(image.claimed_by),
        "claim_expires_at": image.claim_expires_at,
        "created_at": image.created_at,
    }


def annotation_shape(annotation: Drawn) -> Shape:
    box = {side: getattr(annotation, side) for side in SIDES if annotation.x_min is not None}
    author = {"id": annotation.created_by_id, "name": annotation.created_by_name}
    return {
        "id": str(annotation.id),
        "label": annotation.label_id,
        **box,
        "source": annotation.source,
        "score": annotation.score,
        "created_by": author if annotation.created_by_id else None,
        "updated_at": annotation.updated_at,
    }


def state_shape(image: Image, annotations: Iterable[Drawn]) -> Shape:
    """What a read or a save of an image's annotations answers."""
    rows = [annotation_shape(annotation) for annotation in annotations]
    return {"revision": image.revision, "queue": image.queue, "annotations": rows}


def error_shape(job: Job) -> Shape | None:
    return {"code": job.error_code, "detail": job.error} if job.error_code else None


def import_shape(job: Import) -> Shape:
    return {
        "id": job.pk,
        "status": job.status,
        "format": job.format,
        "archive_name": job.archive_name,
        "counts": job.counts,
        "progress": {"done": job.progress.get("done", 0), "total": job.progress.get("total", 0)},
        "finding_count": job.finding_count,
        "error": error_shape(job),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def finding_shape(finding: ImportFinding) -> Shape:
    return {
        "severity": ImportFinding.Severity(finding.severity).label,
        "file": finding.file,
        "line": finding.line,
        "reason": finding.reason,
    }


def snapshot_shape(snapshot: Snapshot) -> Shape:
    return {
        "id": snapshot.pk,
        "number": snapshot.number,
        "status": snapshot.status,
        "sha256": snapshot.sha256,
        "image_count": snapshot.image_count,
        "labelled_count": snapshot.labelled_count,
        "box_count": snapshot.box_count,
        "labels": snapshot.labels,
        "splits": snapshot.splits,
        "parent": snapshot.parent.number if snapshot.parent else None,
        "author": person(snapshot.author),
        "created_at": snapshot.created_at,
        "error": error_shape(snapshot),
    }


def plain(shape: Shape) -> Shape:
    """The shape with times as text, for an event's row."""
    text: Shape = json.loads(json.dumps(shape, cls=DjangoJSONEncoder))
    return text

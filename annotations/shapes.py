"""The JSON of images, annotations, imports and snapshots: the same in answers, conflicts and events."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from annotations.dataset.edits import SIDES
from annotations.labeling.annotation_rows import Drawn
from annotations.models import Image, ImportFinding
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


def finding_shape(finding: ImportFinding) -> Shape:
    return {
        "severity": ImportFinding.Severity(finding.severity).label,
        "file": finding.file,
        "line": finding.line,
        "reason": finding.reason,
    }


def plain(shape: Shape) -> Shape:
    """The shape with times as text, for an event's row."""
    text: Shape = json.loads(json.dumps(shape, cls=DjangoJSONEncoder))
    return text

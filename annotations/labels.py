"""Merging labels: what carried the one carries the other."""

from django.db import transaction
from django.utils import timezone

from annotations import counters
from annotations.models import Annotation
from boxwright.errors import Invalid
from boxwright.projects.models import Label


def merge_label(*, label: Label, into_id: int) -> Label:
    """Move all annotations of `label` to another label of its project, and delete it. Answers the one that stays."""
    into = Label.objects.filter(pk=into_id, project_id=label.project_id).exclude(pk=label.pk).first()
    if into is None:
        raise Invalid("There is no such label to merge into.", {"into": "expected another label of this project"})
    with transaction.atomic():
        moved = Annotation.objects.filter(label=label).update(label=into, updated_at=timezone.now())
        counters.move(label.project_id, labels={into.pk: moved})
        label.delete()
        counters.publish_counts(label.project_id)
    into.refresh_from_db()
    return into

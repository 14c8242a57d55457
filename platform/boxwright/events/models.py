"""Rows that carry an event from the process where it happened to the browsers that watch the project."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """A hint that something changed. Kept for an hour, so that a client may resume; losing one loses no data."""

    project_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    data = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} in {self.project_id}"

"""The registry: a row for every object that was ever begun to be written and is not collected yet."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class StoredObject(models.Model):
    """Written before its object, deleted after it. Who needs the object is no matter of this row: see `needs`."""

    key = models.CharField(max_length=255, primary_key=True)
    touched_at = models.DateTimeField(
        null=True,
        db_index=True,
        db_default=Now(),
        help_text="when it was last written or last ceased to be needed; null: needed when the collector looked",
    )
    place = models.JSONField(
        null=True, help_text="where the bytes were left, read where the store has none: bucket, key, etag, size"
    )
    leaving = models.BooleanField(default=False, help_text="the collector deletes the object: name it no more")

    class Meta:
        indexes = [models.Index(fields=["key"], name="object_leaving", condition=Q(leaving=True))]

    def __str__(self) -> str:
        return self.key

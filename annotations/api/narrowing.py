"""What narrows a list of images down, as the body of a request has it: for bulk changes and snapshots."""

from typing import Any

from rest_framework import serializers

from annotations.image_filters import ASSIGNED, BOXES, MOST, SPLITS, YES
from boxwright.api.fields import IdField, LineField
from boxwright.projects.models import QUEUES


class NarrowingSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    label = IdField(required=False)  # type: ignore[assignment]
    search = LineField(required=False, max_length=200)
    boxes = serializers.ChoiceField(choices=BOXES, required=False)
    author = IdField(required=False)
    min_width = serializers.IntegerField(min_value=0, max_value=MOST, required=False)
    max_width = serializers.IntegerField(min_value=0, max_value=MOST, required=False)
    suggested = serializers.ChoiceField(choices=[YES], required=False)
    split = serializers.ChoiceField(choices=SPLITS, required=False)
    assigned = serializers.RegexField(ASSIGNED, required=False, max_length=18, help_text="a person's id, or nobody")

"""What requests and answers look like: for the schema, and to parse the plain fields of requests.

DRF's fields have attributes `label`, `source` and `parent` of their own; its metaclass takes ours away before they
could shadow those, which mypy can't see: hence the ignored assignments.
"""

from typing import Any

from rest_framework import serializers

from annotations.models import Image
from boxwright import limits
from boxwright.api.fields import CountedListField, IdField
from boxwright.projects.models import QUEUES
from boxwright.teams.api.serializers import PersonSerializer


class ImageSerializer(serializers.ModelSerializer[Image]):
    """`width` and `height` are those after EXIF orientation; `size` is in bytes."""

    queue = serializers.ChoiceField(choices=QUEUES)
    claimed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Image
        fields = [
            "id",
            "name",
            "sha256",
            "width",
            "height",
            "size",
            "queue",
            "revision",
            "annotation_count",
            "claimed_by",
            "claim_expires_at",
            "created_at",
        ]
        read_only_fields = fields


class AnnotationSerializer(serializers.Serializer[Any]):
    """Pixels of the EXIF-oriented image, origin top left; a label of the whole image has no box fields."""

    id = serializers.UUIDField(help_text="made by the client, version 7")
    label = serializers.IntegerField(help_text="the label's id")  # type: ignore[assignment]
    x_min = serializers.FloatField(required=False)
    y_min = serializers.FloatField(required=False)
    x_max = serializers.FloatField(required=False)
    y_max = serializers.FloatField(required=False)
    source = serializers.CharField()  # type: ignore[assignment]
    score = serializers.FloatField(allow_null=True)
    created_by = PersonSerializer(allow_null=True)
    updated_at = serializers.DateTimeField()


class DraftSerializer(serializers.Serializer[Any]):
    """What a save sends of one annotation."""

    id = serializers.UUIDField()
    label = serializers.IntegerField()  # type: ignore[assignment]
    x_min = serializers.FloatField(required=False)
    y_min = serializers.FloatField(required=False)
    x_max = serializers.FloatField(required=False)
    y_max = serializers.FloatField(required=False)
    source = serializers.CharField(max_length=20, required=False)  # type: ignore[assignment]
    score = serializers.FloatField(required=False, allow_null=True)


class StateSerializer(serializers.Serializer[Any]):
    """An image's annotations at one revision."""

    revision = serializers.IntegerField()
    queue = serializers.ChoiceField(choices=QUEUES)
    annotations = AnnotationSerializer(many=True)


class SaveConflictSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457) with what the client needs to decide."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    current = StateSerializer()
    conflicts = serializers.ListField(child=serializers.UUIDField(), help_text="annotations that both changed")


class ClaimedImageSerializer(ImageSerializer):
    annotations = AnnotationSerializer(many=True)

    class Meta(ImageSerializer.Meta):
        fields = [*ImageSerializer.Meta.fields, "annotations"]
        read_only_fields = fields


class AsSentField(serializers.Field[Any, Any, Any, Any]):
    """Not looked at here, nor copied."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class SaveSerializer(serializers.Serializer[Any]):
    """`upsert` and `delete` are parsed by the use case, which names each wrong field."""

    base_revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    upsert = AsSentField(required=False, allow_null=True)
    delete = AsSentField(required=False, allow_null=True)


class SaveRequestSerializer(serializers.Serializer[Any]):
    """The same, as the schema shows it."""

    base_revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    upsert = CountedListField(child=DraftSerializer(), required=False, max_length=limits.ANNOTATIONS_A_SAVE)
    delete = CountedListField(child=serializers.UUIDField(), required=False, max_length=limits.ANNOTATIONS_A_SAVE)


class NextSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES, default="unlabelled")
    after = IdField(required=False, allow_null=True, default=None, help_text="an image's id")


class DuplicateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    id = serializers.IntegerField(help_text="of the image that has the same bytes")


class RejectSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()


class UploadSerializer(serializers.Serializer[Any]):
    created = ImageSerializer(many=True)
    duplicates = DuplicateSerializer(many=True)
    rejected = RejectSerializer(many=True)


class UploadRequestSerializer(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), max_length=limits.FILES_A_REQUEST)


class RevisionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    author = PersonSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    queue = serializers.ChoiceField(choices=QUEUES)
    upserted = DraftSerializer(many=True)
    deleted = serializers.ListField(child=serializers.UUIDField())
    merged_label = serializers.CharField(help_text="the label that went into another by this revision, else empty")

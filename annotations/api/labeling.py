"""An image's annotations: read, saved, looked back on, restored.

DRF's fields have attributes `label` and `source` of their own; its metaclass takes ours away before they could shadow
those, which mypy can't see: hence the ignored assignments.
"""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import labeling
from annotations.dataset.attributes import LONGEST_VALUE, MOST
from annotations.dataset.edits import SIDES
from annotations.labeling.annotation_rows import AnnotationRow
from annotations.labeling.revising import State, state_of
from annotations.models import Revision
from annotations.queries import image_for
from boxwright import limits
from boxwright.api.fields import CountedListField, LineField, time_json
from boxwright.api.problems import CONTENT_TYPE
from boxwright.api.schema import ProblemSerializer
from boxwright.api.views import Endpoint
from boxwright.errors import Conflict
from boxwright.projects.models import QUEUES
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer, person_json
from boxwright.teams.models import Role


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MOST,
        "additionalProperties": {
            "oneOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string", "maxLength": LONGEST_VALUE}]
        },
    }
)
class AttributesField(serializers.DictField):
    """What tools noted of an annotation beside its label and box."""


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
    attributes = AttributesField(required=False, help_text="absent where there are none")
    created_by = PersonSerializer(allow_null=True)
    updated_at = serializers.DateTimeField()

    def to_representation(self, annotation: AnnotationRow) -> dict[str, Any]:
        """The same by hand: an image may carry thousands, and DRF's own takes many times as long."""
        box = {side: getattr(annotation, side) for side in SIDES if annotation.x_min is not None}
        author = {"id": annotation.created_by_id, "name": annotation.created_by_name}
        return {
            "id": str(annotation.id),
            "label": annotation.label_id,
            **box,
            "source": annotation.source,
            "score": annotation.score,
            **({"attributes": annotation.attributes} if annotation.attributes else {}),
            "created_by": author if annotation.created_by_id else None,
            "updated_at": time_json(annotation.updated_at),
        }


class AnnotationContentSerializer(serializers.Serializer[Any]):
    """What a save sends of one annotation."""

    id = serializers.UUIDField()
    label = serializers.IntegerField()  # type: ignore[assignment]
    x_min = serializers.FloatField(required=False)
    y_min = serializers.FloatField(required=False)
    x_max = serializers.FloatField(required=False)
    y_max = serializers.FloatField(required=False)
    source = serializers.CharField(max_length=20, required=False)  # type: ignore[assignment]
    score = serializers.FloatField(required=False, allow_null=True)
    attributes = AttributesField(required=False, help_text="where absent, those it has stay")


class RevisedAnnotationSerializer(AnnotationContentSerializer):
    """What a revision says of one annotation."""

    label_name = serializers.CharField(help_text="what the label was called then; it may be gone")

    def to_representation(self, row: dict[str, Any]) -> dict[str, Any]:
        """A revision keeps it as it is sent."""
        return row


class StateSerializer(serializers.Serializer[Any]):
    """An image's annotations at one revision."""

    revision = serializers.IntegerField(source="image.revision")
    queue = serializers.ChoiceField(choices=QUEUES, source="image.queue")
    annotations = AnnotationSerializer(many=True)

    def to_representation(self, state: State) -> dict[str, Any]:
        annotations = AnnotationSerializer(state.annotations, many=True).data
        return {"revision": state.image.revision, "queue": state.image.queue, "annotations": annotations}


class SaveConflictSerializer(ProblemSerializer):
    """A problem (RFC 9457) with what the client needs to decide."""

    current = StateSerializer()
    conflicts = serializers.ListField(child=serializers.UUIDField(), help_text="annotations that both changed")
    changed_by = PersonSerializer(many=True, help_text="who else changed them, the last one first")


class AsSentField(serializers.Field[Any, Any, Any, Any]):
    """Not looked at here, nor copied."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class SkipReasonField(LineField):
    """Why the image is skipped, beside the queue `skipped` alone; where absent, what was said before stays."""

    what = "A reason"

    def __init__(self) -> None:
        super().__init__(max_length=limits.SKIP_REASON_LENGTH, allow_blank=True, required=False, help_text=self.__doc__)


class SaveSerializer(serializers.Serializer[Any]):
    """`upsert` and `delete` are parsed by the use case, which names each wrong field."""

    base_revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    skip_reason = SkipReasonField()
    draft = serializers.BooleanField(required=False)
    upsert = AsSentField(required=False, allow_null=True)
    delete = AsSentField(required=False, allow_null=True)


class SaveRequestSerializer(serializers.Serializer[Any]):
    """The same, as the schema shows it."""

    base_revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    queue = serializers.ChoiceField(choices=QUEUES, required=False)
    skip_reason = SkipReasonField()
    draft = serializers.BooleanField(required=False, help_text="the first annotations don't label the image")
    upsert = CountedListField(child=AnnotationContentSerializer(), required=False, max_length=limits.ANNOTATIONS_A_SAVE)
    delete = CountedListField(child=serializers.UUIDField(), required=False, max_length=limits.ANNOTATIONS_A_SAVE)


class RevisionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    author = PersonSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    queue = serializers.ChoiceField(choices=QUEUES)
    skip_reason = serializers.CharField(help_text="why the image was skipped then; empty where nobody said")
    upserted = RevisedAnnotationSerializer(many=True)
    deleted = serializers.ListField(child=serializers.UUIDField())
    merged_label = serializers.CharField(help_text="the label that went into another by this revision, else empty")
    restored = serializers.IntegerField(allow_null=True, help_text="the revision that this one brought back")


class PastStateSerializer(serializers.Serializer[Any]):
    """What stood after a revision."""

    number = serializers.IntegerField(source="revision.number")
    queue = serializers.ChoiceField(choices=QUEUES, source="revision.queue")
    skip_reason = serializers.CharField(source="revision.skip_reason")
    annotations = RevisedAnnotationSerializer(many=True)


class ImageEventSerializer(serializers.Serializer[Any]):
    """An image was saved."""

    id = serializers.IntegerField()
    queue = serializers.ChoiceField(choices=QUEUES)
    revision = serializers.IntegerField()
    annotation_count = serializers.IntegerField()
    skip_reason = serializers.CharField()
    drafted_by = PersonSerializer(allow_null=True)
    by = PersonSerializer(allow_null=True)

    def to_representation(self, news: dict[str, Any]) -> dict[str, Any]:
        return {**news, "drafted_by": person_json(news["drafted_by"]), "by": person_json(news["by"])}


class AnnotationsView(Endpoint):
    body_limit = "JSON_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        image_for(request.user, kwargs["image_id"], Role.ANNOTATOR)

    @extend_schema(responses=StateSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        return Response(StateSerializer(state_of(image_for(request.user, image_id))).data)

    @extend_schema(
        request=SaveRequestSerializer,
        responses={200: StateSerializer, (409, CONTENT_TYPE): SaveConflictSerializer},
    )
    def patch(self, request: Request, image_id: int) -> Response:
        """Save changes based on `base_revision`. Sending the same save again changes nothing.

        A move between queues that one may not make refuses the whole save: 403, or 409 where nobody may; both name
        `from` and `to`.
        """
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        changes = self.parsed(SaveSerializer)
        try:
            state = labeling.save(image=image, author=signed_in(request), role=image.member_role, **changes)
        except labeling.SameAnnotations as error:
            ids = sorted(str(id_) for id_ in error.ids)
            more = {"conflicts": ids, "changed_by": [person_json(person) for person in error.people]}
            raise Conflict(error.detail, current=StateSerializer(error.state).data, **more) from error
        return Response(StateSerializer(state).data)


class RevisionsView(Endpoint):
    @extend_schema(responses=RevisionSerializer(many=True))
    def get(self, request: Request, image_id: int) -> Response:
        """Newest first."""
        rows = Revision.objects.filter(image=image_for(request.user, image_id)).select_related("author")
        return self.page(rows, RevisionSerializer, "-number")


class RevisionView(Endpoint):
    @extend_schema(responses=PastStateSerializer)
    def get(self, request: Request, image_id: int, number: int) -> Response:
        """The annotations that stood after that revision."""
        state = labeling.state_at(image=image_for(request.user, image_id), number=number)
        return Response(PastStateSerializer(state).data)


class RestoreView(Endpoint):
    @extend_schema(request=None, responses=StateSerializer)
    def post(self, request: Request, image_id: int, number: int) -> Response:
        """Make the state of that revision the current one, as a new revision; its queue where one may move it there."""
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        state = labeling.restore(image=image, author=signed_in(request), number=number, role=image.member_role)
        return Response(StateSerializer(state).data)

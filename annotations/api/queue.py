"""The queue that hands images out: each claimed by one person at a time."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import along, queue
from annotations.api.images import ImageSerializer
from annotations.api.labeling import AnnotationSerializer
from annotations.labeling.annotation_rows import annotation_rows_of
from annotations.models import Image
from annotations.queries import image_for
from boxwright import limits
from boxwright.api.fields import IdField, time_json
from boxwright.api.problems import CONTENT_TYPE
from boxwright.api.schema import ProblemSerializer
from boxwright.api.views import Endpoint
from boxwright.errors import Conflict
from boxwright.projects.models import QUEUES
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer, person_json
from boxwright.teams.models import Role


class ClaimConflictSerializer(ProblemSerializer):
    """A problem (RFC 9457) with who holds the image."""

    claimed_by = PersonSerializer(allow_null=True)


class ClaimedImageSerializer(ImageSerializer):
    annotations = AnnotationSerializer(many=True)

    class Meta(ImageSerializer.Meta):
        fields = [*ImageSerializer.Meta.fields, "annotations"]
        read_only_fields = fields

    def to_representation(self, image: Image) -> dict[str, Any]:
        annotations = AnnotationSerializer(annotation_rows_of(image), many=True).data
        return {**super().to_representation(image), "annotations": annotations}


class OpenedImageSerializer(ClaimedImageSerializer):
    """With its annotations where they were asked for."""

    annotations = AnnotationSerializer(many=True, required=False)


class ClaimSerializer(serializers.Serializer[Any]):
    open = serializers.BooleanField(default=False, help_text="answer with the annotations: one request opens the image")


class NextSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES, default="unlabelled")
    after = IdField(required=False, allow_null=True, default=None, help_text="an image's id")
    leave = serializers.ListField(
        child=IdField(),
        max_length=limits.CLAIMS_A_PERSON,
        required=False,
        help_text="images whose claims are given back: by default `after`, none for who goes on working on that",
    )


class TakeAlongSerializer(serializers.Serializer[Any]):
    queue = serializers.ChoiceField(choices=QUEUES, default="unlabelled")


class TakenAlongSerializer(serializers.Serializer[Any]):
    images = ImageSerializer(many=True)


class ClaimEventSerializer(serializers.Serializer[Any]):
    """An image was claimed, or given back."""

    id = serializers.IntegerField(help_text="of the image")
    claimed_by = PersonSerializer(allow_null=True)
    claim_expires_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, claim: dict[str, Any]) -> dict[str, Any]:
        holder, ends = claim["claimed_by"], claim["claim_expires_at"]
        return {"id": claim["id"], "claimed_by": person_json(holder), "claim_expires_at": time_json(ends)}


class NextView(Endpoint):
    @extend_schema(request=NextSerializer, responses={200: ClaimedImageSerializer, 204: None})
    def post(self, request: Request, project_id: int) -> Response:
        """Claim the next image of a queue for 90 seconds; 204 when there is none."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        image = queue.claim_next(project=project, user=signed_in(request), **self.parsed(NextSerializer))
        if image is None:
            return Response(status=204)
        return Response(ClaimedImageSerializer(image).data)


class AlongView(Endpoint):
    @extend_schema(request=TakeAlongSerializer, responses=TakenAlongSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Take the next 20 images of a queue along: claimed for 12 hours. Asking again renews and fills up."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        images = along.take_along(project=project, user=signed_in(request), **self.parsed(TakeAlongSerializer))
        return Response(TakenAlongSerializer({"images": images}).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> Response:
        """Give back what one took along."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        along.give_back(project=project, person_id=signed_in(request).pk)
        return Response(status=204)


class AlongOfView(Endpoint):
    @extend_schema(operation_id="projects_queue_along_free", responses={204: None})
    def delete(self, request: Request, project_id: int, person_id: int) -> Response:
        """Free what somebody took along."""
        along.give_back(project=project_for(request.user, project_id, Role.MANAGER), person_id=person_id)
        return Response(status=204)


class ClaimView(Endpoint):
    @extend_schema(
        request=ClaimSerializer,
        responses={200: OpenedImageSerializer, (409, CONTENT_TYPE): ClaimConflictSerializer},
    )
    def post(self, request: Request, image_id: int) -> Response:
        """Claim the image for 90 seconds, or renew one's claim."""
        asked = self.parsed(ClaimSerializer)
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        try:
            claimed = queue.claim(image=image, user=signed_in(request))
        except queue.Claimed as error:
            raise Conflict(error.detail, claimed_by=error.holder and PersonSerializer(error.holder).data) from error
        return Response((ClaimedImageSerializer if asked["open"] else ImageSerializer)(claimed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: int) -> Response:
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        queue.release(image_id=image.pk, user=signed_in(request), project_id=image.project_id)
        return Response(status=204)

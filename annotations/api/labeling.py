"""An image's annotations: read, saved, looked back on, restored; and the queue that hands images out."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import labeling, queue
from annotations.api.schemas import (
    ClaimedImageSerializer,
    ImageSerializer,
    NextSerializer,
    RevisionSerializer,
    SaveConflictSerializer,
    SaveRequestSerializer,
    SaveSerializer,
    StateSerializer,
)
from annotations.labeling.annotation_rows import drawn_on
from annotations.models import Revision
from annotations.queries import image_for
from annotations.shapes import annotation_shape, image_shape, state_shape
from boxwright.api.views import Endpoint
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role


class AnnotationsView(Endpoint):
    body_limit = "JSON_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        image_for(request.user, kwargs["image_id"], Role.ANNOTATOR)

    @extend_schema(responses=StateSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        image = image_for(request.user, image_id)
        return Response(state_shape(image, drawn_on(image)))

    @extend_schema(
        request=SaveRequestSerializer,
        responses={200: StateSerializer, (409, "application/problem+json"): SaveConflictSerializer},
    )
    def patch(self, request: Request, image_id: int) -> Response:
        """Save changes based on `base_revision`. Sending the same save again changes nothing.

        A move between queues that one may not make refuses the whole save: 403, or 409 where nobody may; both name
        `from` and `to`.
        """
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        changes = self.parsed(SaveSerializer)
        state = labeling.save(image=image, author=signed_in(request), role=image.member_role, **changes)
        return Response(state.shape)


class RevisionsView(Endpoint):
    @extend_schema(responses=RevisionSerializer(many=True))
    def get(self, request: Request, image_id: int) -> Response:
        """Newest first."""
        rows = Revision.objects.filter(image=image_for(request.user, image_id)).select_related("author")
        return self.page(rows, RevisionSerializer, "-number")


class RestoreView(Endpoint):
    @extend_schema(request=None, responses=StateSerializer)
    def post(self, request: Request, image_id: int, number: int) -> Response:
        """Make the state of that revision the current one, as a new revision; its queue where one may move it there."""
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        state = labeling.restore(image=image, author=signed_in(request), number=number, role=image.member_role)
        return Response(state.shape)


class NextView(Endpoint):
    @extend_schema(request=NextSerializer, responses={200: ClaimedImageSerializer, 204: None})
    def post(self, request: Request, project_id: int) -> Response:
        """Claim the next image of a queue for 90 seconds; 204 when there is none."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        image = queue.claim_next(project=project, user=signed_in(request), **self.parsed(NextSerializer))
        if image is None:
            return Response(status=204)
        rows = [annotation_shape(row) for row in drawn_on(image)]
        return Response({**image_shape(image), "annotations": rows})


class ClaimView(Endpoint):
    @extend_schema(request=None, responses={200: ImageSerializer, 409: OpenApiResponse(description="`claimed_by`")})
    def post(self, request: Request, image_id: int) -> Response:
        """Claim the image for 90 seconds, or renew one's claim."""
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        return Response(image_shape(queue.claim(image=image, user=signed_in(request))))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: int) -> Response:
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        queue.release(image_id=image.pk, user=signed_in(request), project_id=image.project_id)
        return Response(status=204)

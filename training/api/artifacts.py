"""Artifacts: make, watch, download."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.files import download_object
from boxwright.api.views import Endpoint
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import artifacts, queries
from training.api import serializers as shapes
from training.needed_objects import archive_of


class ArtifactsView(Endpoint):
    @extend_schema(responses=shapes.ArtifactSerializer(many=True))
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        return self.page(run.artifacts.all(), shapes.ArtifactSerializer, "id")

    @extend_schema(
        request=shapes.NewArtifactSerializer,
        responses={201: shapes.ArtifactSerializer, 200: shapes.ArtifactSerializer},
    )
    def post(self, request: Request, run_id: int) -> Response:
        """201 when it is made now, 200 when it is there or on its way already."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        asked = self.parsed(shapes.NewArtifactSerializer)
        artifact, queued = artifacts.make_artifact(run=run, author=signed_in(request), **asked)
        return Response(shapes.ArtifactSerializer(artifact).data, status=201 if queued else 200)


class ArtifactView(Endpoint):
    @extend_schema(responses=shapes.ArtifactSerializer)
    def get(self, request: Request, artifact_id: int) -> Response:
        return Response(shapes.ArtifactSerializer(queries.artifact_for(request.user, artifact_id)).data)


class ArtifactDownloadView(Endpoint):
    @extend_schema(
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (206, "application/zip"): OpenApiTypes.BINARY,
            302: None,
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        }
    )
    def get(self, request: Request, artifact_id: int) -> HttpResponseBase:
        artifact = artifacts.downloadable(queries.artifact_for(request.user, artifact_id))
        name = artifacts.file_name(artifact)
        audit.record_download(artifact.run.project.team, name)
        return download_object(request, archive_of(artifact), name, tag=artifact.sha256)

"""Artifacts: make, watch, download."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.files import download_object
from boxwright.api.jobs import JobSerializer
from boxwright.api.links import LINK, LinkSerializer
from boxwright.api.views import Endpoint
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import artifacts, queries
from training.models import Artifact
from training.needed_objects import archive_of


class FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField()


class ParitySerializer(serializers.Serializer[Any]):
    """The largest difference between the artifact's answers and the checkpoint's."""

    max_box_px = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField()
    images = serializers.IntegerField()
    limit_box_px = serializers.FloatField(allow_null=True)
    limit_score = serializers.FloatField()
    runtime = serializers.CharField()
    passed = serializers.BooleanField()


class ArtifactSerializer(JobSerializer):
    files = FileSerializer(many=True)
    parity = ParitySerializer(allow_null=True)
    metrics = serializers.DictField(child=serializers.FloatField(allow_null=True), allow_null=True)

    class Meta:
        model = Artifact
        fields = [
            *(
                "id",
                "run",
                "target",
                "quantization",
                *JobSerializer.FIELDS,
                "size",
                "sha256",
                "files",
                "parity",
                "metrics",
            ),
            *("created_at", "finished_at"),
        ]
        read_only_fields = fields


class NewArtifactSerializer(serializers.Serializer[Any]):
    target = serializers.CharField(max_length=20)
    quantization = serializers.CharField(max_length=20, default="none")


class ArtifactsView(Endpoint):
    @extend_schema(responses=ArtifactSerializer(many=True))
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        return self.page(run.artifacts.all(), ArtifactSerializer, "id")

    @extend_schema(
        request=NewArtifactSerializer,
        responses={201: ArtifactSerializer, 200: ArtifactSerializer},
    )
    def post(self, request: Request, run_id: int) -> Response:
        """201 when it is made now, 200 when it is there or on its way already."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        asked = self.parsed(NewArtifactSerializer)
        artifact, queued = artifacts.make_artifact(run=run, author=signed_in(request), **asked)
        return Response(ArtifactSerializer(artifact).data, status=201 if queued else 200)


class ArtifactView(Endpoint):
    @extend_schema(responses=ArtifactSerializer)
    def get(self, request: Request, artifact_id: int) -> Response:
        return Response(ArtifactSerializer(queries.artifact_for(request.user, artifact_id)).data)


class ArtifactDownloadView(Endpoint):
    @extend_schema(
        parameters=[LINK],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "application/json"): LinkSerializer,
            (206, "application/zip"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="in the bucket"),
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, artifact_id: int) -> HttpResponseBase:
        artifact = artifacts.downloadable(queries.artifact_for(request.user, artifact_id))
        name = artifacts.file_name(artifact)
        audit.record_download(artifact.run.project.team, name)
        return download_object(request, archive_of(artifact), "application/zip", name, tag=artifact.sha256)

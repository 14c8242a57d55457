"""A team's uploaded files of weights: what its runs can begin with beside earlier runs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for
from training import base_files, queries
from training.models import BaseFile


class BaseFileSerializer(serializers.ModelSerializer[BaseFile]):
    """`size` is in bytes. What the file holds is seen when a run begins with it."""

    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = BaseFile
        fields = ["id", "name", "size", "sha256", "created_by", "created_at"]
        read_only_fields = fields


class NewBaseFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text=base_files.UNDERSTOOD)


class BaseFilesView(Endpoint):
    parser_classes = [MultiPartParser]
    body_limit = "BASE_FILE_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        team_for(request.user, kwargs["slug"], Role.MANAGER)

    @extend_schema(responses=BaseFileSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Newest first."""
        team = team_for(request.user, slug)
        return self.page(queries.base_files_of(team), BaseFileSerializer, "-id")

    @extend_schema(
        request={"multipart/form-data": NewBaseFileSerializer},
        responses={200: BaseFileSerializer, 201: BaseFileSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Keep a file of weights; 200 where the team has these bytes already. Nothing in it is loaded here."""
        team = team_for(request.user, slug, Role.MANAGER)
        sent = self.parsed(NewBaseFileSerializer)["file"]
        file, is_new = base_files.add_base_file(team=team, author=signed_in(request), name=sent.name, file=sent.file)
        return Response(BaseFileSerializer(file).data, status=201 if is_new else 200)


class BaseFileView(Endpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, file_id: int) -> Response:
        """Runs that began with it keep what they learned. 409 while one that has not ended needs it."""
        base_files.delete_base_file(queries.base_file_in(team_for(request.user, slug, Role.MANAGER), file_id))
        return Response(status=204)

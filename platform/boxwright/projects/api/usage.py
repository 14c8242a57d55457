"""What a team holds and has going on, beside what it may."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.projects.quotas import usage_of
from boxwright.teams.queries import team_for


class UsageSerializer(serializers.Serializer[Any]):
    used = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True, help_text="null: no quota")


class TeamUsageSerializer(serializers.Serializer[Any]):
    images = UsageSerializer()
    bytes = UsageSerializer(help_text="of the images' original files, in each project that shows them")
    jobs = UsageSerializer(help_text="imports, snapshots, runs and artifacts queued or running")


class UsageView(Endpoint):
    @extend_schema(responses=TeamUsageSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """For all members: uploads and imports beyond a quota are refused."""
        team = team_for(request.user, slug)
        return Response(TeamUsageSerializer(usage_of(team.pk)).data)

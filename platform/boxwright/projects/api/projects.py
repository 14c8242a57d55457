"""Projects: list, make, rename, delete."""

from typing import Any

from django.db.models import QuerySet, Value
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.fields import CountedListField, NameField
from boxwright.api.views import Endpoint
from boxwright.events.reader import position
from boxwright.projects import projects
from boxwright.projects.api.labels import LabelSerializer, NewLabelSerializer
from boxwright.projects.labels import NewLabel
from boxwright.projects.models import Project, TaskKind
from boxwright.projects.queries import project_for, projects_of
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import TeamRefSerializer
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for

SLUG = {"type": "string", "maxLength": 60}


class CountsSerializer(serializers.Serializer[Any]):
    images = serializers.IntegerField()
    unlabelled = serializers.IntegerField()
    labelled = serializers.IntegerField()
    review = serializers.IntegerField()
    done = serializers.IntegerField()
    skipped = serializers.IntegerField()
    annotations = serializers.IntegerField()

    def to_representation(self, counts: dict[str, int]) -> dict[str, Any]:
        """As they are: each save tells them."""
        return dict(counts)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project as one of its members sees it: of `_projects_for`."""

    team = TeamRefSerializer()
    role = serializers.ChoiceField(choices=Role.choices, source="member_role")
    labels = LabelSerializer(many=True)
    counts = CountsSerializer()
    last_event_id = serializers.IntegerField(help_text="a stream of events from there on misses nothing of this answer")

    class Meta:
        model = Project
        fields = [
            "id",
            "slug",
            "name",
            "team",
            "task",
            "role",
            "seed",
            "share_location",
            "labels",
            "counts",
            "created_at",
            "updated_at",
            "last_event_id",
        ]
        read_only_fields = fields


class ProjectChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)
    share_location = serializers.BooleanField(
        required=False, help_text="whether files go out with the place where they were taken"
    )


class NewProjectSerializer(serializers.Serializer[Any]):
    team = serializers.SlugField(max_length=60)
    name = NameField()
    task = serializers.ChoiceField(choices=TaskKind.choices)
    labels = CountedListField(
        child=NewLabelSerializer(), required=False, default=list, max_length=limits.LABELS_A_PROJECT
    )


class ProjectsView(Endpoint):
    @extend_schema(
        parameters=[OpenApiParameter("team", SLUG, description="a team's slug"), OpenApiParameter("slug", SLUG)],
        responses=ProjectSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        rows = _projects_for(request)
        for name, field in (("team", "team__slug"), ("slug", "slug")):
            if wanted := request.query_params.get(name):
                rows = rows.filter(**{field: wanted})
        return self.page(rows, ProjectSerializer, "-id")

    @extend_schema(request=NewProjectSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        asked = self.parsed(NewProjectSerializer)
        project = projects.create_project(
            team=team_for(request.user, asked["team"], Role.MANAGER),
            author=signed_in(request),
            name=asked["name"],
            task=asked["task"],
            labels=[NewLabel(**label) for label in asked["labels"]],
        )
        return Response(seen_by(request, project.pk), status=201)


class ProjectView(Endpoint):
    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        project_for(request.user, project_id)
        return Response(seen_by(request, project_id))

    @extend_schema(request=ProjectChangeSerializer, responses=ProjectSerializer)
    def patch(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id, Role.MANAGER)
        projects.change_project(project, **self.parsed(ProjectChangeSerializer))
        return Response(seen_by(request, project_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> Response:
        """Gone at once; its rows and stored objects follow in the background."""
        projects.delete_project(project_for(request.user, project_id, Role.OWNER))
        return Response(status=204)


def seen_by(request: Request, project_id: int) -> dict[str, object]:
    """The project's JSON for whoever asks."""
    return dict(ProjectSerializer(_projects_for(request).get(pk=project_id)).data)


def _projects_for(request: Request) -> QuerySet[Project]:
    return projects_of(request.user).annotate(last_event_id=Value(position()))

"""Projects: list, make, rename, delete."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.projects import projects
from boxwright.projects.api.serializers import NewProjectSerializer, ProjectChangeSerializer, ProjectSerializer
from boxwright.projects.labels import NewLabel
from boxwright.projects.queries import project_for, projects_of
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for

SLUG = {"type": "string", "maxLength": 60}


class ProjectsView(Endpoint):
    @extend_schema(
        parameters=[OpenApiParameter("team", SLUG, description="a team's slug"), OpenApiParameter("slug", SLUG)],
        responses=ProjectSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        rows = projects_of(request.user)
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
    return dict(ProjectSerializer(projects_of(request.user).get(pk=project_id)).data)

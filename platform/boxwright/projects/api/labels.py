"""A project's labels."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.projects import labels
from boxwright.projects.api.serializers import LabelChangeSerializer, LabelSerializer, NewLabelSerializer
from boxwright.projects.models import Label
from boxwright.projects.queries import label_for, project_for
from boxwright.teams.models import Role


class LabelsView(Endpoint):
    @extend_schema(responses=LabelSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id)
        return self.page(Label.objects.filter(project=project), LabelSerializer, "position", "id")

    @extend_schema(request=NewLabelSerializer, responses={201: LabelSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id, Role.MANAGER)
        wanted = labels.NewLabel(**self.parsed(NewLabelSerializer))
        return Response(LabelSerializer(labels.add_labels(project, [wanted])[0]).data, status=201)


class LabelView(Endpoint):
    @extend_schema(request=LabelChangeSerializer, responses=LabelSerializer)
    def patch(self, request: Request, label_id: int) -> Response:
        label = label_for(request.user, label_id, Role.MANAGER)
        return Response(LabelSerializer(labels.change_label(label, **self.parsed(LabelChangeSerializer))).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, label_id: int) -> Response:
        """409 while annotations carry it: merge it first."""
        labels.delete_label(label_for(request.user, label_id, Role.MANAGER))
        return Response(status=204)

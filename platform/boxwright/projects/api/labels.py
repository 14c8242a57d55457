"""A project's labels."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.views import Endpoint
from boxwright.projects import labels
from boxwright.projects.models import Label
from boxwright.projects.queries import label_for, project_for
from boxwright.teams.models import Role

COLOR = r"^#[0-9A-Fa-f]{6}$"


class LabelSerializer(serializers.ModelSerializer[Label]):
    class Meta:
        model = Label
        fields = ["id", "name", "color", "position", "annotation_count"]
        read_only_fields = fields


class LabelsEventSerializer(serializers.Serializer[Any]):
    """The labels that were added, or have another name or colour."""

    labels = LabelSerializer(many=True)


class NewLabelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=limits.LABEL_NAME_LENGTH)
    color = serializers.RegexField(COLOR, required=False, allow_blank=True, default="", help_text="#RRGGBB")


class LabelChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=limits.LABEL_NAME_LENGTH, required=False)
    color = serializers.RegexField(COLOR, required=False)
    position = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


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

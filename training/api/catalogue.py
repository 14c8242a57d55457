"""What can be trained and exported to."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boxwright.projects.models import TaskKind
from training import offers
from training.api.config import ConfigSerializer
from training.engine.targets import TARGETS


class ModelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    task = serializers.ChoiceField(choices=TaskKind.choices)
    image_size = serializers.IntegerField()
    summary = serializers.CharField()
    default_config = ConfigSerializer()
    weights_available = serializers.BooleanField(help_text="base weights lie on this machine or in the store")
    licence = serializers.CharField()


class TargetSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    for_whom = serializers.CharField()
    quantizations = serializers.ListField(child=serializers.CharField())


class ModelsView(APIView):
    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(ModelSerializer(offers.models(), many=True).data)


class TargetsView(APIView):
    @extend_schema(responses=TargetSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(TargetSerializer(TARGETS.values(), many=True).data)

"""What can be trained and exported to."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from training import offers
from training.api.serializers import ModelSerializer, TargetSerializer


class ModelsView(APIView):
    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(ModelSerializer(offers.models(), many=True).data)


class TargetsView(APIView):
    @extend_schema(responses=TargetSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(TargetSerializer(offers.targets(), many=True).data)

"""What can be trained and exported to."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boxwright.projects.models import TaskKind
from training import base_weights
from training.api.config import OPTIMIZERS, ConfigSerializer
from training.engine.catalog import MODELS
from training.engine.model_info import BaseWeights, ImageSizes, ModelInfo
from training.engine.scoring import Scoring
from training.engine.targets import TARGETS


class BaseWeightsSerializer(serializers.Serializer[BaseWeights]):
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="a URL, or torchvision:<name> where torchvision knows the URL"
    )
    file_name = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField(help_text="what the hash of the file begins with; any where it is not known")
    trained_on = serializers.CharField()


class ImageSizesSerializer(serializers.Serializer[ImageSizes]):
    """Pixels: from `least` to `most` in steps of `step`."""

    least = serializers.IntegerField()
    most = serializers.IntegerField()
    step = serializers.IntegerField()


class ModelTargetSerializer(serializers.Serializer[Any]):
    """What the model can be exported to."""

    name = serializers.CharField()
    quantizations = serializers.ListField(child=serializers.CharField())


class ModelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    task = serializers.ChoiceField(choices=TaskKind.choices)
    image_size = serializers.IntegerField(help_text="that of the default config")
    image_sizes = ImageSizesSerializer()
    optimizers = serializers.ListField(child=serializers.ChoiceField(choices=OPTIMIZERS))
    scoring = serializers.ChoiceField(choices=[kind.value for kind in Scoring], help_text="what its scores mean")
    summary = serializers.SerializerMethodField()
    default_config = ConfigSerializer()
    weights = BaseWeightsSerializer()
    weights_available = serializers.SerializerMethodField(help_text="base weights lie on this machine or in the store")
    targets = serializers.SerializerMethodField()
    licence = serializers.CharField()

    def get_summary(self, info: ModelInfo) -> str:
        facts = (f"{info.image_size} px", f"base weights from {info.weights.trained_on}", info.remark)
        return ", ".join(fact for fact in facts if fact)

    def get_weights_available(self, info: ModelInfo) -> bool:
        return info.name in self.context["available"]

    @extend_schema_field(ModelTargetSerializer(many=True))
    def get_targets(self, info: ModelInfo) -> list[dict[str, Any]]:
        offered = [(target.name, info.quantizations_of(target)) for target in TARGETS.values()]
        return [{"name": name, "quantizations": quantizations} for name, quantizations in offered if quantizations]


class TargetSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    for_whom = serializers.CharField()
    quantizations = serializers.ListField(child=serializers.CharField())


class ModelsView(APIView):
    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, _request: Request) -> Response:
        available = base_weights.available_models()
        return Response(ModelSerializer(MODELS.values(), many=True, context={"available": available}).data)


class TargetsView(APIView):
    @extend_schema(responses=TargetSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(TargetSerializer(TARGETS.values(), many=True).data)

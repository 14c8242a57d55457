"""What can be trained and exported to."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.models import TaskKind
from training import base_weights
from training.api.config import OPTIMIZERS, ConfigSerializer
from training.engine import timm_models
from training.engine.catalog import MODELS, model_info
from training.engine.errors import ConfigError
from training.engine.model_info import BaseWeights, ImageSizes, ModelInfo
from training.engine.scoring import Scoring
from training.engine.targets import TARGETS, TargetInfo

MOST_FOUND = 20


class BaseWeightsSerializer(serializers.Serializer[BaseWeights]):
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="a URL, or torchvision:<name> or timm:<name>, which know it"
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
    forbids_commerce = serializers.BooleanField(help_text="a run from the base weights wants `accept_licence`")

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


class FoundModelsSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="of all that were found")
    results = ModelSerializer(many=True, help_text=f"the first {MOST_FOUND}")


class ModelsView(APIView):
    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(_rows(list(MODELS.values())))


class TimmModelsView(Endpoint):
    @extend_schema(
        parameters=[OpenApiParameter("search", {"type": "string", "maxLength": 100}, description="parts of the name")],
        responses=FoundModelsSerializer,
    )
    def get(self, request: Request) -> Response:
        """timm's classifiers with published weights."""
        found = timm_models.search(request.query_params.get("search", "")[:100])
        return Response({"count": len(found), "results": _rows(found[:MOST_FOUND])})


def _rows(models: list[ModelInfo]) -> list[Any]:
    available = base_weights.available_models(models)
    return list(ModelSerializer(models, many=True, context={"available": available}).data)


class TargetsView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("model", {"type": "string", "maxLength": 100}, description="what this one can go to")
        ],
        responses=TargetSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """All, or those that a model can be exported to."""
        name = request.query_params.get("model")
        return Response(TargetSerializer(TARGETS.values() if name is None else _offered(name), many=True).data)


def _offered(model: str) -> list[TargetInfo]:
    """With the quantizations that the model can have. Raises Invalid."""
    try:
        info = model_info(model)
    except ConfigError as error:
        raise Invalid("There is no such model.", {"model": error.detail}) from error
    kept = ((target, info.quantizations_of(target)) for target in TARGETS.values())
    return [replace(one, limits={name: one.limits[name] for name in names}) for one, names in kept if names]

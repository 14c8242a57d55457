"""What a run has told so far: the numbers of its epochs, and its log."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.pagination import DIGITS
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from training import queries
from training.models import LogLine, Metric


class MetricSerializer(serializers.ModelSerializer[Metric]):
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))

    class Meta:
        model = Metric
        fields = ["epoch", "values", "seconds", "created_at"]
        read_only_fields = fields


class MetricsSerializer(serializers.Serializer[Any]):
    results = MetricSerializer(many=True)


class MetricsEventSerializer(serializers.Serializer[Any]):
    """One epoch of a run has ended."""

    run = serializers.IntegerField(help_text="its id")
    epoch = serializers.IntegerField()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))


class LogLineSerializer(serializers.ModelSerializer[LogLine]):
    n = serializers.IntegerField(source="pk", help_text="ask for what comes after it")

    class Meta:
        model = LogLine
        fields = ["n", "text", "created_at"]
        read_only_fields = fields


class LogSerializer(serializers.Serializer[Any]):
    lines = LogLineSerializer(many=True)


class MetricsView(Endpoint):
    @extend_schema(responses=MetricsSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        rows = queries.run_for(request.user, run_id).epoch_metrics.order_by("epoch")
        return Response({"results": MetricSerializer(rows, many=True).data})


class LogView(Endpoint):
    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="lines after the one with this n")],
        responses=LogSerializer,
    )
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        after = request.query_params.get("after") or "0"
        if not DIGITS.match(after):
            raise Invalid("The line can't be found.", {"after": "expected a whole number"})
        lines = queries.log_after(run, int(after))
        return Response({"lines": LogLineSerializer(lines, many=True).data})

"""Sweeps: plan, start, watch, cancel; their runs as a table and as curves."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.fields import IdField, NameField
from boxwright.api.jobs import JobSerializer
from boxwright.api.views import Endpoint
from boxwright.jobs import Status
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role
from training import queries, sweep_table, sweeps
from training.api.config import ConfigChangesField, ConfigChangesSerializer
from training.api.runs import OF_LICENCE, RunSnapshotSerializer, SummarySerializer
from training.axes import AXES
from training.models import Run, Sweep

STATUSES = [status.value for status in Status if status != Status.WAITING]


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": 300}, {"type": "number"}]})
class AxisValueField(serializers.Field[Any, Any, Any, Any]):
    """A text or a number. The model's row and `Config` check it, not this."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            raise serializers.ValidationError("Expected a text or a number.")
        return data[:300] if isinstance(data, str) else data

    def to_representation(self, value: Any) -> Any:
        return value


class ValuesField(serializers.ListField):
    """An axis's values."""

    child = AxisValueField()

    def __init__(self) -> None:
        super().__init__(min_length=1, max_length=limits.RUNS_A_SWEEP)


class RunCountsSerializer(serializers.Serializer[Any]):
    """How many of a sweep's runs stand where."""

    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    canceled = serializers.IntegerField()


class BestRunSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    setting = serializers.DictField(child=AxisValueField())
    metrics = SummarySerializer()


class SweepSerializer(serializers.ModelSerializer[Sweep]):
    axes = serializers.SerializerMethodField(help_text="setting: its values, in the order of tables")
    config = serializers.SerializerMethodField(help_text="what all runs have, beside the models' defaults")
    snapshot = RunSnapshotSerializer()
    runs = serializers.SerializerMethodField()
    best = serializers.SerializerMethodField(help_text="the succeeded run with the highest score; null until there is")
    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Sweep
        fields = [
            *("id", "project", "name", "snapshot", "axes", "config", "stop_hopeless", "runs", "best"),
            *("created_by", "created_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(ConfigChangesSerializer)
    def get_config(self, sweep: Sweep) -> dict[str, Any]:
        return dict(sweep.config)

    @extend_schema_field(serializers.DictField(child=ValuesField()))
    def get_axes(self, sweep: Sweep) -> dict[str, Any]:
        return {name: sweep.axes[name] for name in sweep_table.axes_of(sweep)}

    @extend_schema_field(RunCountsSerializer)
    def get_runs(self, sweep: Sweep) -> dict[str, int]:
        found = [run.status for run in sweep.runs.all()]
        return {status: found.count(status) for status in STATUSES}

    @extend_schema_field(BestRunSerializer(allow_null=True))
    def get_best(self, sweep: Sweep) -> dict[str, Any] | None:
        best = sweep_table.best_run(sweep)
        return dict(BestRunSerializer(best).data) if best else None


class SweepPlanSerializer(serializers.Serializer[Any]):
    snapshot = IdField(required=False, allow_null=True, default=None)
    model = serializers.CharField(max_length=60)
    base = serializers.CharField(
        max_length=40, default="catalogue", help_text="catalogue, none, or run:<id> of a run of the team"
    )
    config = ConfigChangesField()
    axes = serializers.DictField(
        child=ValuesField(), help_text=f"setting: its values, of {', '.join(AXES)}; one run a combination"
    )


class NewSweepSerializer(SweepPlanSerializer):
    snapshot = IdField(help_text="id of a snapshot of this project")
    name = NameField(required=False, allow_blank=True, default="", help_text="empty: its axes")
    stop_hopeless = serializers.BooleanField(
        default=False, help_text="stop a run that stays below the median of its siblings"
    )
    accept_licence = serializers.BooleanField(default=False, help_text=OF_LICENCE)


class SweepEstimateSerializer(serializers.Serializer[Any]):
    runs = serializers.IntegerField()
    estimate_seconds = serializers.FloatField(help_text="of all runs, one after another")
    slots = serializers.IntegerField(allow_null=True, help_text="jobs that the team may still queue; null: any number")


class SweepRowSerializer(JobSerializer):
    """A run of a sweep. Seconds are those of its epochs, evaluations included; null where none was measured."""

    setting = serializers.DictField(child=AxisValueField())
    metrics = SummarySerializer()
    seconds = serializers.FloatField(allow_null=True)
    cpu_seconds = serializers.FloatField(allow_null=True)

    class Meta:
        model = Run
        fields = [
            *("id", "number", *JobSerializer.FIELDS, "model", "setting", "epoch", "epochs", "hopeless_at"),
            *("metrics", "estimate_seconds", "seconds", "cpu_seconds"),
        ]
        read_only_fields = fields


class SweepTableSerializer(serializers.Serializer[Any]):
    axes = serializers.ListField(child=serializers.CharField())
    results = SweepRowSerializer(many=True)


class CurvePointSerializer(serializers.Serializer[Any]):
    epoch = serializers.IntegerField()
    iterations = serializers.FloatField(allow_null=True, help_text="steps since the run began")
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))


class CurveSerializer(serializers.Serializer[Any]):
    run = serializers.IntegerField(help_text="its id")
    points = CurvePointSerializer(many=True)


class CurvesSerializer(serializers.Serializer[Any]):
    results = CurveSerializer(many=True)


class SweepsView(Endpoint):
    @extend_schema(responses=SweepSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id)
        return self.page(queries.sweeps_of(project), SweepSerializer, "-id")

    @extend_schema(request=NewSweepSerializer, responses={201: SweepSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """All its runs are queued, or none. They take turns with the team's other runs."""
        project = project_for(request.user, project_id, Role.MANAGER)
        asked = self.parsed(NewSweepSerializer)
        asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        sweep = sweeps.start_sweep(project=project, author=signed_in(request), **asked)
        return Response(SweepSerializer(sweep).data, status=201)


class SweepEstimateView(Endpoint):
    @extend_schema(request=SweepPlanSerializer, responses=SweepEstimateSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """What a sweep would cost. Without a snapshot: on what is labelled now."""
        project = project_for(request.user, project_id)
        asked = self.parsed(SweepPlanSerializer)
        if asked["snapshot"] is not None:
            asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        return Response(sweeps.estimate(project=project, author=signed_in(request), **asked))


class SweepView(Endpoint):
    @extend_schema(responses=SweepSerializer)
    def get(self, request: Request, sweep_id: int) -> Response:
        return Response(SweepSerializer(queries.sweep_for(request.user, sweep_id)).data)


class SweepCancelView(Endpoint):
    @extend_schema(request=None, responses=SweepSerializer)
    def post(self, request: Request, sweep_id: int) -> Response:
        """All its open runs, at once. Twice changes nothing; 409 when all have ended otherwise."""
        sweep = queries.sweep_for(request.user, sweep_id, Role.MANAGER)
        sweeps.cancel_sweep(sweep)
        return Response(SweepSerializer(queries.sweep_for(request.user, sweep_id)).data)


class SweepTableView(Endpoint):
    @extend_schema(responses=SweepTableSerializer)
    def get(self, request: Request, sweep_id: int) -> Response:
        """Its runs in the order in which they were queued."""
        sweep = queries.sweep_for(request.user, sweep_id)
        rows = sweep_table.rows(sweep)
        return Response(SweepTableSerializer({"axes": sweep_table.axes_of(sweep), "results": rows}).data)


class SweepTableCsvView(Endpoint):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, sweep_id: int) -> StreamingHttpResponse:
        """The same for spreadsheets: the axes' values, the scores, epochs, seconds."""
        sweep = queries.sweep_for(request.user, sweep_id)
        answer = StreamingHttpResponse(sweep_table.csv_lines(sweep), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="sweep-{sweep.pk}.csv"'
        return answer


class SweepCurvesView(Endpoint):
    @extend_schema(responses=CurvesSerializer)
    def get(self, request: Request, sweep_id: int) -> Response:
        """The scores of each run's epochs."""
        sweep = queries.sweep_for(request.user, sweep_id)
        return Response(CurvesSerializer({"results": sweep_table.curves(sweep)}).data)

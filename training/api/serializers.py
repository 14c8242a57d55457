"""The JSON of runs, metrics, logs and artifacts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.models import Snapshot
from boxwright.api.fields import IdField
from boxwright.jobs import Status
from boxwright.projects.models import TaskKind
from boxwright.teams.api.serializers import PersonSerializer
from training import status
from training.models import Artifact, LogLine, Metric, Run
from training.runs import BASE_RUN

PHASES = ("waiting", "preparing", "training", "evaluating", "")


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="for programs: weights_unavailable, bad_data, crashed, …")
    detail = serializers.CharField(help_text="for people")


class RunSnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    class Meta:
        model = Snapshot
        fields = ["id", "number", "image_count", "labelled_count"]
        read_only_fields = fields


class SplitCountsSerializer(serializers.Serializer[Any]):
    train = serializers.IntegerField()
    val = serializers.IntegerField()


class SummarySerializer(serializers.Serializer[Any]):
    """The best checkpoint on the validation split; what does not apply to the task is left out."""

    AP = serializers.FloatField(required=False)
    AP50 = serializers.FloatField(required=False)
    accuracy = serializers.FloatField(required=False)
    macro_f1 = serializers.FloatField(required=False)


class ConfigSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    base = serializers.ChoiceField(choices=["catalogue", "checkpoint", "none"])
    epochs = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    freeze = serializers.ChoiceField(choices=["none", "trunk"])
    image_size = serializers.IntegerField()
    seed = serializers.IntegerField()
    threads = serializers.IntegerField()


class RunSerializer(serializers.ModelSerializer[Run]):
    status = serializers.ChoiceField(choices=Status.choices)
    phase = serializers.ChoiceField(choices=PHASES)
    base = serializers.SerializerMethodField(help_text="catalogue, none, or run:<id>")
    config = ConfigSerializer()
    snapshot = RunSnapshotSerializer()
    error = serializers.SerializerMethodField()
    metrics = SummarySerializer()
    images = SplitCountsSerializer(allow_null=True)
    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Run
        fields = [
            *("id", "number", "project", "status", "phase", "model", "base", "config", "snapshot", "error"),
            *("epoch", "epochs", "step", "steps", "loss", "eta_seconds", "metrics", "images", "estimate_seconds"),
            *("attempt", "created_by", "created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    def get_base(self, run: Run) -> str:
        """A base whose run was deleted reads `checkpoint`."""
        return f"{BASE_RUN}{run.base_run_id}" if run.base_run_id else run.base

    @extend_schema_field(ErrorSerializer(allow_null=True))
    def get_error(self, run: Run) -> dict[str, str] | None:
        return status.error_of(run)


class NewRunSerializer(serializers.Serializer[Any]):
    snapshot = IdField(help_text="id of a snapshot of this project")
    model = serializers.CharField(max_length=60)
    base = serializers.CharField(max_length=40, default="catalogue", help_text="catalogue, none, or run:<id>")
    config = serializers.DictField(required=False, default=dict, help_text="what differs from the model's defaults")


class RunPlanSerializer(serializers.Serializer[Any]):
    snapshot = IdField(required=False, allow_null=True, default=None)
    model = serializers.CharField(max_length=60)
    config = serializers.DictField(required=False, default=dict)


class EstimateSerializer(serializers.Serializer[Any]):
    images = serializers.IntegerField()
    epochs = serializers.IntegerField()
    estimate_seconds = serializers.FloatField()


class MetricSerializer(serializers.ModelSerializer[Metric]):
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))

    class Meta:
        model = Metric
        fields = ["epoch", "values", "seconds", "created_at"]
        read_only_fields = fields


class MetricsSerializer(serializers.Serializer[Any]):
    results = MetricSerializer(many=True)


class LogLineSerializer(serializers.ModelSerializer[LogLine]):
    n = serializers.IntegerField(source="pk", help_text="ask for what comes after it")

    class Meta:
        model = LogLine
        fields = ["n", "text", "created_at"]
        read_only_fields = fields


class LogSerializer(serializers.Serializer[Any]):
    lines = LogLineSerializer(many=True)


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


class FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField()


class ParitySerializer(serializers.Serializer[Any]):
    """The largest difference between the artifact's answers and the checkpoint's."""

    max_box_px = serializers.FloatField(allow_null=True)
    max_score = serializers.FloatField()
    images = serializers.IntegerField()
    limit_box_px = serializers.FloatField(allow_null=True)
    limit_score = serializers.FloatField()
    runtime = serializers.CharField()
    passed = serializers.BooleanField()


class ArtifactSerializer(serializers.ModelSerializer[Artifact]):
    status = serializers.ChoiceField(choices=Status.choices)
    files = FileSerializer(many=True)
    parity = ParitySerializer(allow_null=True)
    metrics = serializers.DictField(child=serializers.FloatField(allow_null=True), allow_null=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = Artifact
        fields = [
            *("id", "run", "target", "quantization", "status", "size", "sha256", "files", "parity", "metrics"),
            *("error", "created_at", "finished_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(ErrorSerializer(allow_null=True))
    def get_error(self, artifact: Artifact) -> dict[str, str] | None:
        return status.error_of(artifact)


class NewArtifactSerializer(serializers.Serializer[Any]):
    target = serializers.CharField(max_length=20)
    quantization = serializers.CharField(max_length=20, default="none")

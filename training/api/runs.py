"""Runs: start, watch, cancel, resume, retrain."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Snapshot
from boxwright.api.fields import IdField
from boxwright.api.jobs import JobSerializer
from boxwright.api.views import Endpoint
from boxwright.projects.canceling import cancel
from boxwright.projects.models import Project
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role
from training import queries, runs
from training.api.config import ConfigChangesField, ConfigSerializer
from training.api.frozen import FrozenSerializer
from training.models import BaseFile, Run

OF_LICENCE = "you know that the licence of the base weights forbids commercial use; asked for by such models only"
PHASES = ("preparing", "training", "evaluating", "")
OF_BASE = "catalogue, none, run:<id> of a run of the team, or file:<id> of a file that it has uploaded"


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


class RunProjectSerializer(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["id", "name", "slug"]
        read_only_fields = fields


class BaseRunSerializer(serializers.ModelSerializer[Run]):
    """Another run, maybe of another project."""

    project = RunProjectSerializer()

    class Meta:
        model = Run
        fields = ["id", "number", "project"]
        read_only_fields = fields


class BaseFileOfRunSerializer(serializers.ModelSerializer[BaseFile]):
    """An uploaded file of weights; `size` is in bytes."""

    class Meta:
        model = BaseFile
        fields = ["id", "name", "size", "sha256"]
        read_only_fields = fields


class RunSerializer(JobSerializer):
    phase = serializers.ChoiceField(choices=PHASES)
    base = serializers.SerializerMethodField(help_text="catalogue, none, run:<id>, or file:<id>")
    base_run = BaseRunSerializer(allow_null=True)
    base_file = BaseFileOfRunSerializer(allow_null=True)
    config = ConfigSerializer()
    snapshot = RunSnapshotSerializer()
    metrics = SummarySerializer()
    images = SplitCountsSerializer(allow_null=True)
    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Run
        fields = [
            *("id", "number", "project", *JobSerializer.FIELDS, "phase", "model", "base", "base_run"),
            *("base_file", "config", "snapshot", "sweep"),
            *("epoch", "epochs", "step", "steps", "loss", "eta_seconds", "metrics", "images", "estimate_seconds"),
            *("attempt", "created_by", "created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    def get_base(self, run: Run) -> str:
        """A base that was deleted, run or file, reads `checkpoint`."""
        if run.base_file_id:
            return f"{runs.BASE_FILE}{run.base_file_id}"
        return f"{runs.BASE_RUN}{run.base_run_id}" if run.base_run_id else run.base


class BaseSerializer(serializers.ModelSerializer[Run]):
    """A finished run that another can start from."""

    project = RunProjectSerializer()
    metrics = SummarySerializer()

    class Meta:
        model = Run
        fields = ["id", "number", "project", "model", "metrics", "finished_at"]
        read_only_fields = fields


class NewRunSerializer(serializers.Serializer[Any]):
    snapshot = IdField(help_text="id of a snapshot of this project")
    model = serializers.CharField(max_length=60, help_text="one of models/, or any name of models/timm/")
    base = serializers.CharField(max_length=40, default="catalogue", help_text=OF_BASE)
    config = ConfigChangesField()
    accept_licence = serializers.BooleanField(default=False, help_text=OF_LICENCE)


class RunPlanSerializer(serializers.Serializer[Any]):
    snapshot = IdField(required=False, allow_null=True, default=None)
    model = serializers.CharField(max_length=60)
    base = serializers.CharField(max_length=40, default="catalogue", help_text=OF_BASE)
    config = ConfigChangesField()


class EstimateSerializer(serializers.Serializer[Any]):
    images = serializers.IntegerField()
    epochs = serializers.IntegerField()
    estimate_seconds = serializers.FloatField()
    passes = serializers.IntegerField(help_text="through the network to look at one image: its tiles, or 1")
    boxes_without_anchor = serializers.FloatField(
        allow_null=True,
        help_text="share of the newest boxes, or of the label that `advice` names, that are too small for the model",
    )
    advice = serializers.CharField(allow_blank=True, help_text="what that means for the run; empty where all is well")
    transfer = serializers.CharField(
        allow_blank=True, help_text="what will learn, as far as it is known before the start; empty where it was said"
    )
    frozen = FrozenSerializer(allow_null=True, help_text="null of a model whose parameters only the worker counts")


class RunsView(Endpoint):
    @extend_schema(responses=RunSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id)
        return self.page(queries.runs_of(project), RunSerializer, "-id")

    @extend_schema(request=NewRunSerializer, responses={201: RunSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id, Role.MANAGER)
        asked = self.parsed(NewRunSerializer)
        asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        run = runs.start_run(project=project, author=signed_in(request), **asked)
        return Response(RunSerializer(run).data, status=201)


class BasesView(Endpoint):
    @extend_schema(responses=BaseSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """The team's finished runs of this task, of all projects that I see: what a run here can start from."""
        project = project_for(request.user, project_id)
        return self.page(queries.bases_of(request.user, project), BaseSerializer, "-id")


class EstimateView(Endpoint):
    @extend_schema(request=RunPlanSerializer, responses=EstimateSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """What a run would cost. Without a snapshot: one of what is labelled now."""
        project = project_for(request.user, project_id)
        asked = self.parsed(RunPlanSerializer)
        if asked["snapshot"] is not None:
            asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        return Response(runs.estimate(project=project, author=signed_in(request), **asked))


class RetrainView(Endpoint):
    @extend_schema(request=None, responses={201: RunSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """A new snapshot of what is labelled now, trained with the last config from the last checkpoint."""
        project = project_for(request.user, project_id, Role.MANAGER)
        run = runs.retrain(project=project, author=signed_in(request))
        return Response(RunSerializer(run).data, status=201)


class LatestRunsView(Endpoint):
    @extend_schema(responses=RunSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest run of each of my projects."""
        return self.page(queries.latest_runs(request.user), RunSerializer, "-id")


class RunView(Endpoint):
    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        return Response(RunSerializer(queries.run_for(request.user, run_id)).data)


class CancelView(Endpoint):
    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        """At once; its process follows within two seconds. Twice changes nothing; 409 when it has ended otherwise."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(RunSerializer(cancel(run)).data)


class ContinueView(Endpoint):
    @extend_schema(request=None, responses={201: RunSerializer})
    def post(self, request: Request, run_id: int) -> Response:
        """A new snapshot of what is labelled now, of which a new run learns what this one has not seen, and some of
        what it has, from this one's checkpoint."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(RunSerializer(runs.continue_run(run=run, author=signed_in(request))).data, status=201)


class ResumeView(Endpoint):
    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        """Go on from the last checkpoint of a failed or canceled run."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(RunSerializer(runs.resume_run(run)).data)

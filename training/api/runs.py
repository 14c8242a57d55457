"""Runs: start, watch, cancel, resume, retrain."""

import json
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Image
from boxwright.api.pagination import DIGITS
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid, NotFound
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import queries, runs
from training.api import serializers as shapes
from training.models import Run
from training.run_files import files_of


class RunsView(Endpoint):
    @extend_schema(responses=shapes.RunSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id)
        return self.page(queries.runs_of(project), shapes.RunSerializer, "-id")

    @extend_schema(request=shapes.NewRunSerializer, responses={201: shapes.RunSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id, Role.MANAGER)
        asked = self.parsed(shapes.NewRunSerializer)
        asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        run = runs.start_run(project=project, author=signed_in(request), **asked)
        return Response(shapes.RunSerializer(run).data, status=201)


class EstimateView(Endpoint):
    @extend_schema(request=shapes.RunPlanSerializer, responses=shapes.EstimateSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """What a run would cost. Without a snapshot: one of what is labelled now."""
        project = project_for(request.user, project_id)
        asked = self.parsed(shapes.RunPlanSerializer)
        if asked["snapshot"] is not None:
            asked["snapshot"] = queries.snapshot_in(project, asked["snapshot"])
        return Response(runs.estimate(project=project, **asked))


class RetrainView(Endpoint):
    @extend_schema(request=None, responses={201: shapes.RunSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """A new snapshot of what is labelled now, trained with the last config from the last checkpoint."""
        project = project_for(request.user, project_id, Role.MANAGER)
        run = runs.retrain(project=project, author=signed_in(request))
        return Response(shapes.RunSerializer(run).data, status=201)


class LatestRunsView(Endpoint):
    @extend_schema(responses=shapes.RunSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest run of each of my projects."""
        return self.page(queries.latest_runs(request.user), shapes.RunSerializer, "-id")


class RunView(Endpoint):
    @extend_schema(responses=shapes.RunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        return Response(shapes.RunSerializer(queries.run_for(request.user, run_id)).data)


class CancelView(Endpoint):
    @extend_schema(request=None, responses=shapes.RunSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(shapes.RunSerializer(runs.cancel_run(run)).data)


class ResumeView(Endpoint):
    @extend_schema(request=None, responses=shapes.RunSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        """Go on from the last checkpoint of a failed or canceled run."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(shapes.RunSerializer(runs.resume_run(run)).data)


class MetricsView(Endpoint):
    @extend_schema(responses=shapes.MetricsSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        rows = queries.run_for(request.user, run_id).epoch_metrics.order_by("epoch")
        return Response({"results": shapes.MetricSerializer(rows, many=True).data})


class LogView(Endpoint):
    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="lines after the one with this n")],
        responses=shapes.LogSerializer,
    )
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        after = request.query_params.get("after") or "0"
        if not DIGITS.match(after):
            raise Invalid("The line can't be found.", {"after": "expected a whole number"})
        lines = queries.log_after(run, int(after))
        return Response({"lines": shapes.LogLineSerializer(lines, many=True).data})


class EvaluationView(Endpoint):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: int) -> Response:
        """Numbers and predictions of the best checkpoint on the validation split; `images` finds the pictures."""
        run = queries.run_for(request.user, run_id)
        return Response(_evaluation(run))


def _evaluation(run: Run) -> dict[str, Any]:
    stored = files_of(run).get("evaluation.json")
    if stored is None:
        raise NotFound("This run has no evaluation yet.")
    with stored.open() as file:
        report: dict[str, Any] = json.load(file)
    wanted = [row["image"] for row in report["predictions"]]
    fields = ("sha256", "id", "name", "width", "height")
    rows = Image.objects.filter(project=run.project_id, sha256__in=wanted).values(*fields)
    return report | {"images": {row.pop("sha256"): row for row in rows}}

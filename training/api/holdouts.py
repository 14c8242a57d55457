"""The test split of a run: ask for its evaluation, look at it, and see how often people did."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.jobs import JobSerializer
from boxwright.api.views import Endpoint
from boxwright.projects.canceling import cancel
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import holdouts, queries
from training.api.evaluations import EVALUATIONS, with_images
from training.models import Holdout


class HoldoutSerializer(JobSerializer):
    """An evaluation on the test split, without its numbers."""

    class Meta:
        model = Holdout
        fields = ["id", "run", *JobSerializer.FIELDS, "looks", "created_at", "finished_at"]
        read_only_fields = fields


class TestSplitSerializer(serializers.Serializer[Any]):
    image_count = serializers.IntegerField(help_text="labelled images in the test split of the run's snapshot")
    looks = serializers.IntegerField(help_text="at the test split, by all runs of the project")
    evaluation = HoldoutSerializer(allow_null=True, help_text="null until somebody has asked for it")


class HoldoutView(Endpoint):
    @extend_schema(responses=TestSplitSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        run = queries.run_for(request.user, run_id)
        looks = queries.looks_at_test(run.project)
        state = {"image_count": holdouts.image_count(run), "looks": looks, "evaluation": queries.holdout_of(run)}
        return Response(TestSplitSerializer(state).data)

    @extend_schema(request=None, responses={201: HoldoutSerializer, 200: HoldoutSerializer})
    def post(self, request: Request, run_id: int) -> Response:
        """Evaluate on the test split. 201 when it is done now, 200 when it was or is on its way."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        holdout, queued = holdouts.evaluate_holdout(run=run, author=signed_in(request))
        return Response(HoldoutSerializer(holdout).data, status=201 if queued else 200)


class HoldoutCancelView(Endpoint):
    @extend_schema(request=None, responses=HoldoutSerializer)
    def post(self, request: Request, run_id: int) -> Response:
        """At once; twice changes nothing; 409 when it has ended otherwise."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(HoldoutSerializer(cancel(queries.asked_holdout_of(run))).data)


class HoldoutLookView(Endpoint):
    @extend_schema(request=None, responses=PolymorphicProxySerializer("Evaluation", EVALUATIONS, "task"))
    def post(self, request: Request, run_id: int) -> Response:
        """The numbers and predictions on the test split. Each answer is counted as a look."""
        run = queries.run_for(request.user, run_id, Role.MANAGER)
        return Response(with_images(run, holdouts.look(queries.asked_holdout_of(run))))

"""Suggestions: asked for, read with an image, put away, and what became of a run's."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.queries import image_for
from boxwright.api.fields import CountedListField, IdField
from boxwright.api.jobs import JobSerializer
from boxwright.api.views import Endpoint
from boxwright.projects.canceling import cancel
from boxwright.projects.queries import project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from training import fates, predictions, queries, suggestions
from training.models import Prediction

MOST_CHOSEN = 1000


class PredictionSerializer(JobSerializer):
    run_number = serializers.IntegerField(source="run.number", read_only=True)

    class Meta:
        model = Prediction
        fields = [
            *("id", "run", "run_number", *JobSerializer.FIELDS),
            *("image_count", "done_count", "created_at", "finished_at"),
        ]
        read_only_fields = fields


class NewPredictionSerializer(serializers.Serializer[Any]):
    run = IdField(required=False, allow_null=True, default=None, help_text="else the last one that succeeded")
    images = CountedListField(
        child=IdField(),
        required=False,
        allow_null=True,
        default=None,
        max_length=MOST_CHOSEN,
        help_text="unlabelled ones; null: all of them",
    )


class SuggestionSerializer(serializers.Serializer[Any]):
    """Pixels of the EXIF-oriented image; no sides where it labels the whole image. Whoever takes it saves an
    annotation with its id."""

    id = serializers.UUIDField()
    label = serializers.IntegerField(help_text="the label's id")  # type: ignore[assignment]
    x_min = serializers.FloatField(required=False)
    y_min = serializers.FloatField(required=False)
    x_max = serializers.FloatField(required=False)
    y_max = serializers.FloatField(required=False)
    score = serializers.FloatField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    run_number = serializers.IntegerField(allow_null=True, help_text="null: no run of this project, or nobody looked")
    shown_score = serializers.FloatField(help_text="the least score that is worth showing")
    boxes = SuggestionSerializer(many=True, help_text="best first, without those that were put away")


class AnsweredSuggestionsSerializer(serializers.Serializer[Any]):
    ids = CountedListField(child=serializers.UUIDField(), max_length=suggestions.MOST_BOXES)


class FatesSerializer(serializers.Serializer[Any]):
    images = serializers.IntegerField(help_text="that the run's suggestions stand on")
    open = serializers.IntegerField(help_text="on images that nobody has labelled yet")
    taken = serializers.IntegerField(help_text="as they were")
    moved = serializers.IntegerField(help_text="changed, or drawn anew")
    rejected = serializers.IntegerField(help_text="put away, or passed over")


class PredictionsView(Endpoint):
    @extend_schema(responses=PredictionSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Newest first."""
        rows = Prediction.objects.filter(run__project=project_for(request.user, project_id)).select_related("run")
        return self.page(rows, PredictionSerializer, "-id")

    @extend_schema(request=NewPredictionSerializer, responses={201: PredictionSerializer, 200: PredictionSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Suggest boxes for unlabelled images. 201 when it is done now, 200 when it is on its way already."""
        project = project_for(request.user, project_id, Role.MANAGER)
        asked = self.parsed(NewPredictionSerializer)
        run = queries.run_in(project, asked["run"]) if asked["run"] is not None else None
        prediction, queued = predictions.suggest(
            project=project, author=signed_in(request), run=run, chosen=asked["images"]
        )
        return Response(PredictionSerializer(prediction).data, status=201 if queued else 200)


class PredictionCancelView(Endpoint):
    @extend_schema(request=None, responses=PredictionSerializer)
    def post(self, request: Request, prediction_id: int) -> Response:
        """At once; what was found stays. Twice changes nothing; 409 when it has ended otherwise."""
        prediction = queries.prediction_for(request.user, prediction_id, Role.MANAGER)
        return Response(PredictionSerializer(cancel(prediction)).data)


class SuggestionsView(Endpoint):
    @extend_schema(responses=SuggestionsSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        row = suggestions.of_image(image_for(request.user, image_id))
        found = {
            "run_number": row.run.number if row and row.run else None,
            "shown_score": row.shown_score if row else suggestions.SHOWN_SCORE,
            "boxes": row.boxes if row else [],
        }
        return Response(SuggestionsSerializer(found).data)


class RejectSuggestionsView(Endpoint):
    @extend_schema(request=AnsweredSuggestionsSerializer, responses={204: None})
    def post(self, request: Request, image_id: int) -> Response:
        """Put suggestions away, for everybody. Ids that the image does not have change nothing."""
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        suggestions.reject(image, self.parsed(AnsweredSuggestionsSerializer)["ids"])
        return Response(status=204)


class RestoreSuggestionsView(Endpoint):
    @extend_schema(request=AnsweredSuggestionsSerializer, responses={204: None})
    def post(self, request: Request, image_id: int) -> Response:
        """Suggest again what was put away, for everybody."""
        image = image_for(request.user, image_id, Role.ANNOTATOR)
        suggestions.restore(image, self.parsed(AnsweredSuggestionsSerializer)["ids"])
        return Response(status=204)


class FatesView(Endpoint):
    @extend_schema(responses=FatesSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        """What became of the boxes that this run suggested."""
        return Response(asdict(fates.fates_of(queries.run_for(request.user, run_id))))

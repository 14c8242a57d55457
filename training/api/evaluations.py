"""The evaluation of a run's best checkpoint: the file that the engine wrote, with the names of its images.

The serializers say what the file holds; a test holds real files against them.
"""

import json
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Image
from boxwright.api.views import Endpoint
from boxwright.errors import NotFound
from training import queries
from training.models import Run
from training.run_files import files_of

SPLITS = ("train", "val", "test")


class EvaluatedImageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class DiagnosisSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="no_anchor, few_images, not_in_val, not_in_train, diverged, unknown")
    detail = serializers.CharField(help_text="what was measured and what to try")


class EvaluationSerializer(serializers.Serializer[Any]):
    """What the evaluations of all tasks share."""

    split = serializers.ChoiceField(choices=SPLITS)
    image_count = serializers.IntegerField(help_text="that the numbers are of; `predictions` may be of fewer")
    diagnoses = DiagnosisSerializer(many=True, required=False, help_text="why the run found next to nothing")
    images = serializers.DictField(child=EvaluatedImageSerializer(), help_text="by sha256, those that are still there")


class CocoSerializer(serializers.Serializer[Any]):
    """COCO's twelve numbers; null where no box of that size is in the truth."""

    AP = serializers.FloatField(allow_null=True)
    AP50 = serializers.FloatField(allow_null=True)
    AP75 = serializers.FloatField(allow_null=True)
    AP_small = serializers.FloatField(allow_null=True)
    AP_medium = serializers.FloatField(allow_null=True)
    AP_large = serializers.FloatField(allow_null=True)
    AR1 = serializers.FloatField(allow_null=True)
    AR10 = serializers.FloatField(allow_null=True)
    AR100 = serializers.FloatField(allow_null=True)
    AR_small = serializers.FloatField(allow_null=True)
    AR_medium = serializers.FloatField(allow_null=True)
    AR_large = serializers.FloatField(allow_null=True)


class LabelAPSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    truth_count = serializers.IntegerField(help_text="boxes")
    AP = serializers.FloatField(allow_null=True)
    AP50 = serializers.FloatField(allow_null=True)


class LabelledBoxSerializer(serializers.Serializer[Any]):
    """Pixels of the EXIF-oriented image, origin top left."""

    label = serializers.CharField()  # type: ignore[assignment]
    x_min = serializers.FloatField()
    y_min = serializers.FloatField()
    x_max = serializers.FloatField()
    y_max = serializers.FloatField()


class DetectedBoxSerializer(LabelledBoxSerializer):
    """One that the checkpoint found, in the same pixels."""

    score = serializers.FloatField()


class DetectionPredictionSerializer(serializers.Serializer[Any]):
    image = serializers.CharField(help_text="sha256")
    truth = LabelledBoxSerializer(many=True)
    detections = DetectedBoxSerializer(many=True)


class DetectionEvaluationSerializer(EvaluationSerializer):
    """How well boxes are found."""

    task = serializers.ChoiceField(choices=["detection"])
    coco = CocoSerializer()
    labels = LabelAPSerializer(many=True)
    predictions = DetectionPredictionSerializer(many=True)


class LabelScoresSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    truth_count = serializers.IntegerField(help_text="images")
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)


class ClassificationPredictionSerializer(serializers.Serializer[Any]):
    image = serializers.CharField(help_text="sha256")
    truth = serializers.CharField(help_text="a label")
    scores = serializers.DictField(child=serializers.FloatField(), help_text="by label")


class ClassificationEvaluationSerializer(EvaluationSerializer):
    """How well images are told apart."""

    task = serializers.ChoiceField(choices=["classification"])
    accuracy = serializers.FloatField(allow_null=True)
    macro_f1 = serializers.FloatField(allow_null=True)
    labels = LabelScoresSerializer(many=True)
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="rows: the truth; columns: the answer"
    )
    predictions = ClassificationPredictionSerializer(many=True)


EVALUATIONS: dict[str, serializers.Serializer[Any] | type[serializers.Serializer[Any]]] = {
    "detection": DetectionEvaluationSerializer,
    "classification": ClassificationEvaluationSerializer,
}


class EvaluationView(Endpoint):
    @extend_schema(responses=PolymorphicProxySerializer("Evaluation", EVALUATIONS, "task"))
    def get(self, request: Request, run_id: int) -> Response:
        """Numbers and predictions of the best checkpoint on the validation split; `images` names the images."""
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

"""The evaluation of a run's best checkpoint: the file that the engine wrote, with the names of its images.

The serializers say what the file holds; a test holds real files against them.
"""

import json
from typing import Any, get_args

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.models import Image
from boxwright.api.views import Endpoint
from boxwright.errors import NotFound
from training import queries
from training.api.frozen import FrozenSerializer
from training.api.runs import SummarySerializer
from training.engine import catalog
from training.engine.origin import How
from training.engine.transfer import Way
from training.models import Run
from training.run_files import files_of

SPLITS = ("train", "val", "test")


LATER = "missing where an earlier version wrote the file"


class EvaluatedImageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class DiagnosisSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="no_anchor, few_images, not_in_val, not_in_train, diverged, unknown")
    detail = serializers.CharField(help_text="what was measured and what to try")


class LabelOriginSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    how = serializers.ChoiceField(
        choices=get_args(How), help_text="carried over by name, warm from a label of the base, mean of all, or random"
    )
    base_label = serializers.CharField(allow_null=True)
    share = serializers.FloatField(allow_null=True, help_text="of the base label in the mixture")


class TransferSerializer(serializers.Serializer[Any]):
    """What the run's start chose to let learn, since nobody had said so."""

    way = serializers.ChoiceField(choices=get_args(Way))
    images = serializers.IntegerField(help_text="that it trained on")
    known = serializers.FloatField(help_text="share of their boxes or labels that the base knew, 0 to 1")
    reason = serializers.CharField(help_text="one sentence")


class ReplaySerializer(serializers.Serializer[Any]):
    """Of a run that goes on with what is new to its base: training images."""

    new = serializers.IntegerField(help_text="that the base has not seen, or not as they are labelled now")
    old = serializers.IntegerField(help_text="the others")
    replayed = serializers.IntegerField(help_text="how many of the old ones an epoch sees")


class StartSerializer(serializers.Serializer[Any]):
    """What the run began with."""

    lineage = serializers.ListField(child=serializers.CharField(), help_text="what the weights learned from before")
    loaded = serializers.IntegerField(help_text="numbers in weights and biases taken from the base")
    random = serializers.IntegerField(help_text="those that began at random")
    labels = LabelOriginSerializer(many=True)
    transfer = TransferSerializer(allow_null=True, required=False)
    frozen = FrozenSerializer()
    replay = ReplaySerializer(required=False)


class ChangeSerializer(serializers.Serializer[Any]):
    """Of a number against another run's; 95 % of the resamples lie between `low` and `high`."""

    change = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ChangesSerializer(serializers.Serializer[Any]):
    """Those of the task; missing where the images do not define them."""

    AP = ChangeSerializer(required=False)
    AP50 = ChangeSerializer(required=False)
    accuracy = ChangeSerializer(required=False)
    macro_f1 = ChangeSerializer(required=False)


class ComparisonSerializer(serializers.Serializer[Any]):
    image_count = serializers.IntegerField(help_text="that both evaluations show, with the same truth")
    changes = ChangesSerializer()


class LabelChangeSerializer(serializers.Serializer[Any]):
    """A label's AP, or a classifier's F1; null where nothing defines it, or the base does not know the label."""

    name = serializers.CharField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    change = ChangeSerializer(allow_null=True)


class BeforeSerializer(ComparisonSerializer):
    """The base run's checkpoint on the same images: of labels that it does not know, it finds nothing."""

    metrics = SummarySerializer()
    labels = LabelChangeSerializer(many=True)


class EvaluationSerializer(serializers.Serializer[Any]):
    """What the evaluations of all tasks share."""

    split = serializers.ChoiceField(choices=SPLITS)
    start = StartSerializer(required=False, help_text="of runs since it is written")
    image_count = serializers.IntegerField(help_text="that the numbers are of; `predictions` may be of fewer")
    diagnoses = DiagnosisSerializer(many=True, required=False, help_text="why the run found next to nothing")
    before = BeforeSerializer(required=False, help_text="of a run that goes on with what is new to its base")
    images = serializers.DictField(child=EvaluatedImageSerializer(), help_text="by sha256, those that are still there")


class IntervalSerializer(serializers.Serializer[Any]):
    """Where the number lies in 95 % of 1000 resamples of the images (fewer of more than 200 images)."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class ReliabilityBinSerializer(serializers.Serializer[Any]):
    """Answers whose score lies in one tenth."""

    least = serializers.FloatField(help_text="score; 0.1 less than the next bin's")
    count = serializers.IntegerField()
    score = serializers.FloatField(help_text="mean")
    right = serializers.FloatField(help_text="share")


class CalibrationSerializer(serializers.Serializer[Any]):
    """Of detections from a score of 0.05 on, or of classifiers' best answers."""

    error = serializers.FloatField(allow_null=True, help_text="expected calibration error, a share")
    bins = ReliabilityBinSerializer(many=True)


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


class VocSerializer(serializers.Serializer[Any]):
    """Pascal VOC's AP at IoU 0.5, without `difficult` boxes; null where there is no other."""

    AP_11_points = serializers.FloatField(allow_null=True, help_text="the rule of 2007")
    AP_area = serializers.FloatField(allow_null=True, help_text="the rule since 2010")


class ThresholdSerializer(serializers.Serializer[Any]):
    """Of all detections from `score` on, which gives the best F1 over all labels, at IoU 0.5."""

    score = serializers.FloatField()
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)


class SizesSerializer(serializers.Serializer[Any]):
    """True boxes by COCO's sizes."""

    small = serializers.IntegerField(help_text="area under 32² pixels")
    medium = serializers.IntegerField(help_text="under 96²")
    large = serializers.IntegerField()


class DetectionIntervalsSerializer(serializers.Serializer[Any]):
    """Missing of fewer than two images."""

    AP = IntervalSerializer(allow_null=True, required=False)
    AP50 = IntervalSerializer(allow_null=True, required=False)


class LabelAPSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    truth_count = serializers.IntegerField(help_text="boxes")
    AP = serializers.FloatField(allow_null=True)
    AP50 = serializers.FloatField(allow_null=True)
    interval = IntervalSerializer(allow_null=True, required=False, help_text="of AP")
    voc = VocSerializer(required=False, help_text=LATER)
    precision = serializers.FloatField(allow_null=True, required=False, help_text="at the threshold's score")
    recall = serializers.FloatField(allow_null=True, required=False)
    f1 = serializers.FloatField(allow_null=True, required=False)
    best_score = serializers.FloatField(
        allow_null=True, required=False, help_text="from which on this label's F1 is best"
    )


class LabelledBoxSerializer(serializers.Serializer[Any]):
    """Pixels of the EXIF-oriented image, origin top left."""

    label = serializers.CharField()  # type: ignore[assignment]
    x_min = serializers.FloatField()
    y_min = serializers.FloatField()
    x_max = serializers.FloatField()
    y_max = serializers.FloatField()


class TrueBoxSerializer(LabelledBoxSerializer):
    """One that people drew."""

    crowd = serializers.BooleanField(
        required=False, help_text="around several objects: it need not be found, and what is found in it is not wrong"
    )


class DetectedBoxSerializer(LabelledBoxSerializer):
    """One that the checkpoint found, in the same pixels."""

    score = serializers.FloatField()


class DetectionPredictionSerializer(serializers.Serializer[Any]):
    image = serializers.CharField(help_text="sha256")
    truth = TrueBoxSerializer(many=True)
    detections = DetectedBoxSerializer(many=True)


class DetectionEvaluationSerializer(EvaluationSerializer):
    """How well boxes are found."""

    task = serializers.ChoiceField(choices=["detection"])
    coco = CocoSerializer()
    voc = VocSerializer(required=False, help_text=LATER)
    intervals = DetectionIntervalsSerializer(required=False, help_text=LATER)
    sizes = SizesSerializer(required=False, help_text=LATER)
    threshold = ThresholdSerializer(required=False, help_text=LATER)
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        required=False,
        help_text="at the threshold's score; rows: the truth; columns: the answer; the last of each: the background",
    )
    calibration = CalibrationSerializer(required=False, help_text=LATER)
    labels = LabelAPSerializer(many=True)
    predictions = DetectionPredictionSerializer(many=True)


class LabelScoresSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    truth_count = serializers.IntegerField(help_text="images")
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)


class ClassificationIntervalsSerializer(serializers.Serializer[Any]):
    """Missing of fewer than two images."""

    accuracy = IntervalSerializer(allow_null=True, required=False)
    macro_f1 = IntervalSerializer(allow_null=True, required=False)


class ClassificationPredictionSerializer(serializers.Serializer[Any]):
    image = serializers.CharField(help_text="sha256")
    truth = serializers.CharField(help_text="a label")
    scores = serializers.DictField(child=serializers.FloatField(), help_text="by label")


class ClassificationEvaluationSerializer(EvaluationSerializer):
    """How well images are told apart."""

    task = serializers.ChoiceField(choices=["classification"])
    accuracy = serializers.FloatField(allow_null=True)
    macro_f1 = serializers.FloatField(allow_null=True)
    intervals = ClassificationIntervalsSerializer(required=False, help_text=LATER)
    labels = LabelScoresSerializer(many=True)
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="rows: the truth; columns: the answer"
    )
    calibration = CalibrationSerializer(required=False, help_text=LATER)
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
        return Response(with_images(run, stored_evaluation(run)))


class ComparisonView(Endpoint):
    @extend_schema(responses=ComparisonSerializer)
    def get(self, request: Request, run_id: int, other_run_id: int) -> Response:
        """How the run's numbers differ from another run's of the project, on the same validation images."""
        run = queries.run_for(request.user, run_id)
        other = queries.run_in(run.project, other_run_id)
        metrics = catalog.load_module("training.engine.metrics.paired")  # numpy: only a process that compares pays
        compared = metrics.compare(stored_evaluation(run), stored_evaluation(other))
        return Response(ComparisonSerializer(compared).data)


def stored_evaluation(run: Run) -> dict[str, Any]:
    """Raises NotFound."""
    stored = files_of(run).get("evaluation.json")
    if stored is None:
        raise NotFound("This run has no evaluation yet.")
    with stored.open() as file:
        report: dict[str, Any] = json.load(file)
    return report


def with_images(run: Run, report: dict[str, Any]) -> dict[str, Any]:
    """The report and the images that its predictions are of."""
    wanted = [row["image"] for row in report["predictions"]]
    fields = ("sha256", "id", "name", "width", "height")
    rows = Image.objects.filter(project=run.project_id, sha256__in=wanted).values(*fields)
    return report | {"images": {row.pop("sha256"): row for row in rows}}

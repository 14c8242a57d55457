"""The settings of a run as JSON."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from training.engine import freezing
from training.engine.config import MOST_FINE_ANCHORS, Base, Config, Fit, Optimizer, Precision, Schedule

BASES = get_args(Base)
FITS = get_args(Fit)
OPTIMIZERS = get_args(Optimizer)
SCHEDULES = get_args(Schedule)
PRECISIONS = get_args(Precision)
DEFAULTS = {field.name: field.default for field in fields(Config) if field.default is not MISSING}

OF_TILES = "along each side of an image: a detector looks at each of them; 1: at the whole image"
OF_MOSAIC = "of an image standing with three others in one square; for detectors"
OF_SCORE = "a detector's boxes below it are dropped, when it is measured and in its artifacts"
OF_REPLAY = "of an epoch that images have which the base run knows, beside all that are new to it; 0: all images alike"
OF_NMS = "of two boxes of one label whose IoU is larger, the better one stays"


class ShapesField(serializers.ListField):
    """Pairs of width and height as shares of the image."""

    child = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)

    def __init__(self, **asked: Any) -> None:
        super().__init__(max_length=MOST_FINE_ANCHORS, **asked)


class ConfigSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    base = serializers.ChoiceField(choices=BASES)
    epochs = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    optimizer = serializers.ChoiceField(choices=OPTIMIZERS)
    freeze = serializers.CharField(help_text=freezing.GRAMMAR, max_length=freezing.LONGEST)
    image_size = serializers.IntegerField()
    fit = serializers.ChoiceField(choices=FITS)
    fine_anchors = ShapesField()
    anchor_scale = serializers.FloatField()
    crop = serializers.IntegerField()
    magnify = serializers.IntegerField()
    tiles = serializers.IntegerField(help_text=OF_TILES)
    seed = serializers.IntegerField()
    threads = serializers.IntegerField()
    iterations = serializers.IntegerField(help_text="steps of the whole run instead of epochs; 0: epochs hold")
    reference_batch = serializers.IntegerField(help_text="batch that the learning rate is for; 0: any")
    schedule = serializers.ChoiceField(choices=SCHEDULES)
    warmup_steps = serializers.IntegerField(allow_null=True)
    warmup_epochs = serializers.FloatField(allow_null=True)
    momentum = serializers.FloatField()
    weight_decay = serializers.FloatField(allow_null=True)
    average_decay = serializers.FloatField(help_text="of the moving average of the weights; 0: none")
    zoom_min = serializers.FloatField()
    zoom_max = serializers.FloatField()
    flip_chance = serializers.FloatField()
    colour_chance = serializers.FloatField()
    mosaic_chance = serializers.FloatField(help_text=OF_MOSAIC)
    rare_share = serializers.FloatField(help_text="labels on fewer than this share of the images are seen more often")
    train_share = serializers.FloatField(help_text="of the training images that the run learns from; the seed chooses")
    replay = serializers.FloatField(help_text=OF_REPLAY)
    precision = serializers.ChoiceField(choices=PRECISIONS)
    patience = serializers.IntegerField(help_text="epochs without a better one; 0: no end")
    score_threshold = serializers.FloatField(help_text=OF_SCORE)
    nms_threshold = serializers.FloatField(help_text=OF_NMS)

    def to_representation(self, config: Config | Mapping[str, Any]) -> dict[str, Any]:
        """Of a model's defaults, or of a run's row, which lacks what there was no setting for: its default held."""
        given = config.to_dict() if isinstance(config, Config) else config
        return super().to_representation({**DEFAULTS, **given})


class ConfigChangesSerializer(serializers.Serializer[Any]):
    """What differs from the model's defaults. The model's row and `Config` check it, not this."""

    epochs = serializers.IntegerField(required=False)
    batch_size = serializers.IntegerField(required=False)
    learning_rate = serializers.FloatField(required=False)
    optimizer = serializers.ChoiceField(choices=OPTIMIZERS, required=False)
    freeze = serializers.CharField(required=False, help_text=freezing.GRAMMAR, max_length=freezing.LONGEST)
    image_size = serializers.IntegerField(required=False)
    fit = serializers.ChoiceField(choices=FITS, required=False)
    fine_anchors = ShapesField(required=False)
    anchor_scale = serializers.FloatField(required=False)
    crop = serializers.IntegerField(required=False)
    magnify = serializers.IntegerField(required=False)
    tiles = serializers.IntegerField(required=False, help_text=OF_TILES)
    seed = serializers.IntegerField(required=False)
    threads = serializers.IntegerField(required=False)
    iterations = serializers.IntegerField(
        required=False, help_text="steps of the whole run instead of epochs; 0: epochs hold"
    )
    reference_batch = serializers.IntegerField(required=False, help_text="batch that the learning rate is for; 0: any")
    schedule = serializers.ChoiceField(choices=SCHEDULES, required=False)
    warmup_steps = serializers.IntegerField(required=False, allow_null=True)
    warmup_epochs = serializers.FloatField(required=False, allow_null=True)
    momentum = serializers.FloatField(required=False)
    weight_decay = serializers.FloatField(required=False, allow_null=True)
    average_decay = serializers.FloatField(required=False, help_text="of the moving average of the weights; 0: none")
    zoom_min = serializers.FloatField(required=False)
    zoom_max = serializers.FloatField(required=False)
    flip_chance = serializers.FloatField(required=False)
    colour_chance = serializers.FloatField(required=False)
    mosaic_chance = serializers.FloatField(required=False, help_text=OF_MOSAIC)
    rare_share = serializers.FloatField(
        required=False, help_text="labels on fewer than this share of the images are seen more often"
    )
    train_share = serializers.FloatField(
        required=False, help_text="of the training images that the run learns from; the seed chooses"
    )
    replay = serializers.FloatField(required=False, help_text=OF_REPLAY)
    precision = serializers.ChoiceField(choices=PRECISIONS, required=False)
    patience = serializers.IntegerField(required=False, help_text="epochs without a better one; 0: no end")
    score_threshold = serializers.FloatField(required=False, help_text=OF_SCORE)
    nms_threshold = serializers.FloatField(required=False, help_text=OF_NMS)


@extend_schema_field(ConfigChangesSerializer)
class ConfigChangesField(serializers.DictField):
    """Passed on as it came: an unknown setting is refused by name, not left out."""

    def __init__(self) -> None:
        super().__init__(required=False, default=dict)

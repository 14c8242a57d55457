"""The settings of a run as JSON."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from training.engine.config import Base, Config, Fit, Freeze, Optimizer

BASES = get_args(Base)
FREEZE = get_args(Freeze)
FITS = get_args(Fit)
OPTIMIZERS = get_args(Optimizer)
DEFAULTS = {field.name: field.default for field in fields(Config) if field.default is not MISSING}


class ShapesField(serializers.ListField):
    """Pairs of width and height as shares of the image."""

    child = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class ConfigSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    base = serializers.ChoiceField(choices=BASES)
    epochs = serializers.IntegerField()
    batch_size = serializers.IntegerField()
    learning_rate = serializers.FloatField()
    optimizer = serializers.ChoiceField(choices=OPTIMIZERS)
    freeze = serializers.ChoiceField(choices=FREEZE)
    image_size = serializers.IntegerField()
    fit = serializers.ChoiceField(choices=FITS)
    fine_anchors = ShapesField()
    anchor_scale = serializers.FloatField()
    crop = serializers.IntegerField()
    seed = serializers.IntegerField()
    threads = serializers.IntegerField()

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
    freeze = serializers.ChoiceField(choices=FREEZE, required=False)
    image_size = serializers.IntegerField(required=False)
    fit = serializers.ChoiceField(choices=FITS, required=False)
    fine_anchors = ShapesField(required=False)
    anchor_scale = serializers.FloatField(required=False)
    crop = serializers.IntegerField(required=False)
    seed = serializers.IntegerField(required=False)
    threads = serializers.IntegerField(required=False)


@extend_schema_field(ConfigChangesSerializer)
class ConfigChangesField(serializers.DictField):
    """Passed on as it came: an unknown setting is refused by name, not left out."""

    def __init__(self) -> None:
        super().__init__(required=False, default=dict)

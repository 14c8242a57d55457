"""The settings of a run as JSON."""

from typing import Any

from rest_framework import serializers


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

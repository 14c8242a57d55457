"""Which parameters a run holds still, as JSON."""

from typing import Any

from rest_framework import serializers


class FrozenSerializer(serializers.Serializer[Any]):
    """What does not learn. Before a run it is counted on the model with one label."""

    parameters = serializers.IntegerField(help_text="numbers in all weights and biases")
    still = serializers.IntegerField(help_text="those that do not learn")
    layers = serializers.IntegerField(help_text="convolutions and linear layers")
    still_layers = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField(), help_text="of the first still layers' weights")

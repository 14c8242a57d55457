"""What many answers say of people and teams."""

from typing import Any

from rest_framework import serializers

from boxwright.api.fields import NameField
from boxwright.teams.models import User


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name"]
        read_only_fields = fields


class TeamRefSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class NameSerializer(serializers.Serializer[Any]):
    name = NameField()

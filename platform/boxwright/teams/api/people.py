"""What many answers say of people and teams."""

from typing import Any

from rest_framework import serializers

from boxwright.api.fields import NameField
from boxwright.teams.models import User


# Part of each event of a save. No ModelSerializer: that one builds its fields each time, and takes four times as long.
class PersonSerializer(serializers.Serializer[User]):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


def person_json(user: User | None) -> dict[str, Any] | None:
    """The same by hand, for what is written at each image that somebody labels."""
    return {"id": user.pk, "name": user.name} if user else None


class TeamRefSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class NameSerializer(serializers.Serializer[Any]):
    name = NameField()

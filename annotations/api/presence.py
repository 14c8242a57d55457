"""Who looks at an image besides whoever holds it, and what is in their hand."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.presence import say_gone, say_present
from annotations.queries import image_for
from boxwright.api.fields import IdField
from boxwright.api.views import Endpoint
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role


class DrawnSerializer(serializers.Serializer[Any]):
    """A box that is being drawn or moved, in pixels of the image."""

    label = IdField()  # type: ignore[assignment]
    x_min = serializers.FloatField(min_value=0)
    y_min = serializers.FloatField(min_value=0)
    x_max = serializers.FloatField(min_value=0)
    y_max = serializers.FloatField(min_value=0)


class PresenceSerializer(serializers.Serializer[Any]):
    drawn = DrawnSerializer(allow_null=True, default=None, help_text="needs an annotator")


class PresenceEventSerializer(serializers.Serializer[Any]):
    """Somebody looks at an image, or has left it. Nothing keeps this: who says nothing for 45 seconds is gone."""

    id = serializers.IntegerField(help_text="of the image")
    person = PersonSerializer()
    is_here = serializers.BooleanField()
    drawn = DrawnSerializer(allow_null=True, help_text="unsaved, and gone after five seconds of silence")


class PresenceView(Endpoint):
    @extend_schema(request=PresenceSerializer, responses={204: None})
    def post(self, request: Request, image_id: int) -> Response:
        """Tell whoever watches the project that one looks at this image, and what one draws on it."""
        drawn = self.parsed(PresenceSerializer)["drawn"]
        image = image_for(request.user, image_id, Role.ANNOTATOR if drawn else Role.VIEWER)
        say_present(image=image, user=signed_in(request), drawn=drawn)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: int) -> Response:
        """Tell that one has left it."""
        say_gone(image=image_for(request.user, image_id), user=signed_in(request))
        return Response(status=204)

"""Annotations of one label, for whoever reviews them side by side."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.labeling import AnnotationSerializer
from annotations.labelled import ORDERS, labelled
from annotations.models import Image
from boxwright.api.views import Endpoint
from boxwright.projects.models import QUEUES
from boxwright.projects.queries import label_for

ORDER = OpenApiParameter(
    "order",
    str,
    enum=list(ORDERS),
    default="newest",
    description="by size only boxes, by score only what has one, by author only those of people with an account",
)


class PictureSerializer(serializers.ModelSerializer[Image]):
    """What of an image is needed to cut an annotation out of it, and to save it."""

    queue = serializers.ChoiceField(choices=QUEUES)

    class Meta:
        model = Image
        fields = ["id", "name", "width", "height", "queue", "revision"]
        read_only_fields = fields


class LabelledSerializer(AnnotationSerializer):
    """An annotation on its image, at that image's `revision`."""

    image = PictureSerializer()

    def to_representation(self, annotation: Any) -> dict[str, Any]:
        said: dict[str, Any] = {name: getattr(annotation.image, name) for name in PictureSerializer.Meta.fields}
        return {**super().to_representation(annotation), "image": said}


class LabelledView(Endpoint):
    @extend_schema(parameters=[ORDER], responses=LabelledSerializer(many=True))
    def get(self, request: Request, label_id: int) -> Response:
        """Annotations of one label, whatever queue their images are in."""
        order = request.query_params.get("order") or "newest"
        rows = labelled(label_for(request.user, label_id), order)
        return self.page(rows, LabelledSerializer, *ORDERS[order])

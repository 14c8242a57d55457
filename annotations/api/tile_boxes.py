"""The boxes that a gallery draws over its tiles."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.tile_boxes import BoxedImage, boxes_of_images
from boxwright.api.pagination import DIGITS, MAX_LIMIT
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.queries import project_for

IMAGES = OpenApiParameter(
    "images",
    {"type": "string", "maxLength": 20 * MAX_LIMIT},
    description=f"ids of at most {MAX_LIMIT} images, with commas between",
)


class BoxedImageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    boxes = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=5, max_length=5),
        help_text="each: the label's id, x_min, y_min, x_max, y_max",
    )

    def to_representation(self, image: BoxedImage) -> dict[str, Any]:
        """The same by hand: there may be twenty thousand."""
        return {"id": image.id, "revision": image.revision, "boxes": image.boxes}


class BoxedImagesSerializer(serializers.Serializer[Any]):
    images = BoxedImageSerializer(many=True)


class TileBoxesView(Endpoint):
    @extend_schema(parameters=[IMAGES], responses=BoxedImagesSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """The boxes of these images, in this order. Answers the first of them if all have very many boxes."""
        project = project_for(request.user, project_id)
        images = boxes_of_images(project, _ids(request.query_params.get("images", "")))
        return Response({"images": BoxedImageSerializer(images, many=True).data})


def _ids(text: str) -> list[int]:
    ids = text.split(",") if text else []
    if len(ids) > MAX_LIMIT or not all(DIGITS.match(id_) for id_ in ids):
        raise Invalid("Name the images.", {"images": f"expected at most {MAX_LIMIT} ids, with commas between"})
    return [int(id_) for id_ in ids]

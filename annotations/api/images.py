"""A project's images: listed, uploaded, deleted; and their files."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import originals, trash, uploads
from annotations.image_filters import ASSIGNED, BOXES, DRAFTS, FILTERS, SPLITS, YES, drafts_among, images_of
from annotations.imaging import STRIP_HEIGHT, strip_of
from annotations.models import Image
from annotations.object_keys import preview_key, thumbnail_key
from annotations.queries import ORDERS, image_for, images_beside, images_from, ordering, place_in
from boxwright import limits
from boxwright.api.fields import time_json
from boxwright.api.files import FOREVER, send_file, send_object
from boxwright.api.links import LINK, LinkSerializer, from_bucket, refuse_link
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.models import QUEUES, Project
from boxwright.projects.queries import project_for
from boxwright.storage.errors import ObjectDamaged
from boxwright.storage.named import Named
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer, person_json
from boxwright.teams.models import Role

ASSIGNED_SCHEMA = {"type": "string", "pattern": ASSIGNED, "maxLength": 18}
LIST = [
    OpenApiParameter("queue", str, enum=QUEUES),
    OpenApiParameter("label", int, description="only images that carry this label"),
    OpenApiParameter("search", {"type": "string", "maxLength": 200}, description="part of the name"),
    OpenApiParameter("drafts", str, enum=DRAFTS, description="only images with boxes that somebody has yet to finish"),
    OpenApiParameter("boxes", str, enum=BOXES, description="only without boxes, or with one of this size, as in COCO"),
    OpenApiParameter("author", int, description="only with annotations that this person made"),
    OpenApiParameter("min_width", int, description="in pixels"),
    OpenApiParameter("max_width", int, description="in pixels"),
    OpenApiParameter("suggested", str, enum=[YES], description="only what a model found something in"),
    OpenApiParameter("split", str, enum=SPLITS, description="only of this split: as files said, else by their hash"),
    OpenApiParameter("assigned", ASSIGNED_SCHEMA, description="only what this person is asked to label, or nobody"),
    OpenApiParameter("order", str, enum=list(ORDERS), default="created"),
]
PARTS = [
    *LIST,
    OpenApiParameter("after", int, description="an image of the project: only what comes behind it in this order"),
    OpenApiParameter("before", int, description="an image of the project: only what comes before it, nearest first"),
    OpenApiParameter("place", int, description="where the list begins: 1 is its first image, -1 its last"),
]


COUNTED = 10_000
"""Images of a filtered list: each is asked for its boxes, or its name read."""


class ImageSerializer(serializers.ModelSerializer[Image]):
    """`width` and `height` are those after EXIF orientation; `size` is in bytes."""

    queue = serializers.ChoiceField(choices=QUEUES)
    claimed_by = PersonSerializer(allow_null=True)
    drafted_by = PersonSerializer(allow_null=True, help_text="whose boxes on it are not finished")
    assigned_to = PersonSerializer(allow_null=True, help_text="who is asked to label it")

    class Meta:
        model = Image
        fields = [
            "id",
            "name",
            "sha256",
            "width",
            "height",
            "size",
            "split",
            "group",
            "queue",
            "revision",
            "annotation_count",
            "skip_reason",
            "claimed_by",
            "claim_expires_at",
            "drafted_by",
            "assigned_to",
            "created_at",
        ]
        read_only_fields = fields

    def to_representation(self, image: Image) -> dict[str, Any]:
        """The same by hand: DRF makes its fields anew for each claim."""
        said: dict[str, Any] = {name: getattr(image, name) for name in AS_THEY_ARE}
        return {
            **said,
            "claimed_by": person_json(image.claimed_by),
            "claim_expires_at": time_json(image.claim_expires_at),
            "drafted_by": person_json(image.drafted_by),
            "assigned_to": person_json(image.assigned_to),
            "created_at": time_json(image.created_at),
        }


AS_THEY_ARE = ImageSerializer.Meta.fields[:12]
"""From `id` to `skip_reason`."""


class DuplicateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    id = serializers.IntegerField(source="image.pk", help_text="of the image that has the same bytes")


class RejectSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()


class UploadSerializer(serializers.Serializer[Any]):
    created = ImageSerializer(many=True)
    duplicates = DuplicateSerializer(many=True)
    rejected = RejectSerializer(many=True)


class UploadRequestSerializer(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), max_length=limits.FILES_A_REQUEST)


class ImagesView(Endpoint):
    parser_classes = [MultiPartParser]
    body_limit = "UPLOAD_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        project_for(request.user, kwargs["project_id"], Role.ANNOTATOR)

    @extend_schema(parameters=PARTS, responses=ImageSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = project_for(request.user, project_id)
        images, order = _listed(request, project)
        beside = {name: request.query_params.get(name, "") for name in ("after", "before")}
        rows, way = images_beside(images, order, project, **beside)
        if place := request.query_params.get("place"):
            rows = images_from(rows, way, place)
        return self.page(rows, ImageSerializer, *way)

    @extend_schema(request={"multipart/form-data": UploadRequestSerializer}, responses=UploadSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Many files in one request; each is created, a duplicate, or rejected with its reason."""
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        files = request.FILES.getlist("files")
        if not files:
            raise Invalid("Nothing was sent.", {"files": "expected one or more files"})
        answer = uploads.add_images(project=project, author=signed_in(request), files=files)
        return Response(UploadSerializer(answer).data)


def _listed(request: Request, project: Project) -> tuple[QuerySet[Image], Sequence[str]]:
    """The list that the address asks for, and its order."""
    asked = {name: request.query_params.get(name, "") for name in FILTERS}
    order = ordering(request.query_params.get("order") or "created")
    whose = request.query_params.get("drafts", "")
    return drafts_among(images_of(project, **asked), whose, signed_in(request)), order


class PlaceSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(allow_null=True, help_text="from 1 on; null: not in the list, or not counted")
    total = serializers.IntegerField(help_text="images of the list that were counted")
    has_more = serializers.BooleanField(help_text="it is narrowed by more than its queue, and only begun to count")


class PlaceView(Endpoint):
    @extend_schema(parameters=LIST, responses=PlaceSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        """Where the image stands in a list of its project, and how long the list is.

        Of a list that is narrowed by more than its queue the first 10,000 images are counted.
        """
        image = image_for(request.user, image_id)
        is_narrowed = any(request.query_params.get(name) for name in FILTERS if name != "queue")
        most = COUNTED if is_narrowed else None
        place, total, has_more = place_in(*_listed(request, image.project), image, most)
        return Response({"place": place, "total": total, "has_more": has_more})


class ImageView(Endpoint):
    @extend_schema(responses=ImageSerializer)
    def get(self, request: Request, image_id: int) -> Response:
        return Response(ImageSerializer(image_for(request.user, image_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, image_id: int) -> Response:
        """Into the Trash, which keeps it for 30 days."""
        image = image_for(request.user, image_id, Role.MANAGER)
        trash.discard(image.project, [image.pk], signed_in(request))
        audit.record(image.project.team, "deleted image", image.name, project=image.project.name, sha256=image.sha256)
        return Response(status=204)


PICTURE_ANSWERS: dict[Any, Any] = {
    (200, "image/*"): OpenApiTypes.BINARY,
    (206, "image/*"): OpenApiTypes.BINARY,
    304: OpenApiResponse(description="unchanged"),
    416: OpenApiResponse(description="no such part"),
}
PICTURE = extend_schema(responses=PICTURE_ANSWERS)
LINKED = {(200, "application/json"): LinkSerializer, 302: OpenApiResponse(description="in the bucket")}


class ThumbnailView(Endpoint):
    @extend_schema(parameters=[OpenApiParameter("height", int, enum=[STRIP_HEIGHT])], responses=PICTURE_ANSWERS)
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """A JPEG of at most 320 pixels in height, or of that which is asked for."""
        image = image_for(request.user, image_id)
        key = thumbnail_key(image.project.team_id, image.sha256)
        height = request.query_params.get("height", "")
        if height == str(STRIP_HEIGHT):
            return send_file(request, partial(_strip, key), "image/jpeg", tag=f"{image.sha256}-s", cache=FOREVER)
        if height:
            raise Invalid("There is no such thumbnail.", {"height": f"expected {STRIP_HEIGHT}"})
        return send_object(request, Named(key), "image/jpeg", tag=f"{image.sha256}-t", cache=FOREVER)


def _strip(key: str) -> BinaryIO:
    with Named(key).open() as thumbnail:
        try:
            return BytesIO(strip_of(thumbnail))
        except OSError as error:
            raise ObjectDamaged(key) from error


class PreviewView(Endpoint):
    @PICTURE
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """A JPEG whose longer side has at most 1600 pixels, EXIF orientation applied."""
        image = image_for(request.user, image_id)
        key = preview_key(image.project.team_id, image.sha256)
        return send_object(request, Named(key), "image/jpeg", tag=f"{image.sha256}-p", cache=FOREVER)


class FileView(Endpoint):
    @extend_schema(parameters=[LINK], responses={**PICTURE_ANSWERS, **LINKED})
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """The original bytes. A browser is redirected to the bucket where the store signs links.

        Unless the project shares locations, a file that tells where it was taken comes without its metadata: the same
        pixels, colours and orientation.
        """
        image = image_for(request.user, image_id)
        if originals.may_go_out(image):
            return _original(request, image)
        refuse_link(request)
        opened = partial(originals.open_without_location, originals.original_of(image))
        return send_file(request, opened, image.content_type, tag=f"{image.sha256}-n", cache=FOREVER)


def _original(request: Request, image: Image) -> HttpResponseBase:
    original = originals.original_of(image)
    if original.is_elsewhere:  # nobody else is let into the bucket of others: its bytes come through us
        refuse_link(request)
        return send_object(request, original, image.content_type, tag=image.sha256, cache=FOREVER)
    from_there = from_bucket(request, original.key, image.name)
    return from_there or send_object(request, original, image.content_type, tag=image.sha256, cache=FOREVER)

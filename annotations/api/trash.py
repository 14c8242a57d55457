"""The Trash of a project: looked at, restored from, emptied."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import bulk
from annotations.api.bulk import CHANGED, BulkChangeSerializer
from annotations.api.images import PICTURE
from annotations.models import BulkChange, TrashedImage
from annotations.object_keys import thumbnail_key
from annotations.queries import trashed_image_for
from boxwright import limits
from boxwright.api.fields import CountedListField, IdField
from boxwright.api.files import FOREVER, send_object
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid
from boxwright.projects.models import QUEUES
from boxwright.projects.queries import project_for
from boxwright.storage.named import Named
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role

Deed = BulkChange.Deed


class TrashedImageSerializer(serializers.ModelSerializer[TrashedImage]):
    queue = serializers.ChoiceField(choices=QUEUES, help_text="where it goes back to")
    deleted_by = PersonSerializer(allow_null=True)
    kept_until = serializers.SerializerMethodField(help_text="from then on it is deleted for good")

    class Meta:
        model = TrashedImage
        fields = [
            *("id", "name", "width", "height", "size", "queue", "annotation_count"),
            *("deleted_by", "deleted_at", "kept_until"),
        ]
        read_only_fields = fields

    def get_kept_until(self, image: TrashedImage) -> datetime:
        return image.deleted_at + timedelta(days=limits.TRASH_DAYS)


class DeletedEventSerializer(serializers.Serializer[Any]):
    """Images went to the Trash."""

    ids = serializers.ListField(child=serializers.IntegerField())
    by = PersonSerializer(allow_null=True)


class TrashSelectionSerializer(serializers.Serializer[Any]):
    """`images`, or `all`."""

    images = CountedListField(child=IdField(), max_length=limits.BULK_IDS, required=False)
    all = serializers.BooleanField(default=False)


class TrashView(Endpoint):
    @extend_schema(responses=TrashedImageSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What was deleted last comes first."""
        project = project_for(request.user, project_id, Role.MANAGER)
        rows = TrashedImage.objects.filter(project=project).select_related("deleted_by")
        return self.page(rows, TrashedImageSerializer, "-deleted_at", "-id")


class TrashChangeView(Endpoint):
    def changed(self, deed: str) -> Response:
        project = project_for(self.request.user, self.kwargs["project_id"], Role.MANAGER)
        asked = self.parsed(TrashSelectionSerializer)
        if ("images" in asked) == asked["all"]:
            raise Invalid("Which images?", {"images": "expected either images or all"})
        trashed = TrashedImage.objects.filter(project=project).values_list("pk", flat=True)
        images = trashed[: limits.BULK_IMAGES] if asked["all"] else asked["images"]
        change = bulk.change_images(project=project, author=signed_in(self.request), deed=deed, images=images)
        return Response(BulkChangeSerializer(change).data, status=201)


class RestoreView(TrashChangeView):
    @extend_schema(request=TrashSelectionSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Put images back where they were, with their annotations and history."""
        return self.changed(Deed.RESTORE)


class DeleteForGoodView(TrashChangeView):
    @extend_schema(request=TrashSelectionSerializer, responses=CHANGED)
    def post(self, request: Request, project_id: int) -> Response:
        """Nothing brings them back; snapshots keep their pictures."""
        return self.changed(Deed.DELETE_FOR_GOOD)


class TrashedThumbnailView(Endpoint):
    @PICTURE
    def get(self, request: Request, trashed_id: int) -> HttpResponseBase:
        image = trashed_image_for(request.user, trashed_id)
        key = thumbnail_key(image.project.team_id, image.sha256)
        return send_object(request, Named(key), "image/jpeg", tag=f"{image.sha256}-t", cache=FOREVER)

"""Snapshots: made, listed, compared, downloaded; and the formats they can be had in.

DRF's fields have attributes `label`, `source` and `parent` of their own; its metaclass takes ours away before they
could shadow those, which mypy can't see: hence the ignored assignments.
"""

from typing import Any, get_args

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations import snapshots
from annotations.api.narrowing import NarrowingSerializer
from annotations.formats import FORMATS
from annotations.formats.layout import Family
from annotations.models import Snapshot
from annotations.needed_objects import manifest_of
from annotations.queries import snapshot_for
from annotations.snapshots.downloads import Download, download_format
from boxwright.api.auth import SessionAuthentication, TokenAuthentication
from boxwright.api.files import download_object, send_made
from boxwright.api.jobs import JobSerializer
from boxwright.api.links import LINK, LinkSerializer, wants_link
from boxwright.api.signed_links import SIGNED_LINK, LinkAuthentication, signed_link
from boxwright.api.views import Endpoint
from boxwright.errors import Invalid, NotFound
from boxwright.projects.canceling import cancel
from boxwright.projects.models import TaskKind
from boxwright.projects.queries import project_for
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role


class LabelCountSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    color = serializers.CharField()
    annotation_count = serializers.IntegerField()


class SplitsSerializer(serializers.Serializer[Any]):
    train = serializers.IntegerField(required=False)
    val = serializers.IntegerField(required=False)
    test = serializers.IntegerField(required=False)


class SnapshotFilterSerializer(NarrowingSerializer):
    """Which images of the project a snapshot holds, as in the list of images."""


class FrozenFilterSerializer(SnapshotFilterSerializer):
    label_name = serializers.CharField(required=False, help_text="as the label was called then")
    author_name = serializers.CharField(required=False)
    assigned_name = serializers.CharField(required=False)


class SnapshotSerializer(JobSerializer):
    labels = LabelCountSerializer(many=True)
    splits = SplitsSerializer(help_text="labelled images")
    parent = serializers.IntegerField(
        source="parent.number", allow_null=True, help_text="the number of the snapshot before"
    )  # type: ignore[assignment]
    author = PersonSerializer(allow_null=True)
    name = serializers.CharField(help_text="v7; of a part of the project v7: labelled, label cat")
    filter = FrozenFilterSerializer(help_text="empty: the whole project")

    class Meta:
        model = Snapshot
        fields = [
            *(
                "id",
                "number",
                "name",
                "filter",
                *JobSerializer.FIELDS,
                "sha256",
                "image_count",
                "labelled_count",
                "box_count",
            ),
            *("labels", "splits", "parent", "author", "created_at"),
        ]
        read_only_fields = fields


class DiffSerializer(serializers.Serializer[Any]):
    images_added = serializers.IntegerField()
    images_removed = serializers.IntegerField()
    images_changed = serializers.IntegerField()
    annotations_added = serializers.IntegerField()
    annotations_removed = serializers.IntegerField()
    annotations_changed = serializers.IntegerField()


class FormatSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    family = serializers.ChoiceField(get_args(Family), help_text="whose it is")
    known_by = serializers.CharField(help_text="its files, in a few words")
    tasks = serializers.ListField(child=serializers.ChoiceField(TaskKind.choices))
    reads = serializers.BooleanField()
    writes = serializers.BooleanField()


class SnapshotsView(Endpoint):
    @extend_schema(responses=SnapshotSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Newest first."""
        project = project_for(request.user, project_id)
        rows = Snapshot.objects.filter(project=project).select_related("parent", "author")
        return self.page(rows, SnapshotSerializer, "-number")

    @extend_schema(request=SnapshotFilterSerializer, responses={201: SnapshotSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Freeze the project as it is now, or a part of it to take away; the manifest is built in the background."""
        project = project_for(request.user, project_id, Role.MANAGER)
        asked = self.parsed(SnapshotFilterSerializer)
        snapshot = snapshots.create_snapshot(project=project, author=signed_in(request), only=asked)
        return Response(SnapshotSerializer(snapshot_for(request.user, snapshot.pk)).data, status=201)


class SnapshotView(Endpoint):
    @extend_schema(responses=SnapshotSerializer)
    def get(self, request: Request, snapshot_id: int) -> Response:
        return Response(SnapshotSerializer(snapshot_for(request.user, snapshot_id)).data)


class SnapshotCancelView(Endpoint):
    @extend_schema(request=None, responses=SnapshotSerializer)
    def post(self, request: Request, snapshot_id: int) -> Response:
        """At once; twice changes nothing; 409 when it has ended otherwise. Runs that wait for it fail and say so."""
        snapshot = snapshot_for(request.user, snapshot_id, Role.MANAGER)
        return Response(SnapshotSerializer(cancel(snapshot)).data)


class ManifestView(Endpoint):
    @extend_schema(
        parameters=[LINK],
        responses={
            (200, "application/x-ndjson"): OpenApiTypes.BINARY,
            (200, "application/json"): LinkSerializer,
            (206, "application/x-ndjson"): OpenApiTypes.BINARY,
            302: OpenApiResponse(description="in the bucket"),
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, snapshot_id: int) -> HttpResponseBase:
        """One line of JSON an image, sorted by sha256."""
        snapshot = snapshot_for(request.user, snapshot_id)
        snapshots.expect_built(snapshot)
        name = f"{_stem(snapshot)}.jsonl"
        audit.record_download(snapshot.project.team, name)
        return download_object(request, manifest_of(snapshot), "application/x-ndjson", name, tag=snapshot.sha256)


IMAGES = OpenApiParameter("images", bool, default=True, description="false: annotations without their images")


class DownloadView(Endpoint):
    authentication_classes = [TokenAuthentication, SessionAuthentication, LinkAuthentication]

    @extend_schema(
        parameters=[IMAGES, SIGNED_LINK],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "application/json"): LinkSerializer,
            (206, "application/zip"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, snapshot_id: int, format_name: str) -> HttpResponseBase:
        """The snapshot with its images, as a zip. A part of it by `Range`, always the same bytes under one `ETag`."""
        snapshot = snapshot_for(request.user, snapshot_id)
        download = Download(snapshot, download_format(snapshot, format_name), _with_images(request))
        if wants_link(request):
            audit.record(snapshot.project.team, "made download link", download.filename)
            return signed_link(request)
        audit.record_download(snapshot.project.team, download.filename)
        download.expect_stored()
        return send_made(request, download, "application/zip", filename=download.filename)


def _with_images(request: Request) -> bool:
    said = request.query_params.get("images", "true")
    if said not in {"true", "false"}:
        raise Invalid("Images are wanted or not.", {"images": "expected true or false"})
    return said == "true"


class LossSerializer(serializers.Serializer[Any]):
    """`text` follows the count: "3 images whose split is lost"."""

    count = serializers.IntegerField()
    text = serializers.CharField()


class LossesSerializer(serializers.Serializer[Any]):
    losses = LossSerializer(many=True, help_text="empty: the format holds all of it")


class LossesView(Endpoint):
    @extend_schema(responses=LossesSerializer)
    def get(self, request: Request, snapshot_id: int, format_name: str) -> Response:
        """What the format can't hold of this snapshot, by count."""
        snapshot = snapshot_for(request.user, snapshot_id)
        download = Download(snapshot, download_format(snapshot, format_name), with_images=False)
        return Response(LossesSerializer({"losses": download.losses()}).data)


class DiffView(Endpoint):
    @extend_schema(responses=DiffSerializer)
    def get(self, request: Request, snapshot_id: int, other_id: int) -> Response:
        """What came, went and changed from the other snapshot to this one."""
        new, old = snapshot_for(request.user, snapshot_id), snapshot_for(request.user, other_id)
        if new.project_id != old.project_id:
            raise NotFound("There is no such snapshot in this project.")
        return Response(snapshots.diff_of(old, new))


class FormatsView(APIView):
    @extend_schema(responses=FormatSerializer(many=True))
    def get(self, _request: Request) -> Response:
        return Response(FormatSerializer(list(FORMATS.values()), many=True).data)


def _stem(snapshot: Snapshot) -> str:
    return f"{snapshot.project.slug}-v{snapshot.number}"

"""Imports: an archive sent, watched while it is worked through; the sample project; merging labels."""

from dataclasses import replace
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import imports, label_merges, sample
from annotations.api.import_serializers import ChoicesSerializer, FindingSerializer, ImportSerializer
from annotations.dataset.findings import RULES
from annotations.imports.findings_table import findings_table
from annotations.imports.options import ON_KNOWN, Options
from annotations.imports.uploads import upload_for
from annotations.models import Import, ImportFinding
from annotations.queries import findings_of, import_for
from boxwright.api.fields import IdField
from boxwright.api.parsers import JSONParser
from boxwright.api.views import Endpoint
from boxwright.projects.api.labels import LabelSerializer
from boxwright.projects.api.projects import ProjectSerializer, seen_by
from boxwright.projects.models import Project
from boxwright.projects.queries import label_for, project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for


class ImportOptionsSerializer(serializers.Serializer[Any]):
    format = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    create_labels = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="add labels that the project does not know; if absent, true for managers. Where it is false, an "
        "archive with such labels is not imported: the error `unknown_labels` lists them",
    )
    review = serializers.BooleanField(
        required=False, default=False, help_text="read it, then wait for a decision before anything lands"
    )
    choices = ChoicesSerializer(required=False)
    on_known = serializers.ChoiceField(choices=ON_KNOWN, required=False, default="add")

    def options(self) -> Options:
        asked = self.validated_data
        return Options(
            format_name=asked["format"],
            create_labels=asked["create_labels"],
            review=asked["review"],
            choices=asked.get("choices", {}),
            on_known=asked["on_known"],
        )


class ImportRequestSerializer(ImportOptionsSerializer):
    archive = serializers.FileField()


class ImportOfUploadSerializer(ImportOptionsSerializer):
    upload = IdField(help_text="the id of an archive that was sent in parts, and has arrived")


class ImportOfBucketSerializer(ImportOptionsSerializer):
    bucket = serializers.CharField(
        max_length=1100, help_text="s3://bucket/folder/, of those that the server lets imports read; managers only"
    )
    leave_images = serializers.BooleanField(
        required=False,
        default=False,
        help_text="originals stay in the bucket and are read from there; else they are copied",
    )

    def options(self) -> Options:
        return replace(super().options(), leave_images=self.validated_data["leave_images"])


class MergeSerializer(serializers.Serializer[Any]):
    into = IdField(help_text="the id of the label that stays")


OF_JSON = PolymorphicProxySerializer(
    component_name="ImportOfUploadOrBucket",
    serializers=[ImportOfUploadSerializer, ImportOfBucketSerializer],
    resource_type_field_name=None,
)


class SampleRequestSerializer(serializers.Serializer[Any]):
    team = serializers.SlugField(max_length=60, help_text="the team's slug")


class ImportsView(Endpoint):
    parser_classes = [MultiPartParser, JSONParser]
    body_limit = "ARCHIVE_BYTES"

    def expect_sender(self, request: Request, **kwargs: Any) -> None:
        project_for(request.user, kwargs["project_id"], Role.ANNOTATOR)

    @extend_schema(responses=ImportSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Newest first."""
        project = project_for(request.user, project_id)
        return self.page(Import.objects.filter(project=project), ImportSerializer, "-id")

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer, "application/json": OF_JSON},
        responses={201: ImportSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send a zip, tar or tar.gz, or a bare file of annotations; or name one that was sent in parts, or a bucket.

        Without `format` it is recognised by what it holds.
        """
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        if (request.content_type or "").startswith("multipart/"):
            job = self._of_archive(project)
        else:
            is_bucket = isinstance(request.data, dict) and "bucket" in request.data
            job = self._of_bucket(project) if is_bucket else self._of_upload(project)
        return Response(ImportSerializer(import_for(request.user, job.pk)).data, status=201)

    def _of_archive(self, project: Project) -> Import:
        asked = ImportRequestSerializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        archive = asked.validated_data["archive"]
        return imports.start_import(
            project=project,
            author=signed_in(self.request),
            name=archive.name,
            archive=archive.file,
            options=asked.options(),
        )

    def _of_upload(self, project: Project) -> Import:
        asked = ImportOfUploadSerializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        upload = upload_for(self.request.user, project, asked.validated_data["upload"])
        return imports.start_import_of_upload(upload=upload, options=asked.options())

    def _of_bucket(self, project: Project) -> Import:
        project = project_for(self.request.user, project.pk, Role.MANAGER)
        asked = ImportOfBucketSerializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return imports.start_import_of_bucket(
            project=project,
            author=signed_in(self.request),
            address=asked.validated_data["bucket"],
            options=asked.options(),
        )


class ImportView(Endpoint):
    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, import_id: int) -> Response:
        return Response(ImportSerializer(import_for(request.user, import_id)).data)


class ImportCancelView(Endpoint):
    @extend_schema(request=None, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        """At once, in each stage; twice changes nothing; 409 when it has ended otherwise. Nothing of it stays."""
        job = import_for(request.user, import_id, Role.ANNOTATOR)
        return Response(ImportSerializer(imports.cancel_import(job)).data)


class FindingsView(Endpoint):
    @extend_schema(
        parameters=[
            OpenApiParameter("severity", str, enum=ImportFinding.Severity.labels),
            OpenApiParameter("rule", str, enum=list(RULES)),
        ],
        responses=FindingSerializer(many=True),
    )
    def get(self, request: Request, import_id: int) -> Response:
        """Errors first, then warnings, then notes; each in the order of the archive. At most 10,000 are kept."""
        job = import_for(request.user, import_id)
        asked = {name: request.query_params.get(name, "") for name in ("severity", "rule")}
        return self.page(findings_of(job, **asked), FindingSerializer, "severity", "number")


class FindingsTableView(Endpoint):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, import_id: int) -> StreamingHttpResponse:
        """All that were kept, as a table: severity, rule, file, line, reason."""
        job = import_for(request.user, import_id)
        answer = StreamingHttpResponse(findings_table(job), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="import-{job.pk}-findings.csv"'
        return answer


class SampleView(Endpoint):
    @extend_schema(request=SampleRequestSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """A small labelled project to try everything on; its pictures are drawn in the background."""
        asked = self.parsed(SampleRequestSerializer)
        team = team_for(request.user, asked["team"], Role.MANAGER)
        project = sample.create(team=team, author=signed_in(request))
        return Response(seen_by(request, project.pk), status=201)


class MergeView(Endpoint):
    @extend_schema(request=MergeSerializer, responses=LabelSerializer)
    def post(self, request: Request, label_id: int) -> Response:
        """Whatever carries this label carries the other one, as a revision of each image; this one is gone.

        Goes on where an interrupted merge ended. Saves that still name this label are taken as the other one.
        """
        label = label_for(request.user, label_id, Role.MANAGER)
        into = label_merges.merge_label(
            label=label, author=signed_in(request), into_id=self.parsed(MergeSerializer)["into"]
        )
        return Response(LabelSerializer(into).data)

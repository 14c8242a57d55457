"""Imports: an archive sent, watched while it is worked through; the sample project; merging labels."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations import imports, label_merges, sample
from annotations.dataset.findings import RULES
from annotations.imports.findings_table import findings_table
from annotations.imports.options import ON_KNOWN, Options
from annotations.imports.report import counted_rules
from annotations.imports.uploads import upload_for
from annotations.models import Import, ImportFinding
from annotations.queries import findings_of, import_for
from boxwright.api.fields import IdField
from boxwright.api.jobs import JobSerializer
from boxwright.api.parsers import JSONParser
from boxwright.api.views import Endpoint
from boxwright.jobs import OPEN, Status
from boxwright.projects.api.labels import LabelSerializer
from boxwright.projects.api.projects import ProjectSerializer, seen_by
from boxwright.projects.models import Project
from boxwright.projects.queries import label_for, project_for
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for

MOST_COLUMNS, LONGEST_COLUMN = 50, 100


class FindingSerializer(serializers.ModelSerializer[ImportFinding]):
    severity = serializers.ChoiceField(choices=ImportFinding.Severity.labels, source="get_severity_display")

    class Meta:
        model = ImportFinding
        fields = ["severity", "rule", "file", "line", "reason"]
        read_only_fields = fields


class ImportCountsSerializer(serializers.Serializer[Any]):
    files = serializers.IntegerField(required=False)
    images_created = serializers.IntegerField(required=False)
    images_duplicate = serializers.IntegerField(required=False)
    annotations_created = serializers.IntegerField(required=False)
    annotations_existing = serializers.IntegerField(required=False)
    images_changed = serializers.IntegerField(required=False, help_text="of the known images")
    annotations_left_out = serializers.IntegerField(required=False)


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    seconds_left = serializers.IntegerField(allow_null=True, help_text="of this stage; null where nobody knows")


class RuleCountSerializer(serializers.Serializer[Any]):
    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=ImportFinding.Severity.labels)
    title = serializers.CharField()
    count = serializers.IntegerField(help_text="also those that were not kept")


class ChoicesSerializer(serializers.Serializer[Any]):
    """What files do not say."""

    boxes_on = serializers.ChoiceField(
        choices=["auto", "shown", "stored"],
        required=False,
        help_text="of a picture with an EXIF rotation: as it is shown, as its pixels are stored, or whichever fits",
    )
    first_pixel = serializers.ChoiceField(choices=[0, 1], required=False, help_text="from where pixels are counted")
    table = serializers.DictField(
        child=serializers.CharField(max_length=100), required=False, help_text="how a table is read, as in read_as"
    )

    def validate_table(self, table: dict[str, str]) -> dict[str, str]:
        if len(table) > MOST_COLUMNS or any(len(name) > LONGEST_COLUMN for name in table):
            raise serializers.ValidationError(f"At most {MOST_COLUMNS} names of {LONGEST_COLUMN} characters.")
        return table


class ImportSerializer(JobSerializer):
    stage = serializers.SerializerMethodField(help_text="empty when it has ended")
    choices = ChoicesSerializer()
    read_as = serializers.DictField(child=serializers.CharField(), help_text="what the format assumed, by name")
    rules = serializers.SerializerMethodField(help_text="findings by their rule, what is worst first")
    counts = ImportCountsSerializer()
    progress = serializers.SerializerMethodField()
    finding_count = serializers.IntegerField(help_text="all, also those that were not kept")

    class Meta:
        model = Import
        fields = [
            *("id", *JobSerializer.FIELDS, "source", "format", "format_reason", "archive_name", "counts", "progress"),
            *("finding_count", "rules", "stage", "choices", "read_as", "expires_at", "created_at", "finished_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, job: Import) -> dict[str, int | None]:
        numbers = {name: job.progress.get(name, 0) for name in ("done", "total")}
        running = job.status == Status.RUNNING
        return {**numbers, "seconds_left": job.progress.get("seconds_left") if running else None}

    @extend_schema_field(serializers.ChoiceField(choices=[*Import.Stage.values, ""]))
    def get_stage(self, job: Import) -> str:
        return job.stage if job.status in OPEN else ""

    @extend_schema_field(RuleCountSerializer(many=True))
    def get_rules(self, job: Import) -> list[dict[str, Any]]:
        return counted_rules(job)


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


class MergeSerializer(serializers.Serializer[Any]):
    into = IdField(help_text="the id of the label that stays")


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
        request={"multipart/form-data": ImportRequestSerializer, "application/json": ImportOfUploadSerializer},
        responses={201: ImportSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send a zip, tar or tar.gz, or a bare file of annotations, or name one that was sent in parts.

        Without `format` it is recognised by what it holds.
        """
        project = project_for(request.user, project_id, Role.ANNOTATOR)
        is_form = (request.content_type or "").startswith("multipart/")
        job = self._of_archive(project) if is_form else self._of_upload(project)
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

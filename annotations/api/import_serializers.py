"""What answers say of an import: how it stands, what it counts, what it found."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.imports.report import counted_rules
from annotations.models import Import, ImportFinding
from boxwright.api.jobs import JobSerializer
from boxwright.jobs import OPEN, Status

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
    leave_images = serializers.BooleanField(help_text="originals stay in the bucket, and are read there")
    finding_count = serializers.IntegerField(help_text="all, also those that were not kept")

    class Meta:
        model = Import
        fields = [
            *("id", "project", *JobSerializer.FIELDS, "source", "leave_images", "format", "format_reason"),
            *("archive_name", "counts", "progress", "finding_count", "rules", "stage", "choices", "read_as"),
            *("expires_at", "created_at", "finished_at"),
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

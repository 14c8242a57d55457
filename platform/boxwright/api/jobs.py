"""What the JSON of every kind of job has in common."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from boxwright.jobs import Job, Status


class JobErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="for programs: weights_unavailable, bad_data, crashed, …")
    detail = serializers.CharField(help_text="for people")


class JobSerializer(serializers.ModelSerializer[Any]):
    """Name `FIELDS` in `Meta.fields`."""

    FIELDS = ("status", "error", "waiting_for")
    status = serializers.ChoiceField(choices=Status.choices)
    error = serializers.SerializerMethodField()
    waiting_for = serializers.SerializerMethodField(help_text="what a queued job waits for, in one sentence, or empty")

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, job: Job) -> dict[str, str] | None:
        return {"code": job.error_code, "detail": job.error} if job.error_code else None

    def get_waiting_for(self, job: Job) -> str:
        return job.waits_for

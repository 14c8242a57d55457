"""What went wrong in a run or an artifact, in both shapes of its JSON: for programs and for people."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from training.models import Artifact, Run


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="for programs: weights_unavailable, bad_data, crashed, …")
    detail = serializers.CharField(help_text="for people")


@extend_schema_field(ErrorSerializer(allow_null=True))
class ErrorField(serializers.Field[Any, Any, Any, Any]):
    """The error of a job's row; null while there is none."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, job: Run | Artifact) -> dict[str, str] | None:
        return {"code": job.error_code, "detail": job.error} if job.error_code else None

"""What the OpenAPI schema says beyond the endpoints: how to log in, and the one shape of every error."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from boxwright.api.problems import CONTENT_TYPE


class FieldProblemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. Some carry more: a conflict has `current`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldProblemSerializer(many=True, required=False, help_text="the first 20")  # type: ignore[assignment]
    error_count = serializers.IntegerField(required=False, help_text="of all errors")


class Schema(AutoSchema):
    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            for parameter in operation.get("parameters", ()):
                _bound(parameter)
            problem = self.resolve_serializer(ProblemSerializer, "response")
            content = {CONTENT_TYPE: {"schema": problem.ref}}
            operation["responses"]["default"] = {"description": "A problem", "content": content}
        return operation


def _bound(parameter: dict[str, Any]) -> None:
    """A word in a path is a slug."""
    if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
        parameter["schema"] |= {"maxLength": 60, "pattern": "^[-a-zA-Z0-9_]+$"}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "boxwright.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "boxwright.api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class LinkScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "boxwright.api.signed_links.LinkAuthentication"
    name = "link"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "query", "name": "signature", "description": "of a link asked for by link=1"}

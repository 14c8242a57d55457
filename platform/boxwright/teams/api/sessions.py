"""Where I am logged in: listed, ended."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.teams import sessions
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import Session


class SessionRowSerializer(serializers.ModelSerializer[Session]):
    id = serializers.UUIDField(source="public_id")
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "current", "created_at", "seen_at", "address", "browser"]
        read_only_fields = fields

    def get_current(self, row: Session) -> bool:
        key: str | None = self.context["request"]._request.session.session_key
        return row.session_key == key


class SessionsView(Endpoint):
    @extend_schema(responses=SessionRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Where I am logged in, newest first."""
        rows = sessions.sessions_of(signed_in(request))
        # Not by created_at: SQLite's Now() has another number of digits than a cursor's time.
        return self.page(rows, SessionRowSerializer, "-expire_date", "-public_id")

    @extend_schema(operation_id="auth_sessions_destroy_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out everywhere else."""
        sessions.end_others(signed_in(request), request._request.session.session_key)
        return Response(status=204)


class OwnSessionView(Endpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        sessions.end_session(signed_in(request), public_id)
        return Response(status=204)

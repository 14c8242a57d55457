"""Who did what: on a team, and with my account."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.teams import audit
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.models import AuditEntry, Role
from boxwright.teams.queries import team_for


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    actor = serializers.SerializerMethodField()
    details = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "action", "target", "details", "address"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(help_text="the name at the time; empty for the system"))
    def get_actor(self, entry: AuditEntry) -> str:
        return entry.actor_name


class AuditView(Endpoint):
    @extend_schema(responses=AuditEntrySerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Who did what on the team, newest first; for managers."""
        team = team_for(request.user, slug, Role.MANAGER)
        return self.page(audit.entries_of(team), AuditEntrySerializer, "-id")


class MyAuditView(Endpoint):
    @extend_schema(responses=AuditEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """What happened to my account, newest first."""
        return self.page(audit.own_entries(signed_in(request)), AuditEntrySerializer, "-id")

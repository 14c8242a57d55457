"""Inviting to a team, and what the invited person's page needs."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.auth import require_csrf
from boxwright.api.fields import MAX_EMAIL, NameField, NewPasswordField
from boxwright.api.links import site_of
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.errors import Invalid
from boxwright.teams import accounts, invitations
from boxwright.teams.api.accounts import begin_session, signed_in
from boxwright.teams.api.people import PersonSerializer, TeamRefSerializer
from boxwright.teams.api.teams import RoleSerializer
from boxwright.teams.models import Invitation, Membership, Role, User
from boxwright.teams.queries import team_for


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    created_by = PersonSerializer()

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "expires_at", "created_at", "accepted_at", "created_by"]
        read_only_fields = fields


class NewInvitationSerializer(InvitationSerializer):
    """The only answer that carries the link."""

    link = serializers.URLField()
    mailed = serializers.BooleanField()

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link", "mailed"]


class InviteSerializer(RoleSerializer):
    email = serializers.EmailField(max_length=MAX_EMAIL, required=False, allow_blank=True, default="")
    expires_in_days = serializers.IntegerField(min_value=1, max_value=90, default=7)


class InvitationTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)


class InvitationPreviewSerializer(serializers.Serializer[Any]):
    team = TeamRefSerializer()
    role = serializers.ChoiceField(choices=Role.choices)
    email = serializers.EmailField(allow_blank=True)
    expires_at = serializers.DateTimeField()


class AcceptSerializer(InvitationTokenSerializer):
    email = serializers.EmailField(max_length=MAX_EMAIL, required=False, allow_blank=True, default="")
    name = NameField(required=False, allow_blank=True, default="")
    password = NewPasswordField(required=False, allow_blank=True, default="")


class JoinedSerializer(serializers.Serializer[Any]):
    team = TeamRefSerializer()
    role = serializers.ChoiceField(choices=Role.choices)


class InvitationsView(Endpoint):
    @extend_schema(responses=InvitationSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        team = team_for(request.user, slug, Role.MANAGER)
        rows = Invitation.objects.filter(team=team).select_related("created_by")
        return self.page(rows, InvitationSerializer, "-id")

    @extend_schema(request=InviteSerializer, responses={201: NewInvitationSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """The answer carries the link; it can't be shown again."""
        team = team_for(request.user, slug, Role.MANAGER)
        asked = self.parsed(InviteSerializer)
        made = invitations.invite(
            team,
            by=signed_in(request),
            role=Role(asked["role"]),
            site=site_of(request),
            email=asked["email"],
            days=asked["expires_in_days"],
        )
        body = {**InvitationSerializer(made.invitation).data, "link": made.link, "mailed": made.mailed}
        return Response(body, status=201)


class InvitationView(Endpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, invitation_id: int) -> Response:
        invitations.withdraw(team_for(request.user, slug, Role.MANAGER), invitation_id)
        return Response(status=204)


class PreviewView(OpenEndpoint):
    @extend_schema(request=InvitationTokenSerializer, responses=InvitationPreviewSerializer)
    def post(self, _request: Request) -> Response:
        """404 says whether the link is unknown, used or expired."""
        invitation = invitations.open_invitation(**self.parsed(InvitationTokenSerializer))
        return Response(InvitationPreviewSerializer(invitation).data)


class AcceptView(OpenEndpoint):
    @extend_schema(request=AcceptSerializer, responses=JoinedSerializer)
    def post(self, request: Request) -> Response:
        """Logged in: join. Else an account is made from email, name and password, and logged in."""
        if request.auth is None:
            require_csrf(request)
        asked = self.parsed(AcceptSerializer)
        invitation = invitations.open_invitation(asked["token"])
        if isinstance(request.user, User):
            return Response(_joined(invitations.accept(asked["token"], request.user)))
        with transaction.atomic():
            user = _new_account(invitation, asked)
            membership = invitations.accept(asked["token"], user)
        begin_session(request, user)
        return Response(_joined(membership))


def _new_account(invitation: Invitation, asked: dict[str, Any]) -> User:
    wanted = {"email": asked["email"] or invitation.email, "name": asked["name"], "password": asked["password"]}
    missing = {field: "needed for a new account" for field, value in wanted.items() if not value.strip()}
    if missing:
        raise Invalid("Log in, or give what a new account needs.", missing)
    return accounts.create_account(**wanted)


def _joined(membership: Membership) -> dict[str, object]:
    return dict(JoinedSerializer(membership).data)

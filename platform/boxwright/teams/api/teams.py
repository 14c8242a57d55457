"""Teams and their members."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.teams import members, teams
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import NameSerializer
from boxwright.teams.models import Membership, Role, User
from boxwright.teams.queries import memberships_of, team_for


class MemberUserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name", "email"]
        read_only_fields = fields


class TeamSerializer(serializers.ModelSerializer[Membership]):
    """A team as one of its members sees it: made from that membership."""

    id = serializers.IntegerField(source="team.id")
    slug = serializers.CharField(source="team.slug")
    name = serializers.CharField(source="team.name")
    member_count = serializers.IntegerField()

    class Meta:
        model = Membership
        fields = ["id", "slug", "name", "role", "member_count"]
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = MemberUserSerializer()
    joined_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "joined_at"]
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)


class TeamsView(Endpoint):
    @extend_schema(responses=TeamSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(memberships_of(request.user), TeamSerializer, "id")

    @extend_schema(request=NameSerializer, responses={201: TeamSerializer})
    def post(self, request: Request) -> Response:
        team = teams.create_team(owner=signed_in(request), **self.parsed(NameSerializer))
        return Response(_seen_by(request, team.slug), status=201)


class TeamView(Endpoint):
    @extend_schema(responses=TeamSerializer)
    def get(self, request: Request, slug: str) -> Response:
        team_for(request.user, slug)
        return Response(_seen_by(request, slug))

    @extend_schema(request=NameSerializer, responses=TeamSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        teams.rename_team(team_for(request.user, slug, Role.OWNER), **self.parsed(NameSerializer))
        return Response(_seen_by(request, slug))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """409 while it has projects."""
        teams.delete_team(team_for(request.user, slug, Role.OWNER))
        return Response(status=204)


class MembersView(Endpoint):
    @extend_schema(responses=MemberSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        team = team_for(request.user, slug)
        return self.page(members.members_of(team), MemberSerializer, "id")


class MemberView(Endpoint):
    @extend_schema(request=RoleSerializer, responses=MemberSerializer)
    def patch(self, request: Request, slug: str, membership_id: int) -> Response:
        """409 when the last owner would go."""
        team = team_for(request.user, slug, Role.OWNER)
        role = Role(self.parsed(RoleSerializer)["role"])
        return Response(MemberSerializer(members.change_role(team, membership_id, role)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, membership_id: int) -> Response:
        """Owners remove anybody, everybody may leave; 409 when the last owner would go."""
        team = team_for(request.user, slug)
        members.remove_member(team, membership_id, by=signed_in(request))
        return Response(status=204)


def _seen_by(request: Request, slug: str) -> dict[str, object]:
    return dict(TeamSerializer(memberships_of(request.user).get(team__slug=slug)).data)

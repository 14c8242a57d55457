"""The JSON of accounts, teams, members and invitations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from boxwright import limits
from boxwright.api.fields import MAX_EMAIL, NameField
from boxwright.api.scopes import SCOPES
from boxwright.teams.models import AuditEntry, Invitation, Membership, Role, Session, Token, User
from boxwright.teams.tokens import DEFAULT_DAYS, DEFAULT_NAME


class PasswordField(serializers.CharField):
    """Taken as typed, spaces too, and never sent back."""

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, write_only=True, **options)


class NewPasswordField(PasswordField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=limits.PASSWORD_CHARACTERS, **options)


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name"]
        read_only_fields = fields


class MemberUserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name", "email"]
        read_only_fields = fields


class TeamRefSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class MyTeamSerializer(TeamRefSerializer):
    role = serializers.ChoiceField(choices=Role.choices)


class UserSerializer(serializers.ModelSerializer[User]):
    teams = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "name", "teams"]
        read_only_fields = fields

    @extend_schema_field(MyTeamSerializer(many=True))
    def get_teams(self, user: User) -> list[dict[str, str]]:
        rows = user.memberships.select_related("team").order_by("team__name", "team_id")
        return [{"slug": row.team.slug, "name": row.team.name, "role": row.role} for row in rows]


class SessionSerializer(serializers.Serializer[Any]):
    authenticated = serializers.BooleanField()
    setup_required = serializers.BooleanField()
    mail = serializers.BooleanField(help_text="whether invitations can be mailed")
    user = UserSerializer(allow_null=True)


class CredentialsSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=MAX_EMAIL)
    password = PasswordField()


class SetupSerializer(CredentialsSerializer):
    password = NewPasswordField()
    code = serializers.CharField(max_length=100, help_text="what stands behind # in the link that the server shows")
    name = NameField()
    team_name = NameField()


class NewTokenSerializer(CredentialsSerializer):
    name = NameField(default=DEFAULT_NAME, help_text="what it is for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SCOPES)),
        default=list(SCOPES),
        min_length=1,
        max_length=len(SCOPES),
        help_text="what it may do: " + "; ".join(f"{name}: {may}" for name, may in SCOPES.items()),
    )
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=limits.TOKEN_DAYS, default=DEFAULT_DAYS, allow_null=True, help_text="null: never"
    )


class TokenSerializer(serializers.ModelSerializer[Token]):
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(SCOPES)))

    class Meta:
        model = Token
        fields = ["id", "name", "scopes", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class KeySerializer(TokenSerializer):
    """The only answer that carries the key."""

    token = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]


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


class PasswordChangeSerializer(serializers.Serializer[Any]):
    current = PasswordField()
    new = NewPasswordField()


class ResetSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=MAX_EMAIL)


class NewPasswordSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)
    password = NewPasswordField()


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


class NameSerializer(serializers.Serializer[Any]):
    name = NameField()


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

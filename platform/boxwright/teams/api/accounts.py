"""Who am I, logging in and out, the first account."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api import origin
from boxwright.api.auth import require_csrf
from boxwright.api.fields import MAX_EMAIL, NameField, NewPasswordField, PasswordField
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams import accounts, audit, sessions, setup, tokens
from boxwright.teams.api.people import NameSerializer, TeamRefSerializer
from boxwright.teams.models import Role, Token, User


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
    import_buckets = serializers.BooleanField(help_text="whether managers may import from a bucket")
    user = UserSerializer(allow_null=True)


class CredentialsSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=MAX_EMAIL)
    password = PasswordField()


class SetupSerializer(CredentialsSerializer):
    password = NewPasswordField()
    code = serializers.CharField(max_length=100, help_text="what stands behind # in the link that the server shows")
    name = NameField()
    team_name = NameField()


class SessionView(OpenEndpoint):
    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """What a page needs before it can do anything; sets the CSRF cookie."""
        get_token(request._request)
        user = request.user if isinstance(request.user, User) else None
        state = {
            "authenticated": user is not None,
            "setup_required": user is None and not setup.is_set_up(),
            "mail": settings.MAIL_ENABLED,
            "import_buckets": bool(settings.IMPORT_BUCKETS),
            "user": user,
        }
        return Response(SessionSerializer(state).data)


class SetupView(OpenEndpoint):
    @extend_schema(request=SetupSerializer, responses={201: UserSerializer})
    def post(self, request: Request) -> Response:
        """The first account, for whoever has the code that the server shows; 409 once there is one."""
        require_csrf(request)
        user, _ = setup.set_up(**self.parsed(SetupSerializer))
        begin_session(request, user)
        return Response(UserSerializer(user).data, status=201)


class LoginView(OpenEndpoint):
    @extend_schema(request=CredentialsSerializer, responses=UserSerializer)
    def post(self, request: Request) -> Response:
        require_csrf(request)
        user = accounts.user_of(**self.parsed(CredentialsSerializer))
        begin_session(request, user)
        return Response(UserSerializer(user).data)


class LogoutView(Endpoint):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Ends the session; a script ends its token."""
        if isinstance(request.auth, Token):
            tokens.revoke(signed_in(request), request.auth.pk)
        else:
            logout(request._request)
        return Response(status=204)


class MeView(Endpoint):
    @extend_schema(responses=UserSerializer)
    def get(self, request: Request) -> Response:
        return Response(UserSerializer(signed_in(request)).data)

    @extend_schema(request=NameSerializer, responses=UserSerializer)
    def patch(self, request: Request) -> Response:
        user = signed_in(request)
        accounts.rename(user, **self.parsed(NameSerializer))
        return Response(UserSerializer(user).data)


@transaction.atomic
def begin_session(request: Request, user: User) -> None:
    login(request._request, user)
    browser = sessions.about(origin.current().address, request.headers.get("User-Agent", ""))
    request._request.session.update(browser)
    sessions.prune()
    audit.record_own(user, audit.SIGNED_IN, browser["browser"])


def signed_in(request: Request) -> User:
    """The user of an endpoint that asks for a login, with its type."""
    if not isinstance(request.user, User):
        raise TypeError("this endpoint is open to anonymous requests")
    return request.user

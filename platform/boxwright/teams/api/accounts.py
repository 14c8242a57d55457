"""Who am I, logging in and out, the first account, passwords, sessions, tokens."""

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import transaction
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api import origin
from boxwright.api.auth import require_csrf
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams import accounts, audit, resets, sessions, setup, tokens
from boxwright.teams.api.serializers import (
    AuditEntrySerializer,
    CredentialsSerializer,
    KeySerializer,
    NameSerializer,
    NewPasswordSerializer,
    NewTokenSerializer,
    PasswordChangeSerializer,
    ResetSerializer,
    SessionRowSerializer,
    SessionSerializer,
    SetupSerializer,
    TokenSerializer,
    UserSerializer,
)
from boxwright.teams.models import Token, User


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


class TokenView(OpenEndpoint):
    authentication_classes = ()

    @extend_schema(request=NewTokenSerializer, responses=KeySerializer)
    def post(self, _request: Request) -> Response:
        """A key for scripts, to be sent as `Authorization: Token …`; it is shown only now.

        `expires_in_days: null` makes one that lasts until it is revoked.
        """
        asked = self.parsed(NewTokenSerializer)
        user = accounts.user_of(asked["email"], asked["password"])
        token, key = tokens.new_token(user, name=asked["name"], scopes=asked["scopes"], days=asked["expires_in_days"])
        return Response({**TokenSerializer(token).data, "token": key})


class TokensView(Endpoint):
    @extend_schema(responses=TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """My tokens, newest first; their keys can't be shown again."""
        return self.page(tokens.tokens_of(signed_in(request)), TokenSerializer, "-id")


class OwnTokenView(Endpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        tokens.revoke(signed_in(request), token_id)
        return Response(status=204)


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


class PasswordView(Endpoint):
    @extend_schema(request=PasswordChangeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Other sessions and all tokens end; this session goes on."""
        user, session = signed_in(request), request._request.session
        accounts.change_password(user, **self.parsed(PasswordChangeSerializer), session_key=session.session_key)
        update_session_auth_hash(request._request, user)
        return Response(status=204)


class ResetView(OpenEndpoint):
    @extend_schema(request=ResetSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Mail a link that sets a new password. The same answer whether there is such an account or not."""
        require_csrf(request)
        resets.ask(**self.parsed(ResetSerializer))
        return Response(status=204)


class ResetConfirmView(OpenEndpoint):
    @extend_schema(request=NewPasswordSerializer, responses=UserSerializer)
    def post(self, request: Request) -> Response:
        """Set a new password with the token of a link, and log in. All sessions and tokens from before end."""
        require_csrf(request)
        user = resets.set_new(**self.parsed(NewPasswordSerializer))
        begin_session(request, user)
        return Response(UserSerializer(user).data)


class MyAuditView(Endpoint):
    @extend_schema(responses=AuditEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """What happened to my account, newest first."""
        return self.page(audit.own_entries(signed_in(request)), AuditEntrySerializer, "-id")


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
    login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
    browser = sessions.about(origin.current().address, request.headers.get("User-Agent", ""))
    request._request.session.update(browser)
    sessions.prune()
    audit.record_own(user, audit.SIGNED_IN, browser["browser"])


def signed_in(request: Request) -> User:
    """The user of an endpoint that asks for a login, with its type."""
    if not isinstance(request.user, User):
        raise TypeError("this endpoint is open to anonymous requests")
    return request.user

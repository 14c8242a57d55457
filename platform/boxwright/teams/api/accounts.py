"""Who am I, logging in and out, the first account, tokens and passwords."""

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.auth import require_csrf
from boxwright.api.throttle import ByAddress, ByAddressAndEmail
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams import accounts
from boxwright.teams.api.serializers import (
    CredentialsSerializer,
    KeySerializer,
    NameSerializer,
    PasswordChangeSerializer,
    SessionSerializer,
    SetupSerializer,
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
            "setup_required": user is None and not accounts.is_set_up(),
            "mail": settings.MAIL_ENABLED,
            "user": user,
        }
        return Response(SessionSerializer(state).data)


class SetupView(OpenEndpoint):
    throttle_classes = [ByAddress]

    @extend_schema(request=SetupSerializer, responses={201: UserSerializer})
    def post(self, request: Request) -> Response:
        """The first account; 409 once there is one."""
        require_csrf(request)
        user, _ = accounts.set_up(**self.parsed(SetupSerializer))
        begin_session(request, user)
        return Response(UserSerializer(user).data, status=201)


class LoginView(OpenEndpoint):
    throttle_classes = [ByAddressAndEmail, ByAddress]

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
            request.auth.delete()
        else:
            logout(request._request)
        return Response(status=204)


class TokenView(OpenEndpoint):
    authentication_classes = ()
    throttle_classes = [ByAddressAndEmail, ByAddress]

    @extend_schema(request=CredentialsSerializer, responses=KeySerializer)
    def post(self, _request: Request) -> Response:
        """A key for scripts, to be sent as `Authorization: Token …`."""
        user = accounts.user_of(**self.parsed(CredentialsSerializer))
        return Response({"token": accounts.new_token(user)})


class PasswordView(Endpoint):
    throttle_classes = [ByAddress]

    @extend_schema(request=PasswordChangeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Other sessions and all tokens end; this session goes on."""
        user = signed_in(request)
        accounts.change_password(user, **self.parsed(PasswordChangeSerializer))
        update_session_auth_hash(request._request, user)
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


def begin_session(request: Request, user: User) -> None:
    login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")


def signed_in(request: Request) -> User:
    """The user of an endpoint that asks for a login, with its type."""
    if not isinstance(request.user, User):
        raise TypeError("this endpoint is open to anonymous requests")
    return request.user

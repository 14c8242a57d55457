"""A password changed, or set anew with a link that was mailed."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.auth import require_csrf
from boxwright.api.fields import MAX_EMAIL, NewPasswordField, PasswordField
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams import accounts, resets
from boxwright.teams.api.accounts import UserSerializer, begin_session, signed_in


class PasswordChangeSerializer(serializers.Serializer[Any]):
    current = PasswordField()
    new = NewPasswordField()


class ResetSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=MAX_EMAIL)


class NewPasswordSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)
    password = NewPasswordField()


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

"""The keys of scripts: made, listed, revoked."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.fields import NameField
from boxwright.api.scopes import SCOPES
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams import accounts, tokens
from boxwright.teams.api.accounts import CredentialsSerializer, signed_in
from boxwright.teams.models import Token
from boxwright.teams.tokens import DEFAULT_DAYS, DEFAULT_NAME


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

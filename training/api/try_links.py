"""Links to try a model: managers make, list and revoke them; whoever has one fetches the model's files."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.files import send_file
from boxwright.api.links import site_of
from boxwright.api.views import Endpoint, OpenEndpoint
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role
from training import artifacts, queries, try_links
from training.models import TryLink


class TryLinkSerializer(serializers.ModelSerializer[TryLink]):
    created_by = PersonSerializer()

    class Meta:
        model = TryLink
        fields = ["id", "created_by", "created_at", "expires_at"]
        read_only_fields = fields


class MadeTryLinkSerializer(TryLinkSerializer):
    """The only answer that carries the link."""

    link = serializers.URLField()

    class Meta(TryLinkSerializer.Meta):
        fields = [*TryLinkSerializer.Meta.fields, "link"]


class NewTryLinkSerializer(serializers.Serializer[Any]):
    expires_in_days = serializers.IntegerField(min_value=1, max_value=limits.TRY_LINK_DAYS, default=7)


class TrySecretSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200, help_text="what stands behind # of the link")


class TriedSerializer(serializers.Serializer[Any]):
    folder = serializers.CharField(help_text="address of the model's files, for an hour")
    sha256 = serializers.CharField(help_text="of the zip that they lie in")
    expires_at = serializers.DateTimeField(help_text="the link's end")


class TryLinksView(Endpoint):
    @extend_schema(responses=TryLinkSerializer(many=True))
    def get(self, request: Request, artifact_id: int) -> Response:
        """Those that have not expired; what was revoked is gone."""
        artifact = queries.artifact_for(request.user, artifact_id, Role.MANAGER)
        return self.page(try_links.links_of(artifact), TryLinkSerializer, "-id")

    @extend_schema(request=NewTryLinkSerializer, responses={201: MadeTryLinkSerializer})
    def post(self, request: Request, artifact_id: int) -> Response:
        """A link that needs no account, to one TF.js artifact; the answer carries it, it can't be shown again."""
        artifact = queries.artifact_for(request.user, artifact_id, Role.MANAGER)
        days = self.parsed(NewTryLinkSerializer)["expires_in_days"]
        made = try_links.make_link(artifact=artifact, author=signed_in(request), days=days, site=site_of(request))
        return Response({**TryLinkSerializer(made.link).data, "link": made.address}, status=201)


class TryLinkView(Endpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, link_id: int) -> Response:
        """Its link and the addresses that it opened stop working at once."""
        try_links.revoke(queries.try_link_for(request.user, link_id, Role.MANAGER))
        return Response(status=204)


class TryView(OpenEndpoint):
    @extend_schema(request=TrySecretSerializer, responses=TriedSerializer)
    def post(self, _request: Request) -> Response:
        """Of a link: where the model's files are. 404 for one that is unknown, has expired or was revoked."""
        link, ticket = try_links.open_link(self.parsed(TrySecretSerializer)["token"])
        folder = reverse("try-file", kwargs={"ticket": ticket, "name": "-"}).removesuffix("-")
        tried = {"folder": folder, "sha256": link.artifact.sha256, "expires_at": link.expires_at}
        return Response(TriedSerializer(tried).data)


class TryFileView(OpenEndpoint):
    @extend_schema(
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="unchanged"),
            416: OpenApiResponse(description="no such part"),
        },
    )
    def get(self, request: Request, ticket: str, name: str) -> HttpResponseBase:
        """A file of the artifact that a link opened."""
        artifact = try_links.artifact_by(ticket)
        file = try_links.open_shared_file(artifact, name)
        return send_file(request, lambda: file, artifacts.content_type_of(name), tag=f"shared-{artifact.sha256}-{name}")

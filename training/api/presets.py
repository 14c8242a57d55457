"""A team's presets: named settings of runs."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright import limits
from boxwright.api.fields import NameField
from boxwright.api.views import Endpoint
from boxwright.teams.api.accounts import signed_in
from boxwright.teams.api.people import PersonSerializer
from boxwright.teams.models import Role
from boxwright.teams.queries import team_for
from training import presets, queries
from training.api.config import ConfigChangesField, ConfigChangesSerializer
from training.models import Preset


class PresetSerializer(serializers.ModelSerializer[Preset]):
    config = serializers.SerializerMethodField()
    fault = serializers.SerializerMethodField(help_text="why no run can be started with it any more; else empty")
    created_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Preset
        fields = ["id", "name", "model", "config", "fault", "created_by", "created_at"]
        read_only_fields = fields

    @extend_schema_field(ConfigChangesSerializer)
    def get_config(self, preset: Preset) -> dict[str, Any]:
        """As it was saved: also a setting that is no longer one."""
        return dict(preset.config)

    def get_fault(self, preset: Preset) -> str:
        return presets.fault_in(preset)


class PresetNameSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=limits.PRESET_NAME_LENGTH)


class NewPresetSerializer(PresetNameSerializer):
    model = serializers.CharField(max_length=60)
    config = ConfigChangesField()


class PresetsView(Endpoint):
    @extend_schema(responses=PresetSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        team = team_for(request.user, slug)
        return self.page(queries.presets_of(team), PresetSerializer, "id")

    @extend_schema(request=NewPresetSerializer, responses={201: PresetSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Keeps only what differs from the model's defaults."""
        team = team_for(request.user, slug, Role.MANAGER)
        asked = self.parsed(NewPresetSerializer)
        preset = presets.save_preset(team=team, author=signed_in(request), **asked)
        return Response(PresetSerializer(preset).data, status=201)


class PresetView(Endpoint):
    @extend_schema(request=PresetNameSerializer, responses=PresetSerializer)
    def patch(self, request: Request, slug: str, preset_id: int) -> Response:
        preset = queries.preset_in(team_for(request.user, slug, Role.MANAGER), preset_id)
        return Response(PresetSerializer(presets.rename_preset(preset, **self.parsed(PresetNameSerializer))).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, preset_id: int) -> Response:
        """Runs that were started with it keep their settings."""
        presets.delete_preset(queries.preset_in(team_for(request.user, slug, Role.MANAGER), preset_id))
        return Response(status=204)

"""The stream of events as the schema shows it: each kind with what it says."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boxwright.api.views import Endpoint
from boxwright.jobs import job_models

PATH, ROUTE = "/api/v1/projects/{project_id}/events/", "/api/v1/projects/<int:project_id>/events/"
RESUME = [
    OpenApiParameter("Last-Event-ID", OpenApiTypes.INT, OpenApiParameter.HEADER),
    OpenApiParameter("last_event_id", OpenApiTypes.INT),
]

Endpoints = list[tuple[str, str, str, Callable[..., Any]]]


def add_events(endpoints: Endpoints) -> Endpoints:
    """drf-spectacular's hook before it looks at the endpoints."""
    return [*endpoints, (PATH, ROUTE, "GET", _view().as_view())]


def _view() -> type[Endpoint]:
    """Never routed: DRF has no asynchronous views, and drf-spectacular describes no others."""

    class EventsView(Endpoint):
        @extend_schema(parameters=RESUME, responses={(200, "text/event-stream"): _event()})
        def get(self, request: Request, project_id: int) -> Response:
            """Server-sent events: `event` names the kind, `data` is JSON.

            They are hints. A client that resumes too late, or from nowhere, is sent a `gap`, and fetches again what
            it shows.
            """
            raise NotImplementedError

    return EventsView


def event_serializers() -> dict[str, str]:
    """The dotted path of what each kind of event says."""
    return {**settings.EVENTS, **{model.EVENT: model.SERIALIZER for model in job_models()}}


def _event() -> PolymorphicProxySerializer:
    """One frame of the stream, told apart by `event`."""
    frames: dict[str, Any] = {kind: _frame(kind, path) for kind, path in event_serializers().items()}
    return PolymorphicProxySerializer("Event", frames, resource_type_field_name="event", many=False)


def _frame(kind: str, path: str) -> type[serializers.Serializer[Any]]:
    fields = {"event": serializers.ChoiceField([kind]), "data": import_string(path)()}
    return type(f"{kind.title()}FrameSerializer", (serializers.Serializer,), fields)

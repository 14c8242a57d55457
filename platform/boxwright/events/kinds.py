"""Events that no job tells: each kind says the JSON of one serializer, which `settings.EVENTS` names."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from boxwright.events import publish


def serializer_of(kind: str) -> Any:
    """The class. Raises KeyError for a kind that is not in the table."""
    return import_string(settings.EVENTS[kind])


def announce(project_id: int, kind: str, subject: Any) -> None:
    """Publish `subject` as the serializer of its kind gives it now."""
    publish(project_id, kind, serializer_of(kind)(subject).data)

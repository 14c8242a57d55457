"""Events that no job tells: each kind says the JSON of one serializer, which `settings.EVENTS` names."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from boxwright.events import publish_all


def serializer_of(kind: str) -> Any:
    """The class. Raises KeyError for a kind that is not in the table."""
    return import_string(settings.EVENTS[kind])


def announce(project_id: int, kind: str, subject: Any) -> None:
    """Publish `subject` as the serializer of its kind gives it now."""
    announce_all(project_id, kind, [subject])


def announce_all(project_id: int, kind: str, subjects: Sequence[Any]) -> None:
    publish_all(project_id, [(kind, data) for data in serializer_of(kind)(subjects, many=True).data])


def announce_each(project_id: int, news: Iterable[tuple[str, Any]]) -> None:
    """Of several kinds, in their order."""
    publish_all(project_id, [(kind, serializer_of(kind)(subject).data) for kind, subject in news])

"""What happened in a project, on its way to the browsers that watch it.

`publish` writes a row in the caller's transaction; `stream` reads rows, once per process, and hands them on.
"""

from typing import Any

from django.db import connection, transaction

CHANNEL = "boxwright_events"


def publish(project_id: int, kind: str, data: dict[str, Any]) -> None:
    """Tell whoever watches the project, once the transaction commits. Events are hints, not records."""
    from boxwright.events.models import Event

    Event.objects.create(project_id=project_id, kind=kind, data=data)
    if connection.vendor == "postgresql":
        transaction.on_commit(_wake)


def _wake() -> None:
    """After commit, not in it: NOTIFY inside a transaction makes all commits queue behind one lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])

"""The outbox: what happened in a project, written in the transaction of the change.

`publish` writes a row, `reader` reads rows; `hub` reads once per process, `stream` hands on to the browsers.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models.functions import Now

from boxwright.events.channel import CHANNEL, EVERY
from boxwright.statements import prepared_cursor

KEPT = timedelta(hours=1)
RESUMED = 1000
"""How many events back a client may be, of all projects together, and still resume."""
STATEMENTS = {
    "postgresql": "INSERT INTO events_event (project_id, kind, data) "
    "SELECT %s, value ->> 0, value -> 1 FROM jsonb_array_elements(%s::jsonb)",
    "sqlite": "INSERT INTO events_event (project_id, kind, data) "
    "SELECT %s, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)",
}


def publish(project_id: int, kind: str, data: dict[str, Any]) -> None:
    """Tell whoever watches the project, once the transaction commits. Events are hints, not records."""
    publish_all(project_id, [(kind, data)])


def publish_all(project_id: int, said: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Many, each a kind and its data, in their order: with one statement, and one waking a transaction."""
    with prepared_cursor() as cursor:
        cursor.execute(STATEMENTS[connection.vendor], [project_id, json.dumps(list(said), cls=DjangoJSONEncoder)])
    if not any(waits is _wake for _, waits, *_ in connection.run_on_commit):
        transaction.on_commit(_wake)


def prune() -> int:
    """Delete events that nobody may ask for any more; returns how many."""
    from boxwright.events.models import Event
    from boxwright.events.reader import newest

    old = Event.objects.filter(created_at__lt=Now() - KEPT, id__lte=newest() - RESUMED)
    return old.delete()[0]


def _wake() -> None:
    """After commit, not in it: NOTIFY inside a transaction makes all commits queue behind one lock."""
    EVERY.set()
    if connection.vendor == "postgresql":
        with prepared_cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])

"""Tells whoever watches a project now what nobody needs later. It is written nowhere, and may be lost.

On PostgreSQL the news travel in a NOTIFY, to all web processes. SQLite has one web process, and they stay in it.
"""

import json
from typing import Any

from django.db import connection

from boxwright.events.channel import RELAYED
from boxwright.events.hub import hub
from boxwright.events.kinds import serializer_of


def relay(project_id: int, kind: str, subject: Any) -> None:
    """At once, not with a transaction's commit. PostgreSQL carries at most 8,000 bytes."""
    data = serializer_of(kind)(subject).data
    if connection.vendor != "postgresql":
        hub.relay(project_id, kind, data)
        return
    news = json.dumps([project_id, kind, data], ensure_ascii=False, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [RELAYED, news])

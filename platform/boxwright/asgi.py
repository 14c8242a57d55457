"""The ASGI entry point of the web process. It must never import torch (a test looks)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")
application = get_asgi_application()


def hold_the_database() -> None:
    """Keep one connection open beside those of the requests, where the database is a file.

    When the last connection closes, SQLite folds its log into the file and syncs: each save would pay for that.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.introspection.table_names()


hold_the_database()

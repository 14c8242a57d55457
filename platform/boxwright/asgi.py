"""The ASGI entry point of the web process. It must never import torch (a test looks)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")
django.setup(set_prefix=False)

from boxwright.door.application import Door  # noqa: E402 (needs the apps)

application = Door()


def hold_the_database() -> None:
    """Keep one connection open beside those of the requests, where the database is a file.

    When the last connection closes, SQLite folds its log into the file and syncs: each save would pay for that.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.introspection.table_names()


hold_the_database()

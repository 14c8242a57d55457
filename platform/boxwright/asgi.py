"""The ASGI entry point of the web process. It must never import torch (a test looks)."""

import logging
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boxwright.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 (as what comes after `setup`)
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402 (as above)

from boxwright.door.application import Door  # noqa: E402 (needs the apps)

# The client's address and scheme: from the connection, or from what a proxy says that the settings name.
door: Any = Door()
application = ProxyHeadersMiddleware(door, settings.PROXIES)


def hold_the_database() -> None:
    """Keep one connection open beside those of the requests, where the database is a file.

    When the last connection closes, SQLite folds its log into the file and syncs: each save would pay for that.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.introspection.table_names()


def show_setup_link() -> None:
    """In production the log carries the link that makes the first account; `manage.py up` shows it by itself."""
    from django.db import DatabaseError

    from boxwright.teams import setup

    try:
        if not settings.EMBEDDED and not setup.is_set_up():
            logging.getLogger(__name__).warning("Nobody has an account yet. Set up: %s", setup.link())
    except DatabaseError as error:
        logging.getLogger(__name__).warning("The database can't be read yet: %s", error)


hold_the_database()
show_setup_link()

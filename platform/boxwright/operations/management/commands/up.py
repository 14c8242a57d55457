"""`manage.py up`: everything one machine needs, in one command."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from boxwright.operations import preflight, supervisor
from boxwright.teams import setup

OPEN = "Boxwright listens on {} without TLS: whoever is on that network can read passwords and pictures."
DEFAULT_KINDS = 3
"""Imports, snapshots and removals: a worker does one of each kind at a time, side by side."""


class Command(BaseCommand):
    help = "Start web and workers, keep them running, stop them all on Ctrl-C. -v 2 shows what they do."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        os.umask(0o077)  # the children inherit it
        try:
            preflight.writable_folder(settings.VAR)
            held = preflight.only_one(settings.VAR)
            listener = preflight.bound_socket(settings.BIND, settings.PORT)
        except preflight.NotReady as error:
            raise CommandError(str(error)) from None
        if settings.PUBLIC_URL.startswith("http://") and not preflight.is_local(listener):
            self._say(OPEN.format(settings.BIND))
        with held, listener:
            Path(settings.STATIC_ROOT or "").mkdir(parents=True, exist_ok=True)
            self._migrate()
            self._clear_queue()
            address = settings.PUBLIC_URL if setup.is_set_up() else setup.link()
            connections.close_all()
            log_level = "info" if verbosity > 1 else "warning"
            parts = [
                supervisor.web(listener, log_level),
                supervisor.worker("default", "default", DEFAULT_KINDS, log_level),
                supervisor.worker("train", "train,export", 2, log_level),
            ]
            environment = {**_defaults(log_level), **os.environ}
            local = f"http://127.0.0.1:{settings.PORT}/"
            supervisor.Supervisor(parts, self._say, environment).run(local, f"Boxwright is at {address}")
        self._say("Stopped.")

    def _migrate(self) -> None:
        """The plan alone takes a fraction of what `migrate` does when there is nothing to do."""
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()

    def _clear_queue(self) -> None:
        """Messages of an earlier life: the rows know what is to be done, and the workers' reapers send it again."""
        if not settings.BROKER_URL:
            shutil.rmtree(settings.QUEUE_FOLDER, ignore_errors=True)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _defaults(log_level: str) -> dict[str, str]:
    """What the children's environment says unless ours says otherwise."""
    return {
        "BOXWRIGHT_PUBLIC_URL": settings.PUBLIC_URL,
        "BOXWRIGHT_LOG_LEVEL": log_level.upper(),
        # One machine, one user, JSON messages only: Celery's warning is about something else.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }

"""`manage.py restore FILE`: fill an empty place from a backup."""

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from boxwright.backups.archive import Damaged
from boxwright.backups.restoring import restore
from boxwright.errors import DomainError
from boxwright.operations import preflight


class Command(BaseCommand):
    help = "Fill an empty database and store from FILE, proved by its hashes and counts. Everybody logs in anew."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        os.umask(0o077)
        try:
            preflight.writable_folder(settings.VAR)
            with preflight.only_one(settings.VAR) if settings.EMBEDDED else nullcontext():
                self.stdout.write(f"Restored {restore(file)}. Everybody logs in anew; tokens and open links are gone.")
        except Damaged as damaged:
            raise CommandError(f"Nothing was restored: {file} is not a whole backup ({damaged}).") from None
        except preflight.NotReady as error:
            raise CommandError(str(error)) from None
        except (DomainError, OSError) as error:
            raise CommandError(f"Nothing was restored: {getattr(error, 'detail', error)}") from None

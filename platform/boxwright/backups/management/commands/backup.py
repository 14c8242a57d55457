"""`manage.py backup FILE`: everything in one file, while people work."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from boxwright.backups.making import backup
from boxwright.errors import DomainError


class Command(BaseCommand):
    help = "Write the database and all objects to FILE (a tar with a manifest of hashes), while people work."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            self.stdout.write(backup(file))
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already.") from None
        except (DomainError, OSError) as error:
            raise CommandError(f"No backup was made: {getattr(error, 'detail', error)}") from None

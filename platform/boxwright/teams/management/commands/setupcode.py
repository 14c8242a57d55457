"""`manage.py setupcode`: the link that makes the first account."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from boxwright.teams import setup


class Command(BaseCommand):
    help = "Show the link that makes the first account."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if setup.is_set_up():
            raise CommandError("Boxwright is set up already; log in.")
        self.stdout.write(setup.link())

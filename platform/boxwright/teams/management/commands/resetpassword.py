"""`manage.py resetpassword EMAIL`: a link for somebody who can't log in, where no mail is sent."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from boxwright.teams import resets
from boxwright.teams.models import User


class Command(BaseCommand):
    help = "Show a link with which the person sets a new password, once, within an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {email}.")
        self.stdout.write(resets.new_link(user))

"""`manage.py recount`: the counters of images, labels and projects held against what is there."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from annotations.recount import recount


class Command(BaseCommand):
    help = "Say which counters differ from what they count; exit status 1 when one does and --fix was not given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="put them right")

    def handle(self, *_args: Any, **options: Any) -> None:
        lines = recount(fix=options["fix"])
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(f"{len(lines)} counters differ{' and were put right' if lines and options['fix'] else ''}.")
        if lines and not options["fix"]:
            sys.exit(1)

"""`manage.py verify`: does the store hold what the database names, and the database what it counts?"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from boxwright.errors import Unavailable
from boxwright.storage.verify import verify

CHECKS: tuple[str, ...] = ("annotations.recount.recount",)
"""Functions of the apps, by dotted path; each answers a line for each thing that is wrong."""


class Command(BaseCommand):
    help = "Name every missing, damaged and extra object; exit status 1 when something is wrong. Changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fast", action="store_true", help="look whether objects are there; read none of them")

    def handle(self, *_args: Any, fast: bool, **_options: Any) -> None:
        found: Counter[str] = Counter()
        try:
            for fault in verify(fast=fast):
                found[fault.kind] += 1
                self.stdout.write(f"{fault.kind:<8} {fault.key}")
        except Unavailable as error:
            raise CommandError(error.detail) from error
        for path in CHECKS:
            check: Callable[[], Iterable[str]] = import_string(path)
            for line in check():
                found["wrong"] += 1
                self.stdout.write(f"{'wrong':<8} {line}")
        self.stdout.write(", ".join(f"{found[kind]} {kind}" for kind in ("missing", "damaged", "extra", "wrong")))
        if found:
            sys.exit(1)

"""`manage.py doctor`: is everything there that Boxwright needs?"""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand

from boxwright.operations import doctor


class Command(BaseCommand):
    help = "Check database, broker, store, disk, torch, weights and Node; exit code 1 when something has failed."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        before = logging.root.manager.disable
        logging.disable(logging.WARNING)  # a driver's retries are no findings of their own
        try:
            verdicts = doctor.examine(doctor.all_checks())
        finally:
            logging.disable(before)
        for verdict in verdicts:
            self.stdout.write(f"{verdict.state:<5} {verdict.name:<9} {verdict.line}")
        if any(verdict.state == "fail" for verdict in verdicts):
            sys.exit(1)

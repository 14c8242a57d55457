"""`manage.py collect`: delete now what the workers would delete by and by."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models.functions import Now

from boxwright import limits
from boxwright.storage import registry, store
from boxwright.storage.collector import collect
from boxwright.storage.models import StoredObject


class Command(BaseCommand):
    help = "Delete the objects that nobody needs. Workers do it by themselves; this does all that is due at once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--grace",
            type=float,
            default=limits.OBJECT_GRACE_HOURS,
            metavar="HOURS",
            help="how long nobody must have needed them; 0 may interrupt an upload, which is then sent again",
        )
        parser.add_argument(
            "--all", action="store_true", help="look at every object of the store, also at those nobody registered"
        )

    def handle(self, *_args: Any, grace: float, all: bool, **_options: Any) -> None:  # noqa: A002
        if all:
            StoredObject.objects.filter(touched_at=None).update(touched_at=Now())
            registry.adopt(store().list(""))
        before = StoredObject.objects.count()
        while collect(timedelta(hours=grace)):
            pass
        self.stdout.write(f"{before - StoredObject.objects.count()} objects collected.")

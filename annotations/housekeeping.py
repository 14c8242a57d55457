"""What can wait until nobody saves: what jobs that ended still hold is let go."""

from django.db import transaction

from annotations.imports.uploads import delete_ended_uploads
from annotations.models import Import
from annotations.snapshots.holds import let_go_of_unbuilt
from boxwright.jobs import OPEN
from boxwright.storage import registry

AT_ONCE = 100


def release_archives() -> None:
    """The archive of an import that has ended, however it ended."""
    ended = Import.objects.exclude(status__in=OPEN).exclude(archive_key="")
    with transaction.atomic():
        keys = dict(ended.order_by("pk").values_list("pk", "archive_key")[:AT_ONCE])
        if Import.objects.filter(pk__in=keys).update(archive_key=""):
            registry.release(keys.values())


CHORES = (let_go_of_unbuilt, release_archives, delete_ended_uploads)

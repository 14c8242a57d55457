"""What can wait until nobody saves: what jobs that ended still hold is let go."""

from django.db import transaction
from django.db.models.functions import Now

from annotations.bulk import forget_old_changes
from annotations.imports.staged_rows import delete_staged_of_ended
from annotations.imports.uploads import delete_ended_uploads
from annotations.models import Import
from annotations.snapshots.holds import let_go_of_unbuilt
from annotations.trash import empty_old_trash
from boxwright import limits
from boxwright.jobs import OPEN, Status
from boxwright.storage import registry

AT_ONCE = 100


def release_archives() -> None:
    """The archive of an import that has ended, however it ended."""
    ended = Import.objects.exclude(status__in=OPEN).exclude(archive_key="")
    with transaction.atomic():
        keys = dict(ended.order_by("pk").values_list("pk", "archive_key")[:AT_ONCE])
        if Import.objects.filter(pk__in=keys).update(archive_key=""):
            registry.release(keys.values())


def expire_imports() -> None:
    """Those for whose decision nobody came."""
    for job in Import.objects.filter(status=Status.WAITING, expires_at__lte=Now()).order_by("pk")[:AT_ONCE]:
        detail = f"Nobody decided within {limits.REVIEW_DAYS} days how it is applied."
        job.cancel((Status.WAITING,), error_code="expired", error=detail)


CHORES = (
    let_go_of_unbuilt,
    expire_imports,
    delete_staged_of_ended,
    release_archives,
    delete_ended_uploads,
    empty_old_trash,
    forget_old_changes,
)

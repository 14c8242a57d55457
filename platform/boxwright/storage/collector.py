"""Takes the objects that nobody needs, a grace after they were last written or ceased to be needed.

Two steps, each looking anew, and the first committed before the second begins: a row is marked as leaving; then, under
its lock, the object is deleted and the row with it. Whoever crashes between any two lines leaves a row that says so:
`confirm` refuses it, `announce` takes it back, the next pass goes on with it.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright import limits
from boxwright.storage import store
from boxwright.storage.models import StoredObject
from boxwright.storage.needs import needed

log = logging.getLogger(__name__)

BATCH = 300
"""Rows looked at in one transaction."""


def collect(grace: timedelta | None = None) -> int:
    """One batch; returns how many objects were looked at. Several collectors share the work."""
    if grace is None:
        grace = timedelta(hours=limits.OBJECT_GRACE_HOURS)
    due = StoredObject.objects.filter(leaving=False, touched_at__lte=Now() - grace)
    looked = _mark(due) if due.exists() else 0
    for key in StoredObject.objects.filter(leaving=True).values_list("key", flat=True)[:BATCH]:
        _take(key)
        looked += 1
    return looked


@transaction.atomic
def _mark(due: QuerySet[StoredObject]) -> int:
    """What is needed is looked at again when it is released; what is not is to leave."""
    rows = due.order_by("touched_at").select_for_update(skip_locked=True)
    keys = set(rows.values_list("key", flat=True)[:BATCH])
    wanted = needed(keys)
    StoredObject.objects.filter(key__in=wanted).update(touched_at=None)
    StoredObject.objects.filter(key__in=keys - wanted).update(leaving=True)
    return len(keys)


@transaction.atomic
def _take(key: str) -> None:
    row = StoredObject.objects.filter(key=key, leaving=True).select_for_update(skip_locked=True).first()
    if row is None:
        return
    if needed([key]):  # named by rows that were written without a look at ours: a snapshot's, which looks afterwards
        StoredObject.objects.filter(key=key).update(leaving=False, touched_at=None)
        return
    store().delete(key)
    row.delete()
    log.info("collected %s", key)

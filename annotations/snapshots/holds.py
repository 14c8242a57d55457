"""The pictures that a snapshot shows, recorded so that their bytes stay as long as the snapshot does."""

import logging
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat, Substr

from annotations.models import Snapshot, SnapshotImage
from annotations.object_keys import image_key, originals
from boxwright.jobs import MENDABLE, Lost
from boxwright.storage import ObjectMissing, registry, store
from boxwright.storage.models import StoredObject

log = logging.getLogger(__name__)

BATCH = 500


def hold_images(snapshot: Snapshot, hashes: Iterable[str]) -> None:
    """Hold these and no others, while the build is ours. Raises Lost, ObjectMissing.

    The look at the registry comes after the rows: the collector, which marks an object before it looks at the rows
    for the last time, has seen ours, or we see its mark.
    """
    let_go(snapshot, partial(_expect_ours, snapshot))
    for batch in registry.batches(hashes, BATCH):
        with transaction.atomic():
            _expect_ours(snapshot)
            _record(snapshot, batch)
    _expect_stored(snapshot)


def let_go(snapshot: Snapshot, expect: Callable[[], None] = lambda: None) -> None:
    """Hold nothing any more. `expect` is asked inside each batch's transaction, and may raise."""
    team_id = snapshot.project.team_id
    rows = SnapshotImage.objects.filter(snapshot=snapshot)
    while hashes := list(rows.order_by("sha256").values_list("sha256", flat=True)[:BATCH]):
        with transaction.atomic():
            expect()
            rows.filter(sha256__in=hashes).delete()
            registry.release(image_key(team_id, sha256) for sha256 in hashes)


def let_go_of_unbuilt() -> None:
    """What the worker of a snapshot held that was given up or canceled."""
    left = SnapshotImage.objects.filter(snapshot=OuterRef("pk"))
    for snapshot in Snapshot.objects.filter(Exists(left), status__in=MENDABLE).select_related("project"):
        let_go(snapshot)


def _record(snapshot: Snapshot, hashes: Iterable[str]) -> None:
    rows = [SnapshotImage(snapshot=snapshot, sha256=sha256) for sha256 in hashes]
    SnapshotImage.objects.bulk_create(rows, ignore_conflicts=True)


def _expect_ours(snapshot: Snapshot) -> None:
    """Until the transaction ends, nobody takes the build over."""
    if not snapshot.beat():
        raise Lost


def _expect_stored(snapshot: Snapshot) -> None:
    folder = Value(originals(snapshot.project.team_id))
    rows = SnapshotImage.objects.filter(snapshot=snapshot)
    keyed = rows.annotate(key=Concat(folder, Substr("sha256", 1, 2), Value("/"), "sha256"))
    gone = keyed.exclude(Exists(StoredObject.objects.filter(key=OuterRef("key"), leaving=False)))
    for key in gone.order_by("sha256").values_list("key", flat=True):
        # One that nobody registered may lie there, put back by hand; one that the collector took or takes does not.
        if StoredObject.objects.filter(key=key).exists() or not store().exists(key):
            raise ObjectMissing(key, more=gone.count() - 1)
        registry.adopt([key])

"""Writing an object and naming it in a row, so that the collector never takes what a row names.

1. `announce` the key, committed, then put the object; `keep` does both.
2. In the transaction that writes the row which names it, `confirm` the key. The collector waits for that transaction,
   or was there before it, and then the transaction fails.
3. In the transaction after which the row names it no more, `release` the key. Nothing but the collector deletes bytes.

Inside a transaction keys are locked after all other rows, in their order: two transactions never wait for each other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import BinaryIO, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright.storage import store
from boxwright.storage.errors import Vanished
from boxwright.storage.models import StoredObject
from boxwright.storage.places import Place

BATCH = 500
Row = TypeVar("Row")


def announce(keys: Iterable[str]) -> set[str]:
    """These objects are about to be written, or to be named although they lie there already: those may lie there.

    What is not answered was never put, or was collected since.
    """
    known: set[str] = set()
    with transaction.atomic(durable=True):
        for batch in batches(sorted(set(keys))):
            known.update(StoredObject.objects.filter(key__in=batch).values_list("key", flat=True))
            StoredObject.objects.bulk_create(
                [StoredObject(key=key, touched_at=Now(), leaving=False) for key in batch],
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["touched_at", "leaving"],
            )
    return known


def keep(key: str, data: bytes | BinaryIO, content_type: str = "") -> None:
    """Announce and put."""
    announce([key])
    store().put(key, data, content_type)


def leave(places: Mapping[str, Place]) -> None:
    """The bytes of these announced objects are not put: they are left where they lie. The collector leaves them too."""
    with transaction.atomic():
        for key in sorted(places):
            StoredObject.objects.filter(key=key).update(place=asdict(places[key]))


def bring_home(keys: Iterable[str]) -> None:
    """The store has the bytes of these now."""
    for batch in batches(sorted(keys)):
        StoredObject.objects.filter(key__in=batch, place__isnull=False).update(place=None)


def places_of(keys: Iterable[str]) -> dict[str, Place]:
    """Of those whose bytes were left in a bucket of others. What the store has besides, it has first."""
    found: dict[str, Place] = {}
    for batch in batches(keys):
        rows = StoredObject.objects.filter(key__in=batch, place__isnull=False)
        found |= {key: Place(**place) for key, place in rows.values_list("key", "place") if place}
    return found


def left() -> Counter[str]:
    """How many objects were left, by their bucket."""
    places = StoredObject.objects.filter(place__isnull=False).values_list("place", flat=True)
    return Counter(place["bucket"] for place in places.iterator() if place)


def confirm(keys: Iterable[str]) -> None:
    """Raises Vanished where the collector took an object between its announcement and now."""
    for batch in batches(sorted(set(keys))):
        there = StoredObject.objects.filter(key__in=batch, leaving=False).order_by("key").select_for_update()
        if gone := set(batch).difference(there.values_list("key", flat=True)):
            raise Vanished(min(gone))


def release(keys: Iterable[str]) -> None:
    """Their grace begins now; the collector then looks whether anybody else needs them."""
    for batch in batches(sorted(set(keys))):
        _locked(StoredObject.objects.filter(key__in=batch)).update(touched_at=Now())


def release_folder(prefix: str) -> None:
    """Release every object whose key begins with `prefix`."""
    release(StoredObject.objects.filter(key__startswith=prefix).values_list("key", flat=True))


def adopt(keys: Iterable[str]) -> None:
    """Register objects that lie in the store from before there was a registry."""
    for batch in batches(keys):
        rows = [StoredObject(key=key, touched_at=Now()) for key in batch]
        StoredObject.objects.bulk_create(rows, ignore_conflicts=True)


def batches(rows: Iterable[Row], size: int = BATCH) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def unknown(keys: Collection[str]) -> set[str]:
    """Those that the registry has no row of."""
    return set(keys).difference(StoredObject.objects.filter(key__in=keys).values_list("key", flat=True))


def _locked(rows: QuerySet[StoredObject]) -> QuerySet[StoredObject]:
    """The rows, once they are locked in the order of their keys."""
    list(rows.order_by("key").select_for_update().values_list("key"))
    return rows

"""Walks database and store side by side: what rows need and the store has not, what it has and nobody knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from boxwright.storage import needs, registry, store
from boxwright.storage.errors import ObjectDamaged, ObjectMissing, SourceAway, SourceChanged, SourceGone
from boxwright.storage.named import Named
from boxwright.storage.places import Place, faults


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    """`missing`, `damaged` or `extra`."""
    key: str


def verify(*, fast: bool = False) -> Iterator[Fault]:
    """`fast` looks whether objects are there, and reads none of them."""
    for owner in needs.owners:
        yield from _named_by(owner, fast)
    yield from _extra()


def _named_by(owner: needs.Owner, fast: bool) -> Iterator[Fault]:
    for batch in registry.batches(owner.named()):
        by_key = {one.key: one for one in batch}
        missing = set(store().missing(sorted(by_key)))
        # Rows may have gone, and their objects with them, since they were listed.
        left = registry.places_of(missing)
        yield from (Fault("missing", key) for key in sorted(needs.needed(missing - left.keys())))
        yield from _left(left, by_key, fast)
        if not fast:
            yield from (fault for key in by_key.keys() - missing if (fault := _read(by_key[key])))


def _read(one: Named) -> Fault | None:
    try:
        one.open().close()
    except ObjectDamaged:
        return Fault("damaged", one.key)
    except ObjectMissing:
        return Fault("missing", one.key) if needs.needed([one.key]) else None
    return None


def _left(left: Mapping[str, Place], by_key: Mapping[str, Named], fast: bool) -> Iterator[Fault]:
    """Raises SourceAway where their source does not answer, or may not be read any more."""
    if fast:
        keys = {place: key for key, place in left.items()}
        yield from (_fault(keys[place], error) for place, error in faults(left.values()))
        return
    for key, place in left.items():
        try:
            place.open(by_key[key].sha256).close()
        except (SourceGone, SourceChanged) as error:
            yield _fault(key, error)


def _fault(key: str, error: SourceAway) -> Fault:
    return Fault("missing" if isinstance(error, SourceGone) else "damaged", key)


def _extra() -> Iterator[Fault]:
    """Every object has its row before it is written: what has none was put there by somebody else, or before."""
    for batch in registry.batches(store().list("")):
        strange = registry.unknown(batch)
        yield from (Fault("extra", key) for key in sorted(strange - needs.needed(strange)) if store().exists(key))

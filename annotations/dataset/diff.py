"""What changed between two manifests, both sorted by sha256: one pass, one line of each in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.dataset.records import AnnotationRecord, ImageRecord


@dataclass(slots=True)
class Diff:
    """An image counts as changed when its annotations or its queue differ. Annotations are held together by id."""

    images_added: int = 0
    images_removed: int = 0
    images_changed: int = 0
    annotations_added: int = 0
    annotations_removed: int = 0
    annotations_changed: int = 0


def diff(old: Iterable[ImageRecord], new: Iterable[ImageRecord]) -> Diff:
    found = Diff()
    for before, after in _pairs(iter(old), iter(new)):
        if before is None:
            found.images_added += 1
        elif after is None:
            found.images_removed += 1
        elif (before.annotations, before.queue) != (after.annotations, after.queue):
            found.images_changed += 1
        _compare(found, before.annotations if before else (), after.annotations if after else ())
    return found


def _compare(found: Diff, before: Iterable[AnnotationRecord], after: Iterable[AnnotationRecord]) -> None:
    old, new = {annotation.id: annotation for annotation in before}, {annotation.id: annotation for annotation in after}
    found.annotations_added += len(new.keys() - old.keys())
    found.annotations_removed += len(old.keys() - new.keys())
    found.annotations_changed += sum(old[id_] != new[id_] for id_ in old.keys() & new.keys())


def _pairs(
    old: Iterator[ImageRecord], new: Iterator[ImageRecord]
) -> Iterator[tuple[ImageRecord | None, ImageRecord | None]]:
    """Both sides of each sha256; None where a side has it not."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.sha256 < after.sha256):
            yield before, None
            before = next(old, None)
        elif before is None or after.sha256 < before.sha256:
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)

"""What became of suggestions: counted anew in each transaction that changes an image, and added up for a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from annotations.dataset.boxes import overlap
from annotations.dataset.edits import SIDES
from annotations.dataset.records import Box
from annotations.models import Annotation, Image
from boxwright.projects.labels import label_book
from training.models import Run, Suggestions

COVERED = 0.5
"""IoU with a box that a person drew, beyond which a suggestion shows the same thing."""
COUNTS = {fate: f"{fate}_count" for fate in ("open", "taken", "moved", "rejected")}
CHUNK = 500

Held = Mapping[str, tuple[int, Box | None]]
"""An image's annotations by their ids: label, and box unless they label the whole image."""


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of a run's suggestions. `open`: on images that are still unlabelled. `moved`: relabelled or drawn
    anew, too. Below the score from which they are shown those alone count that a person touched. A label of a whole
    image is taken by whoever gives it the same one."""

    images: int = 0
    open: int = 0
    taken: int = 0
    moved: int = 0
    rejected: int = 0


def fates_of(run: Run) -> Fates:
    """Read from `suggestions_by_run` alone, however many boxes there are."""
    sums = {fate: Sum(column, default=0) for fate, column in COUNTS.items()}
    return Fates(**Suggestions.objects.filter(run=run).aggregate(images=Count("pk"), **sums))


def count(project_id: int, images: Sequence[int]) -> None:
    """Inside the transaction that changed them. What they hold is read behind the lock of their suggestions, so that
    of a save and a rejection at once the second counts both."""
    today = label_book(project_id).today
    for start in range(0, len(images), CHUNK):
        _count_some(images[start : start + CHUNK], today)


def _count_some(images: Sequence[int], today: Mapping[int, int]) -> None:
    rows = list(Suggestions.objects.select_for_update().filter(pk__in=images).order_by("pk"))
    queues = dict(Image.objects.filter(pk__in=images).values_list("pk", "queue"))
    held = _annotations_of([row.pk for row in rows])
    for row in rows:
        fates = list(_fates(row, queues[row.pk], held.get(row.pk, {}), today))
        for fate, column in COUNTS.items():
            setattr(row, column, fates.count(fate))
    Suggestions.objects.bulk_update(rows, list(COUNTS.values()))


def _fates(row: Suggestions, queue: str, held: Held, today: Mapping[int, int]) -> Iterator[str]:
    suggested = {box["id"] for box in row.boxes}
    drawn = [box for id_, (_, box) in held.items() if box and id_ not in suggested]
    labels = {label for label, box in held.values() if box is None}
    for one in row.boxes:
        box = Box(*(one[side] for side in SIDES)) if SIDES[0] in one else None
        if box is None and today.get(one["label"]) in labels:
            yield "taken"
        elif one["id"] in held:
            yield "taken" if held[one["id"]] == (today.get(one["label"]), box) else "moved"
        elif one["id"] in row.rejected:
            yield "rejected"
        elif one["score"] < row.shown_score:
            continue
        elif queue == "unlabelled":
            yield "open"
        else:
            yield "moved" if box and any(overlap(box, other) > COVERED for other in drawn) else "rejected"


def _annotations_of(images: Sequence[int]) -> dict[int, dict[str, tuple[int, Box | None]]]:
    found: dict[int, dict[str, tuple[int, Box | None]]] = {}
    rows = Annotation.objects.filter(image__in=images)
    for image, id_, label, *sides in rows.values_list("image_id", "id", "label_id", *SIDES):
        found.setdefault(image, {})[str(id_)] = (label, None if sides[0] is None else Box(*sides))
    return found

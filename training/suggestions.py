"""What models found in images, kept apart from annotations until a person takes it, puts it away or draws another.

A box that is taken is saved as an annotation under the suggestion's id: what became of it is read off from there.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotations.dataset.boxes import fit, overlap
from annotations.dataset.edits import SIDES
from annotations.dataset.records import Box
from annotations.models import Image
from boxwright.projects.label_names import label_key
from boxwright.projects.labels import label_book
from boxwright.projects.models import Project
from training import fates
from training.models import Run, Suggestions

LEAST_SCORE, MOST_BOXES = 0.1, 100
"""What is kept of an image: the page shows from `shown_score` on, and lets people go down to this."""
SHOWN_SCORE = 0.4
"""Where no evaluation says which score is best."""
NAMESPACE = uuid.UUID("6f1d3ab4-5a0e-4f0c-9f6c-0d1c9a3e7b52")

Mark = Mapping[str, Any]
"""What a model found, as its process tells it: label (a name), score, and of a box x_min, y_min, x_max, y_max."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who suggests: a file by its sha256, and the run that it is of; from which score on it is worth showing."""

    sha256: str
    run: Run | None
    shown_score: float


def waiting(project: Project, sha256: str, chosen: Sequence[int] | None = None) -> QuerySet[Image]:
    """Unlabelled images, by their ids, that this file was not yet asked about."""
    rows = Image.objects.filter(project=project, queue="unlabelled").order_by("pk")
    if chosen is not None:
        rows = rows.filter(pk__in=chosen)
    asked = Suggestions.objects.filter(image__project=project, sha256=sha256)
    return rows.exclude(pk__in=asked.values("image"))


@transaction.atomic
def keep(project: Project, origin: Origin, found: Mapping[int, Sequence[Mark]]) -> None:
    """Instead of what was suggested for these images before; those that went meanwhile are left out.

    The same file and box give the same id, so that what was taken once is not suggested again.
    """
    images = list(Image.objects.select_for_update(of=("self",)).filter(project=project, pk__in=found).order_by("pk"))
    labels = {label_key(name): pk for pk, name in label_book(project.pk).names.items()}
    now = timezone.now()
    rows = []
    for image in images:
        boxes = _kept(project, image, origin.sha256, found[image.pk], labels)
        if project.task == "detection":
            image.uncertainty = uncertainty_of([box["score"] for box in boxes])
        else:
            image.uncertainty = ambiguity_of([mark["score"] for mark in found[image.pk]])
        said = {"run": origin.run, "sha256": origin.sha256, "shown_score": origin.shown_score, "created_at": now}
        rows.append(Suggestions(image=image, boxes=boxes, **said))
    fields = ["run", "sha256", "shown_score", "boxes", "rejected", "created_at"]
    Suggestions.objects.bulk_create(rows, update_conflicts=True, unique_fields=["image"], update_fields=fields)
    Image.objects.bulk_update(images, ["uncertainty"])
    fates.count(project.pk, [image.pk for image in images])


def _kept(
    project: Project, image: Image, sha256: str, marks: Sequence[Mark], labels: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Boxes, or labels of the whole image."""
    kinds = {"detection": _boxes, "classification": _whole_labels}
    return kinds[project.task](image, sha256, marks, labels)


def _boxes(image: Image, sha256: str, marks: Sequence[Mark], labels: Mapping[str, int]) -> list[dict[str, Any]]:
    """Best first, within the image, with labels that the project has."""
    kept: list[dict[str, Any]] = []
    for mark in sorted(marks, key=lambda one: -one["score"]):
        label = labels.get(label_key(mark["label"]))
        box = fit(Box(*(round(mark[side], 2) for side in SIDES)), image.width, image.height)
        if label is None or box is None or mark["score"] < LEAST_SCORE or len(kept) == MOST_BOXES:
            continue
        sides = {side: getattr(box, side) for side in SIDES}
        name = f"{image.pk}/{sha256}/{label}/{list(sides.values())}"
        row = {"id": str(uuid.uuid5(NAMESPACE, name)), "label": label, "score": round(mark["score"], 4), **sides}
        if row["id"] not in {other["id"] for other in kept}:
            kept.append(row)
    return kept


def _whole_labels(image: Image, sha256: str, marks: Sequence[Mark], labels: Mapping[str, int]) -> list[dict[str, Any]]:
    """Best first, each label that the project has once."""
    kept: dict[int, dict[str, Any]] = {}
    for mark in sorted(marks, key=lambda one: -one["score"]):
        label = labels.get(label_key(mark["label"]))
        if label is not None and label not in kept and mark["score"] >= LEAST_SCORE:
            id_ = str(uuid.uuid5(NAMESPACE, f"{image.pk}/{sha256}/{label}"))
            kept[label] = {"id": id_, "label": label, "score": round(mark["score"], 4)}
    return list(kept.values())


def are_of(image: Image, marks: Sequence[Mark]) -> bool:
    """Whether these are what is suggested for the image: as many worth showing, each like one of its own."""
    row = Suggestions.objects.filter(image=image).first()
    labels = {label_key(name): pk for pk, name in label_book(image.project_id).names.items()}
    new = [one for one in _kept(image.project, image, "", marks, labels) if one["score"] >= SHOWN_SCORE]
    left = [one for one in (row.boxes if row else []) if one["score"] >= SHOWN_SCORE]
    for one in new:
        same = next((other for other in left if _is_same(one, other)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one["label"] != other["label"] or "x_min" not in one:
        return bool(one["label"] == other["label"])
    boxes = [Box(*(each[side] for side in SIDES)) for each in (one, other)]
    return overlap(*boxes) > fates.COVERED


def uncertainty_of(scores: Sequence[float]) -> float:
    """1 where a box may as well be none (a score of 0.5), 0 where nothing was found, and there alone."""
    return max((round(1 - abs(2 * score - 1), 4) or 0.0001 for score in scores), default=0.0)


def ambiguity_of(scores: Sequence[float]) -> float:
    """1 where two labels of a whole image are as likely, 0 where nothing was found, and there alone."""
    first, second = [*sorted(scores, reverse=True), 0.0, 0.0][:2]
    return (round(1 - (first - second), 4) or 0.0001) if scores else 0.0


def of_image(image: Image) -> Suggestions | None:
    """With what nobody has put away, on today's labels: those that are gone take their boxes along."""
    row = Suggestions.objects.select_related("run").filter(image=image).first()
    if row is not None:
        today = label_book(image.project_id).today
        open_ones = (box for box in row.boxes if box["id"] not in row.rejected and box["label"] in today)
        row.boxes = [{**box, "label": today[box["label"]]} for box in open_ones]
    return row


def reject(image: Image, ids: Collection[uuid.UUID]) -> None:
    """Put these away for everybody; ids of others change nothing."""
    _answer(image, lambda known, away: away | (known & {str(id_) for id_ in ids}))


def restore(image: Image, ids: Collection[uuid.UUID]) -> None:
    """Suggest again what was put away."""
    _answer(image, lambda _known, away: away - {str(id_) for id_ in ids})


@transaction.atomic
def _answer(image: Image, after: Callable[[set[str], set[str]], set[str]]) -> None:
    row = Suggestions.objects.select_for_update(of=("self",)).filter(image=image).first()
    if row is not None:
        known = [box["id"] for box in row.boxes]
        away = after(set(known), set(row.rejected))
        Suggestions.objects.filter(pk=row.pk).update(rejected=[id_ for id_ in known if id_ in away])
        fates.count(image.project_id, [image.pk])

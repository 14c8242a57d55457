"""An import that was read and waits for a person: what it would bring, and what that person decides."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from annotations.dataset.edits import SIDES
from annotations.formats import FORMATS
from annotations.imports.format_choice import as_chosen
from annotations.imports.options import expect_format
from annotations.models import Image, Import, StagedImage, StagedLabel
from boxwright.errors import Conflict, Invalid, NotAllowed
from boxwright.jobs import Status
from boxwright.projects.label_names import label_key, tidied
from boxwright.projects.models import Label
from boxwright.projects.queries import may_make_labels
from boxwright.projects.quotas import expect_room, expect_slot
from boxwright.teams.models import User

SHOWN = 12
"""Pictures that a person looks at."""
Decisions = dict[str, Any]


def review_of(job: Import, user: User) -> dict[str, Any]:
    """What the import would bring. Raises Conflict unless it waits for a person."""
    _expect_waiting(job)
    rows = StagedImage.objects.filter(job=job)
    splits: dict[str, int] = dict(rows.exclude(split="").values_list("split").annotate(Count("pk")))
    return {
        "labels": _labels(job),
        "images": _images(job, rows),
        "annotations": rows.aggregate(sum=Sum("annotation_count"))["sum"] or 0,
        "splits": {split: splits.get(split, 0) for split in ("train", "val", "test")},
        "groups": rows.exclude(group="").values("group").distinct().count(),
        "new_labels_allowed": may_make_labels(user, job.project),
        "formats": _formats(job),
    }


def shown_images(job: Import) -> list[dict[str, Any]]:
    """Some of its pictures, spread over the import, with what it says of them. Raises Conflict unless it waits."""
    _expect_waiting(job)
    numbers = list(StagedImage.objects.filter(job=job).order_by("ordinal").values_list("ordinal", flat=True))
    places = {n * len(numbers) // SHOWN for n in range(SHOWN)} if numbers else set()
    names = _names(job)
    rows = StagedImage.objects.filter(job=job, ordinal__in=[numbers[place] for place in places])
    return [
        {
            "number": row.ordinal,
            "name": row.name,
            "sha256": row.sha256,
            "width": row.width,
            "height": row.height,
            "annotations": [_drawn(annotation, names) for annotation in row.annotations],
        }
        for row in rows.order_by("ordinal")
    ]


def apply(job: Import, user: User, asked: Mapping[str, Any]) -> Import:
    """Queue it as a person decided; asked again, answer the same. Raises Conflict, Invalid, NotAllowed, OverQuota."""
    decisions = {"labels": dict(asked["labels"]), "on_known": asked["on_known"], "splits": asked["splits"]}
    if job.status != Status.WAITING and job.stage == Import.Stage.APPLYING and job.decisions == decisions:
        return job
    _expect_waiting(job)
    _check_labels(job, user, decisions["labels"])
    with transaction.atomic():
        new = StagedImage.objects.filter(job=job, is_known=False)
        size = new.aggregate(sum=Sum("size"))["sum"] or 0
        expect_room(job.project.team_id, images=new.count(), size=size)
        may = {"create_labels": may_make_labels(user, job.project), "decisions": decisions}
        _go_on(job, stage=Import.Stage.APPLYING, **may)
    return job


def read_again(job: Import, format_name: str = "", choices: Mapping[str, Any] | None = None) -> Import:
    """From the start, in another format or with other choices. Raises Conflict unless it waits, Invalid, OverQuota."""
    _expect_waiting(job)
    expect_format(format_name)
    format_name = format_name or (job.format if job.format_reason == as_chosen(job.format) else "")
    afresh = {"counts": {}, "progress": {}, "rules": {}, "read_as": {}, "finding_count": 0, "decisions": {}}
    chosen = {"format": format_name, "format_reason": as_chosen(format_name)}
    with transaction.atomic():
        held = job.choices if choices is None else dict(choices)
        _go_on(job, stage=Import.Stage.READING, choices=held, **chosen, **afresh)
    return job


def _go_on(job: Import, **changes: Any) -> None:
    """Queue it again; of two who decide at once one gets a Conflict."""
    expect_slot(job.project.team_id)
    if not job.queue_again((Status.WAITING,), expires_at=None, **changes):
        job.refresh_from_db()
        _expect_waiting(job)


def _expect_waiting(job: Import) -> None:
    if job.status != Status.WAITING:
        raise Conflict(f"This import does not wait for a decision: it is {job.status}.")


def _formats(job: Import) -> list[Any]:
    return [known for known in FORMATS.values() if known.reads and not known.mismatch(job.project.task)]


def _names(job: Import) -> dict[int, str]:
    return dict(StagedLabel.objects.filter(job=job).values_list("number", "name"))


def _labels(job: Import) -> list[dict[str, Any]]:
    known = {label.key: label for label in Label.objects.filter(project_id=job.project_id)}
    rows = []
    for staged in StagedLabel.objects.filter(job=job).order_by("number"):
        match = known.get(label_key(staged.name))
        similar = match is not None and match.name != tidied(staged.name)
        rows.append({"name": staged.name, "count": staged.count, "match": match, "similar": similar})
    return rows


def _images(job: Import, rows: QuerySet[StagedImage]) -> dict[str, int]:
    facts = rows.aggregate(
        new=Count("pk", filter=Q(is_known=False)),
        known=Count("pk", filter=Q(is_known=True)),
        unlabelled=Count("pk", filter=Q(annotation_count=0) & (Q(annotated=False) | Q(left_out__gt=0))),
        negatives=Count("pk", filter=Q(annotation_count=0, annotated=True, left_out=0)),
    )
    mine = Image.objects.filter(project=job.project_id, annotation_count__gt=0)
    labelled = mine.filter(sha256__in=rows.filter(is_known=True).values("sha256")).count()
    return {**facts, "known_labelled": labelled}


def _drawn(annotation: list[Any], names: Mapping[int, str]) -> dict[str, Any]:
    number, box, *_ = annotation
    sides = dict(zip(SIDES, box, strict=True)) if box else {}
    return {"label": names[number], **sides}


def _check_labels(job: Import, user: User, mapping: Mapping[str, Mapping[str, Any]]) -> None:
    """Each name that the mapping names is one of the import's, and each label one of the project's; those that the
    project has not are named, or may be made."""
    names, there = (
        set(_names(job).values()),
        set(Label.objects.filter(project=job.project_id).values_list("pk", flat=True)),
    )
    ways = Counter(target["to"] for target in mapping.values())
    errors = {f"labels.{name}": "the import has no such label" for name in mapping if name not in names}
    for name, target in mapping.items():
        if target["to"] == "existing" and target.get("label") not in there:
            errors[f"labels.{name}.label"] = "this project has no such label"
    if not may_make_labels(user, job.project):
        unknown = (row for row in _labels(job) if row["match"] is None and row["count"])
        errors |= {f"labels.{row['name']}": "choose a label" for row in unknown if row["name"] not in mapping}
    if errors:
        raise Invalid("The labels can't be taken so.", errors)
    if ways["new"] and not may_make_labels(user, job.project):
        raise NotAllowed("Only managers make labels: choose others, ignore them, or ask one to do it.")

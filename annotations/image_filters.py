"""Which of a project's images a list shows: each filter narrows what the others leave."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet

from annotations.models import AREA, Annotation, Image
from annotations.queries import known_queue
from boxwright.api.pagination import DIGITS
from boxwright.errors import Invalid
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User

DRAFTS = ("mine", "all")
SIZES = {"small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 2**62)}
"""Areas of boxes in square pixels, from and below, as COCO has them."""
BOXES = ("none", *SIZES)
YES = "true"

Images = QuerySet[Image]
MOST = 2**31 - 1
"""Pixels that a column can hold."""


def images_of(project: Project, **asked: str) -> Images:
    """The project's images, by `FILTERS`, of which empty ones ask for nothing; the order is the page's."""
    rows = Image.objects.filter(project=project).select_related("claimed_by", "drafted_by")
    for name, value in asked.items():
        if value:
            rows = FILTERS[name](rows, project, value)
    return rows


def drafts_among(rows: Images, whose: str, person: User) -> Images:
    """Only drafts, the person's or all; empty: all images."""
    if whose and whose not in DRAFTS:
        raise Invalid("There are no such drafts.", {"drafts": f"expected one of {', '.join(DRAFTS)}"})
    if not whose:
        return rows
    return rows.filter(drafted_by=person) if whose == "mine" else rows.filter(drafted_by__isnull=False)


def _in_queue(rows: Images, _project: Project, queue: str) -> Images:
    return rows.filter(queue=known_queue(queue))


def _with_label(rows: Images, project: Project, label: str) -> Images:
    found = Label.objects.filter(project=project, pk=_number(label, "label")).first()
    if found is None:
        raise Invalid("There is no such label.", {"label": "expected the id of a label of this project"})
    return _with(rows, Annotation.objects.filter(label=found))


def _named(rows: Images, _project: Project, text: str) -> Images:
    return rows.filter(name__icontains=text[:200])


def _with_boxes(rows: Images, project: Project, size: str) -> Images:
    if size not in BOXES:
        raise Invalid("There are no such boxes.", {"boxes": f"expected one of {', '.join(BOXES)}"})
    if size == "none":
        return rows.filter(annotation_count=0)
    least, below = SIZES[size]
    boxes = _annotations(project).annotate(area=AREA)
    return _with(rows, boxes.filter(area__gte=least, area__lt=below))


def _by(rows: Images, project: Project, author: str) -> Images:
    return _with(rows, _annotations(project).filter(created_by=_number(author, "author")))


def _wide(rows: Images, _project: Project, pixels: str) -> Images:
    return rows.filter(width__gte=min(_number(pixels, "min_width"), MOST))


def _narrow(rows: Images, _project: Project, pixels: str) -> Images:
    return rows.filter(width__lte=min(_number(pixels, "max_width"), MOST))


def _suggested(rows: Images, _project: Project, value: str) -> Images:
    if value != YES:
        raise Invalid("Suggested or not?", {"suggested": f"expected {YES}"})
    return rows.filter(uncertainty__gt=0)


FILTERS: Mapping[str, Callable[[Images, Project, str], Images]] = {
    "queue": _in_queue,
    "label": _with_label,
    "search": _named,
    "boxes": _with_boxes,
    "author": _by,
    "min_width": _wide,
    "max_width": _narrow,
    "suggested": _suggested,
}


def _annotations(project: Project) -> QuerySet[Annotation]:
    """All of the project, by the indexes that begin with the label."""
    return Annotation.objects.filter(label__in=Label.objects.filter(project=project).values("pk"))


def _with(rows: Images, annotations: QuerySet[Annotation]) -> Images:
    return rows.filter(pk__in=annotations.values("image"))


def _number(text: str, field: str) -> int:
    if not DIGITS.match(text):
        raise Invalid("That is no number.", {field: "expected a number"})
    return int(text)

"""Which of a project's images a list shows: each filter narrows what the others leave."""

from collections.abc import Callable, Mapping
from typing import get_args

from django.db import connection
from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat

from annotations.dataset.records import Split
from annotations.dataset.split import PLACES, VAL_PERCENT
from annotations.models import AREA, Annotation, Image
from annotations.name_index import named
from annotations.queries import known_queue
from annotations.split_places import PlaceOf
from boxwright.api.pagination import DIGITS
from boxwright.errors import Invalid
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User

DRAFTS = ("mine", "all")
SIZES = {"small": (0, 32**2), "medium": (32**2, 96**2), "large": (96**2, 2**62)}
"""Areas of boxes in square pixels, from and below, as COCO has them."""
BOXES = ("none", *SIZES)
YES = "true"
NOBODY = "nobody"
ASSIGNED = rf"^({NOBODY}|[0-9]{{1,18}})$"
SPLITS: tuple[str, ...] = get_args(Split)
MANY = 5_000
"""Annotations that fit a filter."""

Images = QuerySet[Image]
MOST = 2**31 - 1
"""Pixels that a column can hold."""


def images_of(project: Project, **asked: str) -> Images:
    """The project's images, by `FILTERS`, of which empty ones ask for nothing; the order is the page's."""
    rows = Image.objects.filter(project=project).select_related("claimed_by", "drafted_by", "assigned_to")
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
    return _with(rows, Annotation.objects.all(), Q(label=found))


def _named(rows: Images, _project: Project, text: str) -> Images:
    return named(rows, text[:200])


def _with_boxes(rows: Images, project: Project, size: str) -> Images:
    if size not in BOXES:
        raise Invalid("There are no such boxes.", {"boxes": f"expected one of {', '.join(BOXES)}"})
    if size == "none":
        return rows.filter(annotation_count=0)
    least, below = SIZES[size]
    return _with(rows, _of_project(project), Q(area__gte=least, area__lt=below))


def _by(rows: Images, project: Project, author: str) -> Images:
    by = Q(created_by=_number(author, "author"))
    return _with(rows, _of_project(project), by, lambda: first_and_last(project, by))


def _wide(rows: Images, _project: Project, pixels: str) -> Images:
    return rows.filter(width__gte=min(_number(pixels, "min_width"), MOST))


def _narrow(rows: Images, _project: Project, pixels: str) -> Images:
    return rows.filter(width__lte=min(_number(pixels, "max_width"), MOST))


def _suggested(rows: Images, _project: Project, value: str) -> Images:
    if value != YES:
        raise Invalid("Suggested or not?", {"suggested": f"expected {YES}"})
    # As a sum no index offers itself, by which SQLite would put all that fit in order.
    return rows.annotate(doubt=F("uncertainty") + 0.0).filter(doubt__gt=0)


def _in_split(rows: Images, project: Project, split: str) -> Images:
    """Its own, or where it has none that of its hash, as `snapshots.building` gives it."""
    if split not in SPLITS:
        raise Invalid("There is no such split.", {"split": f"expected one of {', '.join(SPLITS)}"})
    hashed = Case(When(group="", then="sha256"), default="group")
    placed = rows.alias(place=PlaceOf(Concat(Value(f"{project.seed}:"), hashed)))
    below = VAL_PERCENT * PLACES // 100
    of_hash = {"train": Q(split="", place__gte=below), "val": Q(split="", place__lt=below), "test": Q(pk__in=())}
    return placed.filter(Q(split=split) | of_hash[split])


def _assigned(rows: Images, _project: Project, person: str) -> Images:
    return rows.filter(assigned_to=None if person == NOBODY else _number(person, "assigned"))


FILTERS: Mapping[str, Callable[[Images, Project, str], Images]] = {
    "queue": _in_queue,
    "label": _with_label,
    "search": _named,
    "boxes": _with_boxes,
    "author": _by,
    "min_width": _wide,
    "max_width": _narrow,
    "suggested": _suggested,
    "split": _in_split,
    "assigned": _assigned,
}


def _of_project(project: Project) -> QuerySet[Annotation]:
    """By the indexes that begin with the label."""
    return Annotation.objects.filter(label__in=Label.objects.filter(project=project).values("pk"))


Ends = tuple[int, int]


def first_and_last(project: Project, fit: Q) -> Ends:
    """Of the images that carry what fits, label by label: a step into an index that tells what fits, then the image."""
    on_label = Annotation.objects.filter(fit, label=OuterRef("pk"))
    first, last = (Subquery(on_label.order_by(way).values("image")[:1]) for way in ("image", "-image"))
    ends = Label.objects.filter(project=project).aggregate(first=Min(first), last=Max(last))
    return ends["first"] or 0, ends["last"] or 0


def _with(rows: Images, project_wide: QuerySet[Annotation], fit: Q, ends: Callable[[], Ends] | None = None) -> Images:
    """Images that carry one of these that fits.

    Found by their annotations where these are few; where they are many, asked of each image along the list between the
    ends, which meets the first ones soon. PostgreSQL decides between the two by itself.
    """
    found = project_wide.annotate(area=AREA).filter(fit).order_by().values("image")
    if connection.vendor == "postgresql":
        if ends is None:
            return rows.filter(pk__in=found)
        first, last = ends()  # of both: it hands no range on from one to the other
        within = found.filter(image__gte=first, image__lte=last)
        return rows.filter(pk__gte=first, pk__lte=last, pk__in=within)
    if not found[MANY : MANY + 1].exists():
        return rows.filter(pk__in=found)
    on_image = Annotation.objects.annotate(area=AREA).filter(fit, image=OuterRef("pk"))
    along = rows.filter(Exists(on_image), annotation_count__gt=0)
    # As a sum no index offers itself, by which SQLite would put all between them in order.
    return along.alias(number=F("pk") + 0).filter(number__range=ends()) if ends else along


def _number(text: str, field: str) -> int:
    if not DIGITS.match(text):
        raise Invalid("That is no number.", {field: "expected a number"})
    return int(text)

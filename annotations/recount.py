"""The counters held against what is there. `annotations.counters` keeps them; this finds where it failed to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from annotations.models import Annotation, Image, TrashedImage
from annotations.transactions import write_in_turn
from boxwright.projects.models import QUEUES, Label, Project

CHUNK = 1000
ROWS = Count("*")


@dataclass(frozen=True, slots=True)
class Counter:
    """A column that counts, or adds up, the `counted` rows whose `by` is the row's key."""

    column: str
    counted: QuerySet[Any]
    by: str
    how: Aggregate = ROWS

    @property
    def there(self) -> Coalesce:
        rows = self.counted.filter(**{self.by: OuterRef("pk")}).order_by()
        return Coalesce(Subquery(rows.values(self.by).annotate(n=self.how).values("n")), 0)


COUNTERS: tuple[tuple[QuerySet[Any], tuple[Counter, ...]], ...] = (
    (Image.objects.all(), (Counter("annotation_count", Annotation.objects.all(), "image"),)),
    # A project that is being removed loses its images without counting.
    (
        Label.objects.filter(project__deleted_at=None),
        (Counter("annotation_count", Annotation.objects.all(), "label"),),
    ),
    (
        Project.objects.filter(deleted_at=None),
        (
            *(Counter(f"{queue}_count", Image.objects.filter(queue=queue), "project") for queue in QUEUES),
            Counter("annotation_count", Annotation.objects.all(), "image__project"),
            Counter("byte_count", Image.objects.all(), "project", Sum("size")),
            Counter("trashed_count", TrashedImage.objects.all(), "project"),
            Counter("trashed_byte_count", TrashedImage.objects.all(), "project", Sum("size")),
        ),
    ),
)


def recount(*, fix: bool = False) -> list[str]:
    """One line for each counter that differs from what is there; `fix` puts it right. May run while people work."""
    return [line for rows, counters in COUNTERS for line in _differing(rows, counters, fix=fix)]


def _differing(rows: QuerySet[Any], counters: tuple[Counter, ...], *, fix: bool) -> Iterator[str]:
    """Counter and rows are read by one statement, and so at one moment."""
    for part in _chunks(rows):
        for counter in counters:
            wrong = part.annotate(there=counter.there).exclude(**{counter.column: F("there")}).order_by("pk")
            for row in wrong:
                kind = row._meta.model_name
                yield f"{kind} {row.pk}: {counter.column} is {getattr(row, counter.column)}, there are {row.there}"
                if fix:
                    _mend(type(row), row.pk, counter)


def _chunks(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield rows.filter(Q(pk__gt=last) & Q(pk__lte=keys[-1]))
        last = keys[-1]


def _mend(model: type[Model], pk: int, counter: Counter) -> None:
    """Counted under the row's lock: whoever changed the counter before has committed, the others add to it after."""
    with write_in_turn():
        row = model._default_manager.select_for_update().filter(pk=pk)
        if row.first():
            there = row.annotate(there=counter.there).values_list("there", flat=True)[0]
            row.update(**{counter.column: there})

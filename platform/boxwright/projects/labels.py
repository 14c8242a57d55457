"""A project's labels: added, renamed, recoloured, moved; deleted only while nothing carries them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max, RestrictedError

from boxwright.errors import Conflict, Invalid
from boxwright.projects.models import Label, Project
from boxwright.projects.palette import next_color


@dataclass(frozen=True)
class NewLabel:
    name: str
    color: str = ""


@transaction.atomic
def add_labels(project: Project, wanted: Iterable[NewLabel]) -> list[Label]:
    """Append labels. Those without a colour get the next of the palette. Names are unique without regard to case."""
    rows = list(wanted)
    Project.objects.select_for_update().get(pk=project.pk)  # two who add at once get two positions
    present = list(Label.objects.filter(project=project).values_list("name", "color"))
    _check_names([name for name, _ in present], [row.name for row in rows])
    used = [color for _, color in present]
    last = Label.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    labels = []
    for position, row in enumerate(rows, start=0 if last is None else last + 1):
        color = row.color or next_color(used)
        used.append(color)
        labels.append(Label(project=project, name=row.name.strip(), color=color.upper(), position=position))
    try:
        with transaction.atomic():
            return Label.objects.bulk_create(labels)
    except IntegrityError as error:
        raise Conflict("Somebody just added a label with this name.") from error


def change_label(label: Label, *, name: str = "", color: str = "", position: int | None = None) -> Label:
    """Empty values stay as they are."""
    label.name = name.strip() or label.name
    label.color = color.upper() or label.color
    label.position = label.position if position is None else position
    others = Label.objects.filter(project_id=label.project_id).exclude(pk=label.pk)
    if others.filter(name__iexact=label.name).exists():
        raise Invalid("A label has this name already.", {"name": "taken"})
    label.save(update_fields=["name", "color", "position"])
    return label


def delete_label(label: Label) -> None:
    try:
        label.delete()
    except RestrictedError as error:
        raise Conflict(
            f'Annotations carry the label "{label.name}"; merge it into another first.',
            annotation_count=label.annotation_count,
        ) from error


def _check_names(present: list[str], wanted: list[str]) -> None:
    seen = {name.casefold() for name in present}
    errors: dict[str, str] = {}
    for index, name in enumerate(wanted):
        folded = name.strip().casefold()
        if folded in seen:
            errors[f"labels[{index}].name"] = "taken"
        seen.add(folded)
    if errors:
        raise Invalid("Each label needs a name of its own.", errors)

"""The project's labels as an import sees them: looked up as people read names, and added where it may add them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from annotations.models import Import
from boxwright import limits
from boxwright.errors import Conflict, Invalid
from boxwright.projects.label_names import fault_in, label_key
from boxwright.projects.labels import NewLabel, add_labels
from boxwright.projects.models import Label
from boxwright.projects.queries import may_make_labels


@dataclass(frozen=True, slots=True)
class ProjectLabels:
    """By their keys; `refused`: why some names have no label."""

    by_key: Mapping[str, Label]
    refused: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> Label | None:
        return self.by_key.get(label_key(name))

    def why_not(self, name: str) -> str:
        reason = self.refused.get(label_key(name), "")
        return f"unknown label {name[: limits.LABEL_NAME_LENGTH]!r}; {f'{reason}; ' if reason else ''}left out"

    @property
    def names(self) -> dict[int, str]:
        return {label.pk: label.name for label in self.by_key.values()}


def labels_of(job: Import, refused: Mapping[str, str] | None = None) -> ProjectLabels:
    rows = Label.objects.filter(project_id=job.project_id)
    return ProjectLabels({label.key: label for label in rows}, refused or {})


def may_add_labels(job: Import) -> bool:
    """Asked when it runs: its author may have been a manager when it began."""
    return job.create_labels and may_make_labels(job.created_by, job.project)


def labels_with(job: Import, names: Collection[str]) -> ProjectLabels:
    """The project's labels, with those of `names` that it has not, where the import may add them."""
    labels = labels_of(job)
    if not may_add_labels(job):
        return labels
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(label_key(name), name)
    new = {key: name for key, name in wanted.items() if key not in labels.by_key}
    refused = {key: fault for key, name in new.items() if (fault := fault_in(name))}
    allowed = [key for key in new if key not in refused]
    room = max(0, limits.LABELS_A_PROJECT - len(labels.by_key))
    full = f"a project may have {limits.LABELS_A_PROJECT} labels"
    refused |= dict.fromkeys(allowed[room:], full)
    if not allowed[:room]:
        return labels_of(job, refused)
    try:
        add_labels(job.project, [NewLabel(new[key]) for key in allowed[:room]])
    except (Conflict, Invalid):  # somebody added labels meanwhile: look again
        return labels_with(job, names)
    return labels_of(job, refused)

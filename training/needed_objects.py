"""Which objects the rows of this app need: the answer for the collector, and the list for `manage.py verify`."""

import re
from collections.abc import Collection, Iterator

from django.db.models import Q

from boxwright.storage.named import Named
from training import object_keys
from training.models import Artifact, BaseFile, Holdout, Run
from training.run_files import files_of

OF_RUN = re.compile(r"projects/(\d+)/runs/(\d+)/")


def needed(asked: Collection[str]) -> set[str]:
    """Base weights, uploaded ones, what runs and artifacts name."""
    found = {key for key in asked if key.startswith(object_keys.WEIGHTS)}
    found |= set(BaseFile.objects.filter(key__in=asked).values_list("key", flat=True))
    of_runs = {key: (int(match[1]), int(match[2])) for key in asked if (match := OF_RUN.match(key))}
    if not of_runs:
        return found
    rows = Q()
    for project, number in of_runs.values():
        rows |= Q(project_id=project, number=number)
    for run in Run.objects.filter(rows).only("project_id", "number", "files"):
        found |= {one.key for one in files_of(run).values()}.intersection(asked)
    for model in (Artifact, Holdout):
        found |= set(model._default_manager.filter(key__in=asked).exclude(key="").values_list("key", flat=True))
    return found


def named() -> Iterator[Named]:
    for file in BaseFile.objects.iterator():
        yield file.content
    for run in Run.objects.iterator():
        yield from files_of(run).values()
    for artifact in Artifact.objects.exclude(key="").iterator():
        yield archive_of(artifact)
    for holdout in Holdout.objects.exclude(key="").iterator():
        yield holdout.report


def archive_of(artifact: Artifact) -> Named:
    return Named(artifact.key, artifact.sha256)

"""The same archive once more, onto a project that is as its import left it: nothing is left to do, and nothing is read.

An import's row keeps two digests: `asked`, of what it was given, and `left`, of the project once it had landed: the
images that it saw and the labels that it knew, with its own changes. Whatever somebody else changed since it began
makes the project another one, and the archive is read again.
"""

import hashlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import lxml.etree
import PIL
from django.db import transaction

from annotations.imports.format_choice import as_chosen
from annotations.imports.image_sum import ImageSum
from annotations.imports.label_mapping import LabelMapping
from annotations.imports.label_rules import may_add_labels
from annotations.models import Import, ImportFinding
from boxwright import limits
from boxwright.jobs import Beat, Status
from boxwright.projects.labels import label_book

ROOT = Path(__file__).resolve().parents[1]
TAKEN_OVER = ("format", "format_reason", "read_as", "progress", "finding_count", "rules")
SAID = ("number", "severity", "rule", "file", "line", "reason")


def asked_of(job: Import) -> str:
    """Of the archive, of all that was chosen, and of who reads it; empty where its bytes are not known."""
    if job.review or not (archive := _archive_of(job)):
        return ""
    chosen = job.format if job.format_reason == as_chosen(job.format) else ""
    choices = [chosen, job.choices, job.decisions, job.create_labels, may_add_labels(job)]
    return _digest(archive, job.archive_name, choices, _reader(), [getattr(limits, name) for name in limits.TABLE])


def left_by(images: ImageSum, mapping: LabelMapping) -> str:
    """The project once the plan has landed."""
    return _left(images, mapping.names, {**mapping.today, **{label.pk: label.pk for label in mapping.new}})


def earlier_of(job: Import, beat: Beat) -> Import | None:
    """The import of the same that left the project as it is now."""
    if not (asked := asked_of(job)):
        return None
    same = Import.objects.filter(project=job.project_id, asked=asked, status=Status.SUCCEEDED).exclude(left="")
    if not same.exists():
        return None
    return same.filter(left=_left_now(job, beat)).order_by("pk").first()


def repeat(job: Import, beat: Beat, earlier: Import) -> None:
    """Say what reading it again would say."""
    counts = dict(earlier.counts)
    counts["annotations_existing"] += counts["annotations_created"]
    counts["images_duplicate"] += counts["images_created"]
    counts |= {"annotations_created": 0, "images_created": 0, "images_changed": 0}
    with transaction.atomic():
        beat.finish(**{name: getattr(earlier, name) for name in TAKEN_OVER}, counts=counts)
        findings = ImportFinding.objects.filter(job=earlier).order_by("number").values(*SAID)
        ImportFinding.objects.bulk_create((ImportFinding(job=job, **row) for row in findings), batch_size=500)


def _archive_of(job: Import) -> str:
    if job.source != Import.Source.ARCHIVE:
        return ""
    if job.upload is None:
        return job.archive_sha256
    return _digest(list(job.upload.parts.order_by("start").values_list("start", "sha256")))


def _left_now(job: Import, beat: Beat) -> str:
    book = label_book(job.project_id)
    return _left(ImageSum.of(job.project_id, beat.check), book.names, book.today)


def _left(images: ImageSum, names: Any, today: Any) -> str:
    return _digest(images.total, sorted(names.items()), sorted(today.items()))


@cache
def _reader() -> str:
    """Of the code that reads and applies: other code may find other things."""
    versions = [sys.version, PIL.__version__, str(lxml.etree.LXML_VERSION)]
    return _digest(versions, *(path.read_text() for path in sorted(ROOT.rglob("*.py"))))


def _digest(*said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

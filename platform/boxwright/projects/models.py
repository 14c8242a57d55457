"""The unit that a team owns: a project, its labels, and its counters."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from boxwright.projects.label_names import KEY_LENGTH, label_key
from boxwright.teams.models import Team, User

QUEUES = ("unlabelled", "labelled", "review", "done", "skipped")


class TaskKind(models.TextChoices):
    DETECTION = "detection"
    CLASSIFICATION = "classification"


class Project(models.Model):
    """One labelling task. The `*_count` columns are kept by delta, in the transaction that changes them."""

    team = models.ForeignKey(Team, on_delete=models.RESTRICT, related_name="projects")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=100)
    task = models.CharField(max_length=20, choices=TaskKind.choices)
    seed = models.PositiveIntegerField(default=0, help_text="decides the split of each image, for good")
    share_location = models.BooleanField(default=False, help_text="files go out with the place where they were taken")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, help_text="gone for everybody; a task deletes the rest")

    unlabelled_count = models.PositiveIntegerField(default=0)
    labelled_count = models.PositiveIntegerField(default=0)
    review_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    annotation_count = models.PositiveIntegerField(default=0)
    byte_count = models.PositiveBigIntegerField(default=0, help_text="of the images' original files")
    trashed_count = models.PositiveIntegerField(default=0, help_text="images in its Trash")
    trashed_byte_count = models.PositiveBigIntegerField(default=0, help_text="of these images' original files")
    last_snapshot_number = models.PositiveIntegerField(default=0)
    last_run_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.slug

    @property
    def counts(self) -> dict[str, int]:
        return counts_of(*(getattr(self, column) for column in COUNTED))


COUNTED = [*(f"{queue}_count" for queue in QUEUES), "annotation_count"]
"""Columns of a project that everybody sees."""


def counts_of(*numbers: int) -> dict[str, int]:
    """What a project says of the values of COUNTED."""
    queues = dict(zip(QUEUES, numbers, strict=False))
    return {"images": sum(queues.values()), **queues, "annotations": numbers[-1]}


class KeyField(models.CharField):  # type: ignore[type-arg]
    """Follows the name of its label at each write, so that the database can hold names apart."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        key = label_key(model_instance.name)
        setattr(model_instance, self.attname, key)
        return key


class Label(models.Model):
    """A name with a colour that an annotation carries."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=100)
    key = KeyField(max_length=KEY_LENGTH, editable=False)
    color = models.CharField(max_length=7, validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$")])
    position = models.PositiveIntegerField(default=0)
    annotation_count = models.PositiveIntegerField(default=0)
    merged_ids = models.JSONField(default=list, editable=False, help_text="ids of the labels that went into this one")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_label_a_key")]

    def __str__(self) -> str:
        return self.name

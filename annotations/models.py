"""Images, their annotations and every revision; imports; snapshots."""

from typing import get_args

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from annotations.dataset.records import Split
from boxwright import limits
from boxwright.jobs import Job
from boxwright.projects.models import QUEUES, Label, Project
from boxwright.teams.models import User

SPLIT_CHOICES = [(split, split) for split in get_args(Split)]
QUEUE_CHOICES = [(queue, queue) for queue in QUEUES]


class Image(models.Model):
    """One picture, addressed by the sha256 of its original bytes. Width and height are after EXIF orientation."""

    # No index of their own where an index below begins with the column, or where only deleting a person looks.
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="bytes of the original file")
    content_type = models.CharField(max_length=30)
    has_location = models.BooleanField(null=True, help_text="its file may tell where it was taken; null: not looked at")
    split = models.CharField(max_length=5, choices=SPLIT_CHOICES, blank=True, help_text="empty: by its hash")
    group = models.CharField(max_length=100, blank=True, help_text="images of one group lie in one split")
    queue = models.CharField(max_length=10, choices=QUEUE_CHOICES, default="unlabelled")
    revision = models.PositiveIntegerField(default=0)
    annotation_count = models.PositiveIntegerField(default=0)
    uncertainty = models.FloatField(
        default=0,
        db_default=0,
        help_text="0 to 1: how unsure the model was that last looked at it; 0: it found nothing, or none did",
    )
    claimed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    claim_expires_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    """Whose boxes on it are not finished."""
    assigned_to = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    """Who is asked to label it: the queue hands it out to them first, and to others when nothing else is left."""
    skip_reason = models.CharField(max_length=limits.SKIP_REASON_LENGTH, blank=True, default="", db_default="")
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    member_role: str
    """Of whoever asked; there where `queries.image_for` found the image."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="one_image_a_project"),
            models.CheckConstraint(name="only_unlabelled_drafts", condition=Q(drafted_by=None) | Q(queue="unlabelled")),
            models.CheckConstraint(name="only_skipped_reasons", condition=Q(skip_reason="") | Q(queue="skipped")),
        ]
        indexes = [
            models.Index(fields=["project", "queue", "id"], name="image_by_queue"),
            # With the name, so that SQLite reads no row to see whether it holds a letter or two.
            models.Index(fields=["project", "id", "name"], name="image_by_age"),
            models.Index(fields=["project", "name", "id"], name="image_by_name"),
            models.Index(fields=["project", "queue", "-uncertainty", "id"], name="image_by_uncertainty"),
            models.Index(fields=["project", "-uncertainty", "id"], name="image_by_doubt"),
            models.Index(
                fields=["project", "drafted_by", "id"], name="image_by_drafter", condition=Q(drafted_by__isnull=False)
            ),
            models.Index(
                fields=["project", "assigned_to", "id"],
                name="image_by_assignee",
                condition=Q(assigned_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


AREA = (F("x_max") - F("x_min")) * (F("y_max") - F("y_min"))
"""Of an annotation's box, in square pixels; null without one."""


class Annotation(models.Model):
    """One mark on an image. Without box fields it is a label of the whole image.

    The client made the id, and only the image gives it a meaning: the same id on another image is another annotation.
    """

    pk = models.CompositePrimaryKey("image_id", "id")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="annotations", db_index=False)
    id = models.UUIDField()
    label = models.ForeignKey(Label, on_delete=models.RESTRICT, related_name="+", db_index=False)
    x_min = models.FloatField(null=True)
    y_min = models.FloatField(null=True)
    x_max = models.FloatField(null=True)
    y_max = models.FloatField(null=True)
    source = models.CharField(max_length=20, default="human")
    score = models.FloatField(null=True)
    attributes = models.JSONField(default=dict, help_text="what tools noted beside: difficult, truncated, occluded, …")
    revision = models.PositiveIntegerField(help_text="revision of the image that last changed this annotation")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["label", "image"], name="annotation_by_label"),
            # What is reviewed label by label, in each order (`annotations.labelled`).
            models.Index(fields=["label", "created_at", "image"], name="annotation_by_age"),
            models.Index("label", AREA, "image", name="annotation_by_area"),
            models.Index(
                fields=["label", "score", "image"], name="annotation_by_score", condition=Q(score__isnull=False)
            ),
            models.Index(
                fields=["label", "created_by", "image"],
                name="annotation_by_author",
                condition=Q(created_by__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="whole_image_or_box",
                condition=Q(x_min=None, y_min=None, x_max=None, y_max=None)
                | Q(x_min__gte=0, y_min__gte=0, x_max__gt=F("x_min"), y_max__gt=F("y_min")),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Revision(models.Model):
    """Who changed what on one image, and when. Replaying 1…n gives the state at n; deletions stay as tombstones."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    upserted = models.JSONField(default=list, help_text="annotations as saved: id, label, label_name, box, source")
    deleted = models.JSONField(default=list, help_text="ids")
    queue = models.CharField(max_length=10, choices=QUEUE_CHOICES)
    skip_reason = models.CharField(max_length=limits.SKIP_REASON_LENGTH, blank=True, default="", db_default="")
    merged_label = models.CharField(max_length=100, blank=True, help_text="the label that went into another by this")
    restored = models.PositiveIntegerField(null=True, help_text="the number of the revision that this one brought back")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "number"], name="one_revision_a_number")]

    def __str__(self) -> str:
        return f"{self.image_id} r{self.number}"


class TrashedImage(models.Model):
    """A deleted image with all it carried, under its id: no list, count, snapshot or run finds it until it is restored.

    The columns are what the Trash shows and what counters and the collector ask for; `row`, `annotations` and
    `others` are the rows as they were.
    """

    id = models.BigIntegerField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    queue = models.CharField(max_length=10, choices=QUEUE_CHOICES)
    annotation_count = models.PositiveIntegerField()
    row = models.JSONField()
    annotations = models.JSONField(help_text="with the names of their labels")
    others = models.JSONField(help_text="rows of all other models that go with an image, by the model's label")
    deleted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    deleted_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-deleted_at", "-id"], name="trashed_by_age")]

    def __str__(self) -> str:
        return self.name


class BulkChange(Job):
    """One deed on many images; each is a `BulkItem`. Small ones are worked on at once, the others by a worker."""

    WORK = "annotations.bulk.run_bulk_change"
    SERIALIZER = "annotations.api.bulk.BulkChangeSerializer"
    EVENT = "bulk"

    class Deed(models.TextChoices):
        MOVE = "move"
        LABEL = "label"
        ASSIGN = "assign"
        GIVE_BACK = "give_back"
        DELETE = "delete"
        RESTORE = "restore"
        DELETE_FOR_GOOD = "purge"
        UNDO = "undo"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    asked = models.JSONField(
        default=dict, help_text="queue; label and, where only that is changed, from_label; or person"
    )
    undoes = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="undone_by")
    total = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"bulk change {self.pk}"


class BulkItem(models.Model):
    """What a bulk change does to one image.

    `before` and `after` are its revisions, or whom it is assigned to (0: nobody), for whoever takes it back.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items", db_index=False)
    image_id = models.BigIntegerField(help_text="a number only: images come and go")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    before = models.PositiveIntegerField(default=0)
    after = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "image_id"], name="one_item_an_image")]
        indexes = [models.Index(fields=["change", "state", "image_id"], name="item_by_state")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.image_id}"


class ArchiveUpload(models.Model):
    """An archive that arrives in parts. Only `author` sends and imports it; what no part came to for long expires."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField(help_text="bytes of the whole archive")
    offset = models.PositiveBigIntegerField(default=0, help_text="bytes that have arrived and are safe")
    part_count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"upload of {self.name}"


class UploadPart(models.Model):
    """The bytes of an upload from `start` on: one object in the store."""

    upload = models.ForeignKey(ArchiveUpload, on_delete=models.CASCADE, related_name="parts", db_index=False)
    start = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    key = models.CharField(max_length=255, unique=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="one_part_a_place")]

    def __str__(self) -> str:
        return self.key


class Import(Job):
    """A foreign archive on its way in. `finding_count` counts all findings, also those that were not kept."""

    WORK = "annotations.imports.run_import"
    SERIALIZER = "annotations.api.import_serializers.ImportSerializer"
    EVENT = "import"

    class Source(models.TextChoices):
        """Where its files come from."""

        ARCHIVE = "archive"
        SAMPLE = "sample"
        PATH = "path"
        BUCKET = "bucket"

    class Stage(models.TextChoices):
        """Reading changes nothing of the project; in review a person decides; applying lands all at once."""

        READING = "reading"
        REVIEW = "review"
        APPLYING = "applying"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.ARCHIVE)
    format = models.CharField(max_length=30, blank=True)
    format_reason = models.CharField(max_length=300, blank=True, help_text="why it is read so: a sentence for people")
    archive_name = models.CharField(max_length=255, blank=True)
    archive_key = models.CharField(max_length=255, blank=True)
    archive_sha256 = models.CharField(max_length=64, blank=True)
    asked = models.CharField(max_length=64, blank=True, help_text="a digest of the archive and of what was chosen")
    left = models.CharField(max_length=64, blank=True, help_text="a digest of the project when this had landed")
    path = models.TextField(blank=True, help_text="on the worker's machine, or in a bucket")
    upload = models.OneToOneField(ArchiveUpload, null=True, on_delete=models.SET_NULL, related_name="job")
    create_labels = models.BooleanField(default=False)
    leave_images = models.BooleanField(default=False, help_text="originals stay in the bucket, and are read there")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.READING)
    review = models.BooleanField(default=False, help_text="a person looks before it is applied")
    expires_at = models.DateTimeField(null=True, help_text="until when it waits for that person")
    choices = models.JSONField(default=dict, help_text="what files do not say, as chosen: boxes_on, first_pixel, table")
    read_as = models.JSONField(default=dict, help_text="what the format assumed, by name")
    decisions = models.JSONField(default=dict, help_text="how it is applied: labels, on_known, splits")
    counts = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    finding_count = models.PositiveIntegerField(default=0)
    rules = models.JSONField(default=dict, help_text="findings by their rule, also those that were not kept")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_decided(self) -> bool:
        """Whether a person has said how it is applied."""
        return self.review and self.stage == self.Stage.APPLYING

    @property
    def title(self) -> str:
        return f"import of {self.archive_name}" if self.archive_name else str(self)


class ImportFinding(models.Model):
    """One thing that an import noticed; `number` counts from 0 in the order of the archive."""

    class Severity(models.IntegerChoices):
        """What is worst comes first where rows are ordered by it."""

        ERROR = 0, "error"
        WARNING = 1, "warning"
        INFO = 2, "info"

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="findings", db_index=False)
    number = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    rule = models.CharField(max_length=20, blank=True)
    file = models.CharField(max_length=300, blank=True)
    line = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_finding_a_number")]
        indexes = [models.Index(fields=["job", "severity", "number"], name="finding_by_severity")]

    def __str__(self) -> str:
        return self.reason


class StagedImage(models.Model):
    """What an open import read of one picture; nothing of the project yet. Its rows go when the import has ended.

    `is_known`: the project had the picture when it was read; else its bytes lie in the store, and these are its facts.
    """

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged_images", db_index=False)
    ordinal = models.PositiveIntegerField(help_text="its place in the reader's order")
    sha256 = models.CharField(max_length=64)
    is_known = models.BooleanField(default=False)
    name = models.CharField(max_length=255)
    source = models.CharField(max_length=300, help_text="the file that speaks of it")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    content_type = models.CharField(max_length=30, blank=True)
    has_location = models.BooleanField(null=True)
    split = models.CharField(max_length=5, blank=True)
    group = models.CharField(max_length=100, blank=True)
    annotated = models.BooleanField(default=False, help_text="a file speaks of it")
    left_out = models.PositiveIntegerField(default=0, help_text="annotations that could not be read")
    annotation_count = models.PositiveIntegerField(default=0)
    annotations = models.JSONField(default=list, help_text="number of the label, box, score, attributes, line")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "ordinal"], name="one_staged_image_a_place"),
            models.UniqueConstraint(fields=["job", "sha256"], name="one_staged_image_a_picture"),
        ]
        indexes = [models.Index(fields=["sha256"], name="staged_by_picture")]

    def __str__(self) -> str:
        return self.name


class StagedLabel(models.Model):
    """A label's name as an open import read it; `number` counts from 0, those that the files list come first."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged_labels", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    count = models.PositiveIntegerField(default=0, help_text="annotations that carry it")
    file = models.CharField(max_length=300, blank=True, help_text="where it was met first")
    line = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_staged_label_a_number")]

    def __str__(self) -> str:
        return self.name


class Snapshot(Job):
    """A frozen, numbered state of a project. `sha256` is that of its manifest: the same state, the same hash."""

    WORK = "annotations.snapshots.build_snapshot"
    SERIALIZER = "annotations.api.snapshots.SnapshotSerializer"
    EVENT = "snapshot"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    manifest_key = models.CharField(max_length=255, blank=True)
    about_key = models.CharField(max_length=255, blank=True, help_text="snapshot.json")
    about_sha256 = models.CharField(max_length=64, blank=True)
    image_count = models.PositiveIntegerField(default=0)
    labelled_count = models.PositiveIntegerField(default=0)
    box_count = models.PositiveIntegerField(default=0)
    filter = models.JSONField(default=dict, help_text="as the list of images takes it; empty: the whole project")
    labels = models.JSONField(default=list, help_text="name, color, annotation_count in the labels' order")
    splits = models.JSONField(default=dict, help_text="labelled images in train, val, test")
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_snapshot_a_number")]

    def __str__(self) -> str:
        return f"{self.project_id} v{self.number}"

    @property
    def title(self) -> str:
        return f"snapshot v{self.number}"

    @property
    def name(self) -> str:
        """`v7`; of a part of the project `v7: labelled, label cat, "beach"`."""
        asked = self.filter
        parts = [
            asked.get("queue"),
            asked.get("label") and f"label {asked['label_name']}",
            asked.get("boxes") and f"{asked['boxes']} boxes".replace("none", "no"),
            asked.get("author") and f"boxes by {asked['author_name']}",
            asked.get("min_width") and f"from {asked['min_width']} px",
            asked.get("max_width") and f"to {asked['max_width']} px",
            asked.get("suggested") and "suggested",
            asked.get("split"),
            asked.get("assigned") and f"assigned to {asked.get('assigned_name', 'nobody')}",
            asked.get("search") and f'"{asked["search"]}"',
        ]
        said = ", ".join(part for part in parts if part)
        return f"v{self.number}: {said}" if said else f"v{self.number}"


class SnapshotImage(models.Model):
    """A picture that a snapshot shows: its original, or where that was left, is kept as long as this row."""

    pk = models.CompositePrimaryKey("snapshot_id", "sha256")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="images", db_index=False)
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="snapshot_by_image")]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.sha256}"


class SentFile(models.Model):
    """A picture's file as it goes out: what a part of a zip must tell of pictures that the part does not hold.

    `cleaner`: the version of the code that left out the place; empty where the file is as it came.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64, help_text="of the original")
    cleaner = models.CharField(max_length=16, blank=True)
    size = models.PositiveBigIntegerField()
    crc32 = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "cleaner", "sha256"], name="one_sent_file")]

    def __str__(self) -> str:
        return self.sha256


class DownloadFacts(models.Model):
    """What was found out about a download, once. `tag` names its bytes: other bytes have another row."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+", db_index=False)
    tag = models.CharField(max_length=64)
    length = models.PositiveBigIntegerField(null=True, help_text="bytes of the zip")
    losses = models.JSONField(null=True, help_text="what the format can't hold: count, text")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "tag"], name="one_row_a_download")]

    def __str__(self) -> str:
        return self.tag

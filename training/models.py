"""Runs, their metrics and logs, what they begin with, what comes of them, how they did on the test split, what
they suggest for images; the presets of their settings."""

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Lower, Now
from django.utils import timezone

from annotations.models import Image, Snapshot
from boxwright.jobs import Job
from boxwright.projects.models import Project
from boxwright.storage.named import Named
from boxwright.teams.models import Team, User

"""The hash of a run's best checkpoint, as its row names it."""
NAME_OF_BASE = 60
"""Characters of an uploaded file's name: in UTF-8 no longer than a folder's entry may be."""


class BaseFile(models.Model):
    """Weights that somebody uploaded: any run of the team may begin with them."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=NAME_OF_BASE)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "sha256"], name="one_base_file_a_content")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> Named:
        return Named(self.key, self.sha256)


class Sweep(models.Model):
    """Runs on one snapshot that differ in some settings only: one for each combination of the axes' values."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.RESTRICT, related_name="+")
    name = models.CharField(max_length=100)
    axes = models.JSONField(help_text="setting: its values")
    config = models.JSONField(default=dict, help_text="what all runs have, beside the models' defaults")
    stop_hopeless = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Run(Job):
    """One training on one snapshot. It survives its worker: checkpoints lie in the object store."""

    WORK = "training.work.train_run"
    SERIALIZER = "training.api.runs.RunSerializer"
    EVENT = "run"
    QUEUE = "train"
    PARTY = "sweep"
    AFTER = "snapshot"
    AT_END = {"phase": "", "eta_seconds": None}

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.RESTRICT, related_name="+")
    model = models.CharField(max_length=60)
    base = models.CharField(max_length=20, default="catalogue", help_text="catalogue, checkpoint, none")
    base_run = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="followers")
    base_file = models.ForeignKey(BaseFile, null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    sweep = models.ForeignKey(Sweep, null=True, on_delete=models.SET_NULL, related_name="runs")
    setting = models.JSONField(default=dict, help_text="of a sweep's run: its value on each axis")
    hopeless_at = models.PositiveIntegerField(null=True, help_text="epoch after which the sweep stopped it, once")
    phase = models.CharField(max_length=12, blank=True, default="")
    epoch = models.PositiveIntegerField(default=0)
    epochs = models.PositiveIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    loss = models.FloatField(null=True)
    eta_seconds = models.FloatField(null=True)
    estimate_seconds = models.FloatField(null=True)
    images = models.JSONField(null=True, help_text="labelled images in train and val")
    metrics = models.JSONField(default=dict, help_text="the best checkpoint's numbers on val")
    files = models.JSONField(default=dict, help_text="name: {key, sha256}")
    best = models.GeneratedField(
        expression=Cast(KT("files__best.pt__sha256"), models.CharField(max_length=64)),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        help_text="the SHA-256 of the best checkpoint. A column: on SQLite Django writes this expression in another "
        "order in each process, so that an index on it served one process in six",
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_run_a_number")]
        indexes = [models.Index(fields=["project", "best"], name="run_by_best")]

    def __str__(self) -> str:
        return f"{self.project_id} run {self.number}"

    @property
    def title(self) -> str:
        return f"run {self.number}"


class Metric(models.Model):
    """The numbers of one epoch. A resumed epoch overwrites its row."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="epoch_metrics")
    epoch = models.PositiveIntegerField()
    values = models.JSONField()
    seconds = models.FloatField()
    cpu_seconds = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "epoch"], name="one_metric_an_epoch")]

    def __str__(self) -> str:
        return f"{self.run_id} epoch {self.epoch}"


class LogLine(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="log_lines")
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="log_by_run")]

    def __str__(self) -> str:
        return self.text


class Artifact(Job):
    """The file(s) one target gives. Downloadable only once it was run against the checkpoint and agreed."""

    WORK = "training.work.make_artifact"
    SERIALIZER = "training.api.artifacts.ArtifactSerializer"
    EVENT = "artifact"
    QUEUE = "export"
    PROJECT = "run__project"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    target = models.CharField(max_length=20)
    quantization = models.CharField(max_length=20, default="none")
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=255, blank=True)
    files = models.JSONField(default=list)
    parity = models.JSONField(null=True)
    metrics = models.JSONField(null=True)
    eight_bits = models.JSONField(null=True, help_text="what of it is 8-bit numbers: activations, float_layers")
    latency_ms = models.FloatField(null=True)
    released = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "target", "quantization"], name="one_artifact_a_target")]
        indexes = [models.Index(fields=["sha256"], name="artifact_by_sha256")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.target}"

    @property
    def title(self) -> str:
        quantization = "" if self.quantization == "none" else f" {self.quantization}"
        return f"{self.target}{quantization} of {self.run.title}"


class TryLink(models.Model):
    """A link by which anybody may try a TF.js artifact until it expires; revoked, it is gone."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"to artifact {self.artifact_id}"


class Holdout(Job):
    """The evaluation of a run's best checkpoint on the test split, made when asked for; each look at it is counted."""

    WORK = "training.work.evaluate_holdout"
    SERIALIZER = "training.api.holdouts.HoldoutSerializer"
    EVENT = "holdout"
    QUEUE = "export"
    PROJECT = "run__project"

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="holdout")
    key = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    looks = models.PositiveIntegerField(default=0, help_text="how often its numbers were given out")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.run_id} on test"

    @property
    def title(self) -> str:
        return f"test of {self.run.title}"

    @property
    def report(self) -> Named:
        return Named(self.key, self.sha256)


class Prediction(Job):
    """A run's best checkpoint looks at a project's unlabelled images, and what it finds is suggested for them."""

    WORK = "training.work.predict_images"
    SERIALIZER = "training.api.suggestions.PredictionSerializer"
    EVENT = "prediction"
    QUEUE = "export"
    PROJECT = "run__project"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="predictions")
    chosen = models.JSONField(null=True, help_text="ids of images; null: all that are unlabelled")
    image_count = models.PositiveIntegerField(default=0, help_text="to look at, as last counted")
    done_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"suggestions {self.pk} by {self.run_id}"

    @property
    def title(self) -> str:
        return f"suggestions by {self.run.title}"


class Suggestions(models.Model):
    """What a model found in an image, apart from its annotations: a person who takes one saves it under its id."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="+")
    run = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64, help_text="of the checkpoint or artifact that found them")
    shown_score = models.FloatField(help_text="the least score that is worth showing")
    boxes = models.JSONField(help_text="id, label's id, x_min, y_min, x_max, y_max, score; best first")
    rejected = models.JSONField(default=list, help_text="ids that a person put away")
    # What became of them: `training.fates` counts it in each transaction that changes it.
    open_count = models.PositiveIntegerField(default=0)
    taken_count = models.PositiveIntegerField(default=0)
    moved_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "open_count", "taken_count", "moved_count", "rejected_count", "image"],
                name="suggestions_by_run",
            )
        ]

    def __str__(self) -> str:
        return f"of image {self.image_id}"


class SentPicture(models.Model):
    """A picture that a model sent, by its look: the next ones like it are dropped."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, primary_key=True, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    look = models.BigIntegerField(help_text="as `annotations.imaging.look_of` has it")

    class Meta:
        indexes = [models.Index(fields=["project", "-image"], name="sent_picture_by_age")]

    def __str__(self) -> str:
        return f"image {self.image_id}"


class Preset(models.Model):
    """Settings of a run that a team keeps under a name; a run that was started with them does not point here."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    model = models.CharField(max_length=60)
    config = models.JSONField(default=dict, help_text="what differs from the model's defaults")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("team", Lower("name"), name="one_preset_a_name")]

    def __str__(self) -> str:
        return self.name

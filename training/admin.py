"""Runs, artifacts and presets for whoever runs the installation: to look at, not to change."""

from django.contrib import admin

from training.models import Artifact, BaseFile, Holdout, Prediction, Preset, Run, Sweep


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # not subscriptable at run time
    list_display = ["__str__", "status", "phase", "model", "epoch", "epochs", "attempt", "created_at"]
    list_filter = ["status", "model"]
    list_select_related = ["project"]
    raw_id_fields = ["project", "snapshot", "base_run", "base_file", "sweep", "created_by"]


@admin.register(Sweep)
class SweepAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "project", "stop_hopeless", "created_at"]
    list_select_related = ["project"]
    raw_id_fields = ["project", "snapshot", "created_by"]


@admin.register(Artifact)
class ArtifactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "status", "target", "quantization", "size", "created_at"]
    list_filter = ["status", "target"]
    raw_id_fields = ["run", "created_by"]


@admin.register(Holdout)
class HoldoutAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "status", "looks", "created_at"]
    list_filter = ["status"]
    raw_id_fields = ["run", "created_by"]


@admin.register(Prediction)
class PredictionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "status", "image_count", "done_count", "created_at"]
    list_filter = ["status"]
    raw_id_fields = ["run", "created_by"]


@admin.register(Preset)
class PresetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "team", "model", "created_at"]
    list_filter = ["model"]
    list_select_related = ["team"]
    raw_id_fields = ["team", "created_by"]


@admin.register(BaseFile)
class BaseFileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["__str__", "team", "size", "created_at"]
    raw_id_fields = ["team", "created_by"]

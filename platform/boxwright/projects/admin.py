from django.contrib import admin
from django.http import HttpRequest

from boxwright.projects.models import Label, Project


class LabelInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Label
    can_delete = False
    fields = ["name", "color", "annotation_count"]
    readonly_fields = ["name", "color", "annotation_count"]

    def has_add_permission(self, _request: HttpRequest, _obj: Project | None = None) -> bool:
        """Labels are made by `labels.add_labels`, which knows the rule."""
        return False


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Counters and seed are kept by the product, not by hand."""

    list_display = ["slug", "name", "team", "task", "created_at", "deleted_at"]
    search_fields = ["slug", "name"]
    fields = ["slug", "name", "team", "task"]
    readonly_fields = ["team", "task"]
    inlines = [LabelInline]

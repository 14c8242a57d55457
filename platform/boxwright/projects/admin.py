from django.contrib import admin

from boxwright.projects.models import Label, Project


class LabelInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Label
    extra = 0
    readonly_fields = ["annotation_count"]


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Counters and seed are kept by the product, not by hand."""

    list_display = ["slug", "name", "team", "task", "created_at", "deleted_at"]
    search_fields = ["slug", "name"]
    fields = ["slug", "name", "team", "task"]
    readonly_fields = ["team", "task"]
    inlines = [LabelInline]

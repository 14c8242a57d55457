"""Django's admin, where BOXWRIGHT_ADMIN is on. It has no login of its own: staff log in on the pages first."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from boxwright.teams.models import Membership, Team, User


def no_login(request: HttpRequest, **_context: Any) -> HttpResponse:
    """One door, and one throttle, for whoever tries passwords."""
    if request.user.is_authenticated:
        return HttpResponse("This page is for staff.", status=403, content_type="text/plain")
    return HttpResponseRedirect("/")


admin.site.login = no_login  # type: ignore[method-assign,assignment]


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    raw_id_fields = ["user"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts to look at and to switch off; passwords are set by their owners."""

    list_display = ["email", "name", "is_active", "is_staff", "created_at"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser"]

    def has_add_permission(self, request: Any) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["slug", "name", "created_at"]
    search_fields = ["slug", "name"]
    inlines = [MembershipInline]

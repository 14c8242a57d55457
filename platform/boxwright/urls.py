"""The URL map: the API under /api/v1/, Django's admin, and the frontend's one page for everything else."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from boxwright import views
from boxwright.health import PATH, health

API: list[URLPattern | URLResolver] = [
    path("", include("boxwright.teams.api.urls")),
    path("", include("boxwright.projects.api.urls")),
    path("", include("annotations.api.urls")),
    path("", include("training.api.urls")),
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.DocsView.as_view(url_name="schema"), name="docs"),
]

ADMIN = [path("admin/", admin.site.urls)] if settings.ADMIN else []

urlpatterns = [
    path(PATH.removeprefix("/"), health, name="health"),
    *ADMIN,
    path("api/v1/", include(API)),
    path("api/<path:rest>", views.no_endpoint, name="no-endpoint"),
    re_path(r"^(?!api/|admin/|static/|assets/).*$", views.page, name="page"),
]

handler404 = views.not_found
handler500 = views.server_error

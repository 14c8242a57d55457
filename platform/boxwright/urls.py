"""The URL map: the API under /api/v1/, Django's admin, and the frontend's one page for everything else."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

API: list[URLPattern | URLResolver] = [
    path("", include("boxwright.teams.api.urls")),
    path("", include("boxwright.projects.api.urls")),
    path("", include("annotations.api.urls")),
    path("", include("training.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(API)),
]

"""projects/, labels/ and what a team uses."""

from django.urls import URLPattern, path

from boxwright.projects.api import events, labels, projects, usage

urlpatterns: list[URLPattern] = [
    path("projects/", projects.ProjectsView.as_view(), name="projects"),
    path("projects/<int:project_id>/", projects.ProjectView.as_view(), name="project"),
    path("projects/<int:project_id>/labels/", labels.LabelsView.as_view(), name="labels"),
    path("projects/<int:project_id>/events/", events.project_events, name="events"),
    path("teams/<slug:slug>/usage/", usage.UsageView.as_view(), name="team-usage"),
    path("labels/<int:label_id>/", labels.LabelView.as_view(), name="label"),
]

"""models/, targets/, runs/ and artifacts/."""

from django.urls import URLPattern, path

from training.api import (
    artifacts,
    base_files,
    catalogue,
    evaluations,
    holdouts,
    ingest,
    presets,
    run_progress,
    runs,
    suggestions,
    sweeps,
)

urlpatterns: list[URLPattern] = [
    path("models/", catalogue.ModelsView.as_view(), name="models"),
    path("models/timm/", catalogue.TimmModelsView.as_view(), name="models-timm"),
    path("targets/", catalogue.TargetsView.as_view(), name="targets"),
    path("teams/<slug:slug>/presets/", presets.PresetsView.as_view(), name="presets"),
    path("teams/<slug:slug>/presets/<int:preset_id>/", presets.PresetView.as_view(), name="preset"),
    path("teams/<slug:slug>/base-files/", base_files.BaseFilesView.as_view(), name="base-files"),
    path("teams/<slug:slug>/base-files/<int:file_id>/", base_files.BaseFileView.as_view(), name="base-file"),
    path("projects/<int:project_id>/runs/", runs.RunsView.as_view(), name="runs"),
    path("projects/<int:project_id>/runs/bases/", runs.BasesView.as_view(), name="run-bases"),
    path("projects/<int:project_id>/runs/estimate/", runs.EstimateView.as_view(), name="run-estimate"),
    path("projects/<int:project_id>/retrain/", runs.RetrainView.as_view(), name="retrain"),
    path("projects/<int:project_id>/sweeps/", sweeps.SweepsView.as_view(), name="sweeps"),
    path("projects/<int:project_id>/sweeps/estimate/", sweeps.SweepEstimateView.as_view(), name="sweep-estimate"),
    path("sweeps/<int:sweep_id>/", sweeps.SweepView.as_view(), name="sweep"),
    path("sweeps/<int:sweep_id>/cancel/", sweeps.SweepCancelView.as_view(), name="sweep-cancel"),
    path("sweeps/<int:sweep_id>/table/", sweeps.SweepTableView.as_view(), name="sweep-table"),
    path("sweeps/<int:sweep_id>/table/csv/", sweeps.SweepTableCsvView.as_view(), name="sweep-table-csv"),
    path("sweeps/<int:sweep_id>/curves/", sweeps.SweepCurvesView.as_view(), name="sweep-curves"),
    path("runs/latest/", runs.LatestRunsView.as_view(), name="runs-latest"),
    path("runs/<int:run_id>/", runs.RunView.as_view(), name="run"),
    path("runs/<int:run_id>/cancel/", runs.CancelView.as_view(), name="run-cancel"),
    path("runs/<int:run_id>/resume/", runs.ResumeView.as_view(), name="run-resume"),
    path("runs/<int:run_id>/continue/", runs.ContinueView.as_view(), name="run-continue"),
    path("runs/<int:run_id>/metrics/", run_progress.MetricsView.as_view(), name="run-metrics"),
    path("runs/<int:run_id>/log/", run_progress.LogView.as_view(), name="run-log"),
    path("runs/<int:run_id>/evaluation/", evaluations.EvaluationView.as_view(), name="run-evaluation"),
    path(
        "runs/<int:run_id>/comparison/<int:other_run_id>/", evaluations.ComparisonView.as_view(), name="run-comparison"
    ),
    path("runs/<int:run_id>/test/", holdouts.HoldoutView.as_view(), name="run-test"),
    path("runs/<int:run_id>/test/cancel/", holdouts.HoldoutCancelView.as_view(), name="run-test-cancel"),
    path("runs/<int:run_id>/test/look/", holdouts.HoldoutLookView.as_view(), name="run-test-look"),
    path("projects/<int:project_id>/predictions/", suggestions.PredictionsView.as_view(), name="predictions"),
    path(
        "predictions/<int:prediction_id>/cancel/", suggestions.PredictionCancelView.as_view(), name="prediction-cancel"
    ),
    path("projects/<int:project_id>/ingest/", ingest.IngestView.as_view(), name="ingest"),
    path("images/<int:image_id>/suggestions/", suggestions.SuggestionsView.as_view(), name="suggestions"),
    path(
        "images/<int:image_id>/suggestions/reject/",
        suggestions.RejectSuggestionsView.as_view(),
        name="suggestions-reject",
    ),
    path(
        "images/<int:image_id>/suggestions/restore/",
        suggestions.RestoreSuggestionsView.as_view(),
        name="suggestions-restore",
    ),
    path("runs/<int:run_id>/suggestions/", suggestions.FatesView.as_view(), name="run-suggestions"),
    path("runs/<int:run_id>/artifacts/", artifacts.ArtifactsView.as_view(), name="artifacts"),
    path("artifacts/<int:artifact_id>/", artifacts.ArtifactView.as_view(), name="artifact"),
    path("artifacts/<int:artifact_id>/cancel/", artifacts.ArtifactCancelView.as_view(), name="artifact-cancel"),
    path("artifacts/<int:artifact_id>/release/", artifacts.ArtifactReleaseView.as_view(), name="artifact-release"),
    path("artifacts/<int:artifact_id>/files/<path:name>", artifacts.ArtifactFileView.as_view(), name="artifact-file"),
    path("artifacts/<int:artifact_id>/download/", artifacts.ArtifactDownloadView.as_view(), name="artifact-download"),
]

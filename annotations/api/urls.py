"""images/, queue/, imports/, snapshots/, formats/."""

from django.urls import URLPattern, path

from annotations.api import (
    archive_uploads,
    images,
    import_review,
    imports,
    labeling,
    labelled,
    queue,
    snapshots,
    tile_boxes,
)

urlpatterns: list[URLPattern] = [
    path("projects/<int:project_id>/images/", images.ImagesView.as_view(), name="images"),
    path("projects/<int:project_id>/images/boxes/", tile_boxes.TileBoxesView.as_view(), name="tile-boxes"),
    path("images/<int:image_id>/", images.ImageView.as_view(), name="image"),
    path("images/<int:image_id>/place/", images.PlaceView.as_view(), name="image-place"),
    path("images/<int:image_id>/file/", images.FileView.as_view(), name="image-file"),
    path("images/<int:image_id>/preview/", images.PreviewView.as_view(), name="image-preview"),
    path("images/<int:image_id>/thumbnail/", images.ThumbnailView.as_view(), name="image-thumbnail"),
    path("projects/<int:project_id>/queue/next/", queue.NextView.as_view(), name="queue-next"),
    path("images/<int:image_id>/claim/", queue.ClaimView.as_view(), name="claim"),
    path("images/<int:image_id>/annotations/", labeling.AnnotationsView.as_view(), name="annotations"),
    path("images/<int:image_id>/revisions/", labeling.RevisionsView.as_view(), name="revisions"),
    path("images/<int:image_id>/revisions/<int:number>/restore/", labeling.RestoreView.as_view(), name="restore"),
    path("labels/<int:label_id>/annotations/", labelled.LabelledView.as_view(), name="labelled"),
    path("labels/<int:label_id>/merge/", imports.MergeView.as_view(), name="label-merge"),
    path("projects/sample/", imports.SampleView.as_view(), name="sample"),
    path("projects/<int:project_id>/imports/", imports.ImportsView.as_view(), name="imports"),
    path(
        "projects/<int:project_id>/imports/uploads/",
        archive_uploads.ArchiveUploadsView.as_view(),
        name="import-uploads",
    ),
    path(
        "projects/<int:project_id>/imports/uploads/<int:upload_id>/",
        archive_uploads.ArchiveUploadView.as_view(),
        name="import-upload",
    ),
    path("imports/<int:import_id>/", imports.ImportView.as_view(), name="import"),
    path("imports/<int:import_id>/cancel/", imports.ImportCancelView.as_view(), name="import-cancel"),
    path("imports/<int:import_id>/findings/", imports.FindingsView.as_view(), name="import-findings"),
    path("imports/<int:import_id>/findings/csv/", imports.FindingsTableView.as_view(), name="import-findings-csv"),
    path("imports/<int:import_id>/review/", import_review.ReviewView.as_view(), name="import-review"),
    path("imports/<int:import_id>/review/images/", import_review.ReviewImagesView.as_view(), name="import-images"),
    path(
        "imports/<int:import_id>/images/<slug:sha256>/preview/",
        import_review.ReviewPreviewView.as_view(),
        name="import-image-preview",
    ),
    path("imports/<int:import_id>/apply/", import_review.ImportApplyView.as_view(), name="import-apply"),
    path("imports/<int:import_id>/read/", import_review.ImportReadView.as_view(), name="import-read"),
    path("projects/<int:project_id>/snapshots/", snapshots.SnapshotsView.as_view(), name="snapshots"),
    path("snapshots/<int:snapshot_id>/", snapshots.SnapshotView.as_view(), name="snapshot"),
    path("snapshots/<int:snapshot_id>/cancel/", snapshots.SnapshotCancelView.as_view(), name="snapshot-cancel"),
    path("snapshots/<int:snapshot_id>/manifest/", snapshots.ManifestView.as_view(), name="manifest"),
    path("snapshots/<int:snapshot_id>/download/<slug:format_name>/", snapshots.DownloadView.as_view(), name="download"),
    path(
        "snapshots/<int:snapshot_id>/download/<slug:format_name>/losses/",
        snapshots.LossesView.as_view(),
        name="download-losses",
    ),
    path("snapshots/<int:snapshot_id>/diff/<int:other_id>/", snapshots.DiffView.as_view(), name="diff"),
    path("formats/", snapshots.FormatsView.as_view(), name="formats"),
]

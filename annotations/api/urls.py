"""images/, queue/, imports/, snapshots/, formats/."""

from django.urls import URLPattern, path

from annotations.api import images, labeling

urlpatterns: list[URLPattern] = [
    path("projects/<int:project_id>/images/", images.ImagesView.as_view(), name="images"),
    path("images/<int:image_id>/", images.ImageView.as_view(), name="image"),
    path("images/<int:image_id>/file/", images.FileView.as_view(), name="image-file"),
    path("images/<int:image_id>/preview/", images.PreviewView.as_view(), name="image-preview"),
    path("images/<int:image_id>/thumbnail/", images.ThumbnailView.as_view(), name="image-thumbnail"),
    path("projects/<int:project_id>/queue/next/", labeling.NextView.as_view(), name="queue-next"),
    path("images/<int:image_id>/claim/", labeling.ClaimView.as_view(), name="claim"),
    path("images/<int:image_id>/annotations/", labeling.AnnotationsView.as_view(), name="annotations"),
    path("images/<int:image_id>/revisions/", labeling.RevisionsView.as_view(), name="revisions"),
    path("images/<int:image_id>/revisions/<int:number>/restore/", labeling.RestoreView.as_view(), name="restore"),
]

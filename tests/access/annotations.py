"""Images, annotations, queues, imports, snapshots."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from annotations import labeling, snapshots, trash, uploads
from annotations.bulk import change_images
from annotations.imports.uploads import begin_upload
from annotations.models import Image, Import, Snapshot
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.access.table import Row, World
from tests.annotations.archives import zipped
from tests.annotations.images import picture

SEES = "401 404 200 200 200 200"
BYTES = "401 404 200/302 200/302 200/302 200/302"


def upload(_world: World) -> dict[str, Any]:
    return {"files": [SimpleUploadedFile("new.jpg", picture(99))]}


def archive(_world: World) -> dict[str, Any]:
    return {"archive": SimpleUploadedFile("set.zip", zipped({"a.jpg": picture(98)}))}


def merge(world: World) -> dict[str, Any]:
    return {"into": world.own["other_label_id"]}


def foreign_merge(world: World) -> dict[str, Any]:
    return {"into": world.foreign["other_label_id"]}


def foreign_label(world: World) -> dict[str, Any]:
    sides = {"x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}
    mark = {"id": "0190a0de-0000-7000-8000-000000000001", "label": world.foreign["other_label_id"], **sides}
    return {"base_revision": 1, "upsert": [mark]}


def labelled(world: World) -> dict[str, Any]:
    return SOME | {"label": world.own["other_label_id"]}


def foreign_labelled(world: World) -> dict[str, Any]:
    return SOME | {"label": world.foreign["other_label_id"]}


SOME: dict[str, Any] = {"filter": {"queue": "labelled"}}
TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

ROWS: list[Row] = [
    Row("GET", "images", SEES),
    Row("POST", "images", "401 404 403 200 200 200", upload, form=True),
    Row("GET", "tile-boxes", SEES),
    Row("GET", "labelled", SEES),
    Row("GET", "image", SEES),
    Row("DELETE", "image", "401 404 403 403 204 204"),
    Row("GET", "image-place", SEES),
    Row("POST", "images-move", "401 404 403 201 201 201", SOME | {"queue": "review"}),
    Row("POST", "images-label", "401 404 403 201 201 201", labelled, foreign=foreign_labelled),
    Row("POST", "images-assign", "401 404 403 403 201 201", SOME | {"person": None}),
    Row("POST", "images-give-back", "401 404 403 201 201 201", SOME),
    Row("POST", "images-delete", "401 404 403 403 201 201", SOME),
    Row("GET", "bulk-change", SEES),
    Row("POST", "bulk-cancel", "401 404 403 409 409 409"),
    Row("POST", "bulk-undo", "401 404 403 201 201 201"),
    Row("GET", "trash", "401 404 403 403 200 200"),
    Row("POST", "trash-restore", "401 404 403 403 201 201", {"all": True}),
    Row("POST", "trash-delete", "401 404 403 403 201 201", {"all": True}),
    Row("GET", "trash-thumbnail", "401 404 403 403 200 200"),
    Row("GET", "image-file", BYTES),
    Row("GET", "image-preview", SEES),
    Row("GET", "image-thumbnail", SEES),
    Row("POST", "queue-next", "401 404 403 200 200 200", {"queue": "labelled"}),
    Row("POST", "queue-along", "401 404 403 200 200 200"),
    Row("DELETE", "queue-along", "401 404 403 204 204 204"),
    Row("DELETE", "queue-along-of", "401 404 403 403 204 204"),
    Row("POST", "claim", "401 404 403 200 200 200"),
    Row("DELETE", "claim", "401 404 403 204 204 204"),
    Row("POST", "presence", "401 404 204 204 204 204"),
    Row("DELETE", "presence", "401 404 204 204 204 204"),
    Row("GET", "annotations", SEES),
    Row(
        "PATCH",
        "annotations",
        "401 404 403 200 200 200",
        {"base_revision": 1, "queue": "review"},
        foreign=foreign_label,
    ),
    Row("GET", "revisions", SEES),
    Row("GET", "revision", SEES),
    Row("POST", "restore", "401 404 403 200 200 200"),
    Row("POST", "label-merge", "401 404 403 403 200 200", merge, foreign=foreign_merge),
    Row("POST", "sample", "401 404 403 403 201 201", {"team": "plates"}, foreign={"team": "strangers"}),
    Row("GET", "imports", SEES),
    Row("POST", "imports", "401 404 403 201 201 201", archive, form=True),
    Row("POST", "import-uploads", "401 404 403 201 201 201", headers={**TUS, "Upload-Length": "9"}),
    # An owner's: nobody else finds it.
    Row("GET", "import-upload", "401 404 403 404 404 200", headers=TUS),
    Row("PATCH", "import-upload", "401 404 403 404 404 204", headers=PART, raw=b"part"),
    Row("DELETE", "import-upload", "401 404 403 404 404 204", headers=TUS),
    Row("GET", "import", SEES),
    # Import and snapshot have succeeded: whoever may cancel is told that it can't be done.
    Row("POST", "import-cancel", "401 404 403 409 409 409"),
    Row("GET", "import-findings", SEES),
    Row("GET", "import-findings-csv", SEES),
    # There is nothing to decide any more, and no picture but the project's.
    Row("GET", "import-review", "401 404 409 409 409 409"),
    Row("GET", "import-images", "401 404 409 409 409 409"),
    Row("GET", "import-image-preview", "401 404 404 404 404 404"),
    Row("POST", "import-apply", "401 404 403 409 409 409", {}),
    Row("POST", "import-read", "401 404 403 409 409 409", {}),
    Row("GET", "snapshots", SEES),
    Row("POST", "snapshots", "401 404 403 403 201 201"),
    Row("GET", "snapshot", SEES),
    Row("POST", "snapshot-cancel", "401 404 403 403 409 409"),
    Row("GET", "manifest", SEES),
    Row("GET", "download", SEES),
    Row("GET", "download-losses", SEES),
    Row("GET", "diff", SEES),
    Row("GET", "formats", "401 200 200 200 200 200"),
]


def build(world: World) -> None:
    """The stranger's revision number and format are such as do not exist, so that each position can be tried."""
    world.own |= _build(world.project, world.users["owner"]) | {"number": 1, "format_name": "voc", "sha256": "0" * 64}
    world.foreign |= _build(world.foreign_project, world.users["stranger"]) | {
        "number": 77,
        "format_name": "none",
        "sha256": "1" * 64,
    }


def _build(project: Project, author: User) -> dict[str, Any]:
    image = uploads.add_images(project=project, author=author, files=[_file(project.pk)]).created[0]
    labeling.save(image=Image.objects.get(pk=image.pk), author=author, base_revision=0, queue="labelled")
    (gone,) = uploads.add_images(project=project, author=author, files=[_file(project.pk + 500)]).created
    trash.discard(project, [gone.pk], author)
    moved = change_images(project=project, author=author, deed="move", images=[image.pk], asked={"queue": "labelled"})
    other = Label.objects.create(project=project, name="other", color="#AA53FB", position=9)
    made = [_snapshot(project, author) for _ in range(2)]
    job = Import.objects.create(project=project, created_by=author, status="succeeded", archive_key="gone")
    upload = begin_upload(project=project, author=author, name="a.zip", length=9)
    return {
        "image_id": image.pk,
        "person_id": author.pk,
        "trashed_id": gone.pk,
        "change_id": moved.pk,
        "upload_id": upload.pk,
        "other_label_id": other.pk,
        "snapshot_id": made[0],
        "other_id": made[1],
        "import_id": job.pk,
    }


def _file(seed: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("one.jpg", picture(seed))


def _snapshot(project: Project, author: User) -> int:
    snapshot: Snapshot = snapshots.create_snapshot(project=project, author=author)
    attempt(Snapshot, snapshot.pk)
    return snapshot.pk

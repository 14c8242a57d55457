"""Open Images, CSV and TFRecord through the whole of an import, and out again by a download."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from annotations.dataset.records import AnnotationRecord, Box, ImageRecord
from annotations.formats import FORMATS
from annotations.formats.layout import Header
from annotations.models import Annotation, Image
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, zipped_folder
from tests.annotations.formats.laying import lay
from tests.annotations.images import body_of

CAT = AnnotationRecord("cat", Box(16, 12, 32, 24))


@pytest.mark.parametrize("name", ["openimages", "csv", "tfrecord"])
def test_what_is_written_is_imported_and_exported_again(
    name: str,
    project: Project,
    mona: User,
    as_user: Callable[[User], APIClient],
    django_capture_on_commit_callbacks: Commits,
    tmp_path: Path,
) -> None:
    client, commits = as_user(mona), django_capture_on_commit_callbacks
    images = [
        ImageRecord("a.jpg", "1" * 64, 64, 48, queue="labelled", annotations=(CAT,)),
        ImageRecord("b.jpg", "2" * 64, 64, 48, queue="labelled", split="val"),
        ImageRecord("c.jpg", "3" * 64, 64, 48),
    ]
    lay(FORMATS[name], Header("detection", ("cat",), "Pets"), images, tmp_path)
    done = import_zip(client, project, zipped_folder(tmp_path), commits)
    assert (done["status"], done["format"], done["progress"]["done"]) == ("succeeded", name, 3)
    assert done["counts"]["images_created"] == 3
    assert [found["severity"] for found in done["findings"]] == ["info"]
    assert sorted(Image.objects.values_list("name", "queue")) == [
        ("a.jpg", "labelled"),
        ("b.jpg", "labelled"),
        ("c.jpg", "unlabelled"),
    ]
    assert list(Annotation.objects.values_list("label__name", "x_min", "y_max")) == [("cat", 16, 24)]
    with commits(execute=True):
        snapshot = client.post(f"/api/v1/projects/{project.pk}/snapshots/", {}, format="json").json()
    data = body_of(client.get(f"/api/v1/snapshots/{snapshot['id']}/download/{name}/"))
    again = import_zip(client, project, data, commits)["counts"]
    assert (again["images_created"], again["annotations_created"], again["annotations_existing"]) == (0, 0, 1)

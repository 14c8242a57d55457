"""What became of a run's suggestions costs the same however many there are, whoever changed their images."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.models import Image, Import
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, voc, zipped
from tests.annotations.images import picture, upload
from tests.training.conftest import MakeRun
from training import fates, ingest
from training.fates import Fates
from training.models import Run, Suggestions
from training.suggestions import Origin, keep

Client = Callable[[User], APIClient]
BOX = {"label": "cat", "score": 0.9, "x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    return make_run(status="succeeded")


def suggested(project: Project, run: Run, count: int) -> list[Image]:
    row = {"project": project, "width": 64, "height": 48, "size": 1, "content_type": "image/jpeg"}
    start = Image.objects.count()
    rows = [Image(sha256=f"{start + at:064x}", name=f"{at}.jpg", **row) for at in range(count)]
    images = Image.objects.bulk_create(rows)
    Project.objects.filter(pk=project.pk).update(unlabelled_count=start + count)
    keep(project, Origin("0" * 64, run, 0.4), {image.pk: [BOX] for image in images})
    return images


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_the_page_of_a_run_asks_as_much_of_fifty_images_as_of_one(
    as_user: Client, bob: User, project: Project, run: Run
) -> None:
    client = as_user(bob)
    asked = []
    for count in (1, 50):
        suggested(project, run, count)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/runs/{run.pk}/suggestions/")
        asked.append([query["sql"] for query in queries])
    assert len(asked[0]) == len(asked[1])
    (sums,) = [sql for sql in asked[1] if "training_suggestions" in sql]
    if connection.vendor == "sqlite":  # PostgreSQL reads so small a table from end to end
        assert "COVERING INDEX suggestions_by_run" in plan_of(sums)
    assert fates.fates_of(run) == Fates(images=51, open=51)


def test_an_import_that_labels_images_counts_too(
    as_user: Client, mona: User, project: Project, run: Run, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(mona)
    upload(client, project, a__jpg=picture(1), b__jpg=picture(2), c__jpg=picture(3))
    same, other, left = Image.objects.order_by("name")
    keep(project, Origin("0" * 64, run, 0.4), {image.pk: [BOX] for image in (same, other, left)})
    sheets = zipped({"a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9)), "b.xml": voc("b.jpg", ("cat", 30, 20, 50, 40))})
    body: dict[str, Any] = {"archive": SimpleUploadedFile("set.zip", sheets)}
    with django_capture_on_commit_callbacks():
        job = client.post(f"/api/v1/projects/{project.pk}/imports/", body, format="multipart").json()["id"]
    attempt(Import, job)
    assert fates.fates_of(run) == Fates(images=3, open=1, moved=1, rejected=1)


def test_a_merged_label_leaves_taken_what_was_taken(as_user: Client, mona: User, project: Project, run: Run) -> None:
    (image,) = suggested(project, run, 1)
    client = as_user(mona)
    (box,) = client.get(f"/api/v1/images/{image.pk}/suggestions/").json()["boxes"]
    into = client.post(f"/api/v1/projects/{project.pk}/labels/", {"name": "lynx"}).json()["id"]
    save = {"base_revision": 0, "upsert": [{**box, "source": "model"}]}
    assert client.patch(f"/api/v1/images/{image.pk}/annotations/", save).status_code == 200
    assert client.post(f"/api/v1/labels/{box['label']}/merge/", {"into": into}).status_code == 200
    fates.count(project.pk, [image.pk])
    assert fates.fates_of(run) == Fates(images=1, taken=1)


def test_the_run_of_a_file_is_found_by_an_index(project: Project, make_run: MakeRun) -> None:
    runs = [make_run(status="succeeded", files={"best.pt": {"key": "k", "sha256": f"{at:064x}"}}) for at in range(20)]
    with CaptureQueriesContext(connection) as queries:
        assert ingest._run_of(project, f"{7:064x}") == runs[7]
    plans = [plan_of(query["sql"]) for query in queries]
    if connection.vendor == "sqlite":
        assert ["artifact_by_sha256" in plans[0], "run_by_best" in plans[1]] == [True, True], plans


def test_a_save_of_an_image_without_suggestions_pays_nothing(
    as_user: Client, bob: User, project: Project, run: Run
) -> None:
    with_one, without = suggested(project, run, 2)
    Suggestions.objects.filter(image=without).delete()
    Image.objects.filter(pk=without.pk).update(uncertainty=0)
    label = Label.objects.get(project=project, name="cat").pk
    box = {**BOX, "label": label, "score": None, "id": "01890000-0000-7000-8000-000000000000"}
    read = []
    for image in (with_one, without):
        with CaptureQueriesContext(connection) as queries:
            save = {"base_revision": 0, "upsert": [box]}
            assert as_user(bob).patch(f"/api/v1/images/{image.pk}/annotations/", save).status_code == 200
        read.append(sum("training_" in query["sql"] for query in queries))
    assert read == [2, 0]

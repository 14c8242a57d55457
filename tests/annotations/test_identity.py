"""What an annotation's id means: the image's own, known to nobody else; and how an older database got there."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rest_framework.test import APIClient

from annotations.models import Annotation, Image
from annotations.recount import recount
from boxwright.projects.models import Label, Project
from boxwright.teams.models import Team, User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.pictures import box, picture, save, upload
from tests.conftest import make_project

AsUser = Callable[[User], APIClient]


@pytest.fixture
def foreign(charlie: User) -> Project:
    team = Team.objects.get(slug="strangers")
    made = Project.objects.create(team=team, slug="foreign", name="Foreign", task="detection")
    Label.objects.create(project=made, name="raccoon", color="#AA53FB")
    return made


def test_one_id_on_two_images_is_two_annotations(
    project: Project, image: Image, foreign: Project, bob: User, charlie: User, as_user: AsUser
) -> None:
    """A stranger who saves a known id gets what anybody gets for a fresh one, and takes nothing from the other."""
    theirs = upload(as_user(charlie), foreign, b__jpg=picture(2))["created"][0]["id"]
    mark, fresh = box(project), box(foreign)
    assert save(as_user(bob), image.pk, upsert=[mark]).status_code == 200
    same = {**fresh, "id": mark["id"]}
    answers = [save(as_user(charlie), theirs, n, upsert=[row]).json() for n, row in enumerate((same, fresh))]
    assert [answer["revision"] for answer in answers] == [1, 2]
    assert {row["id"] for row in answers[1]["annotations"]} == {mark["id"], fresh["id"]}
    save(as_user(charlie), theirs, 2, upsert=[{**same, "x_max": 40}])
    save(as_user(charlie), theirs, 3, delete=[mark["id"]])
    kept = Annotation.objects.get(id=mark["id"])
    assert (kept.image_id, kept.x_max, recount()) == (image.pk, mark["x_max"], [])


def test_a_stranger_can_not_make_an_import_fail(
    project: Project,
    foreign: Project,
    bob: User,
    charlie: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    """The ids of an import can be computed; whoever saves them first, on their own image, changes nothing for it."""
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", ("raccoon", 1, 2, 30, 40))})
    twin = make_twin(project)
    import_zip(as_user(bob), twin, archive, django_capture_on_commit_callbacks)
    computed = Annotation.objects.get().id
    Image.objects.filter(project=twin).delete()
    theirs = upload(as_user(charlie), foreign, b__jpg=picture(2))["created"][0]["id"]
    assert save(as_user(charlie), theirs, upsert=[{**box(foreign), "id": str(computed)}]).status_code == 200
    done = import_zip(as_user(bob), twin, archive, django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 1)
    assert Annotation.objects.filter(id=computed).count() == 2


def make_twin(project: Project) -> Project:
    Project.objects.filter(pk=project.pk).update(slug="first")
    made = project.created_by
    assert made is not None
    return make_project(project.team, made)


def state(apps: Any) -> set[tuple[Any, ...]]:
    columns = (
        "id",
        "image_id",
        "label_id",
        "x_min",
        "y_max",
        "source",
        "score",
        "revision",
        "created_at",
        "updated_at",
    )
    return set(apps.get_model("annotations", "Annotation").objects.values_list(*columns))


@pytest.mark.django_db(transaction=True)
def test_annotations_of_an_older_installation_move_over() -> None:
    executor = MigrationExecutor(connection)
    before = [("annotations", "0006_database_time"), ("projects", "0001_initial")]
    try:
        executor.migrate(before)
        old = executor.loader.project_state(before).apps
        team = old.get_model("teams", "Team").objects.create(slug="t", name="T")
        project = old.get_model("projects", "Project").objects.create(team_id=team.pk, slug="p", name="P", task="x")
        label = old.get_model("projects", "Label").objects.create(project=project, name="cat", color="#000000")
        make = old.get_model("annotations", "Image").objects.create
        shape = {"project": project, "width": 9, "height": 9, "size": 1, "content_type": "x", "revision": 1}
        images = [make(sha256=f"{n:064}", name=f"{n}", **shape) for n in range(3)]
        sides = {"x_min": 1, "y_min": 1, "x_max": 2, "y_max": 3.5}
        old.get_model("annotations", "Annotation").objects.bulk_create(
            old.get_model("annotations", "Annotation")(
                id=uuid.uuid4(), image=image, label=label, revision=1, score=0.5, **(sides if n % 2 else {})
            )
            for image in images
            for n in range(4)
        )
        rows = state(old)
    finally:
        call_command("migrate", verbosity=0)
    new = MigrationExecutor(connection).loader.project_state().apps
    assert (len(rows), state(new)) == (12, rows)
    first = Annotation.objects.first()
    assert first is not None
    assert first.pk == (first.image_id, first.id)

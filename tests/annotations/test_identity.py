"""What an annotation's id means: the image's own, known to nobody else; and how an older database got there."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from annotations.models import Annotation, Image
from annotations.recount import recount
from boxwright.projects.models import Label, Project
from boxwright.teams.models import Team, User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, picture, save, upload
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

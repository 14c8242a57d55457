"""Merging labels."""

from collections.abc import Callable

from rest_framework.test import APIClient

from annotations.models import Annotation, Image
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.pictures import box, label_id, save

AsUser = Callable[[User], APIClient]


def test_merged_label_passes_its_annotations_on(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), image.pk, upsert=[box(project), box(project, 9, "cat"), box(project, 20, "cat")])
    cat, raccoon = label_id(project, "cat"), label_id(project)
    answer = as_user(mona).post(f"/api/v1/labels/{cat}/merge/", {"into": raccoon}, format="json")
    assert (answer.status_code, answer.json()["annotation_count"]) == (200, 3)
    assert set(Annotation.objects.values_list("label__name", flat=True)) == {"raccoon"}
    assert list(Label.objects.values_list("name", flat=True)) == ["raccoon"]


def test_label_does_not_merge_into_itself_or_another_project(project: Project, mona: User, as_user: AsUser) -> None:
    other = Project.objects.create(team=project.team, slug="other", name="Other", task="detection", seed=1)
    foreign = Label.objects.create(project=other, name="cat", color="#AA53FB")
    cat = label_id(project, "cat")
    for into in (cat, foreign.pk, 10**9):
        answer = as_user(mona).post(f"/api/v1/labels/{cat}/merge/", {"into": into}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "into")


def test_used_label_is_not_deleted(project: Project, image: Image, bob: User, mona: User, as_user: AsUser) -> None:
    save(as_user(bob), image.pk, upsert=[box(project)])
    answer = as_user(mona).delete(f"/api/v1/labels/{label_id(project)}/")
    assert (answer.status_code, Annotation.objects.count()) == (409, 1)

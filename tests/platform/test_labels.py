"""A project's labels."""

import uuid
from collections.abc import Callable

from rest_framework.test import APIClient

from annotations.models import Annotation, Image
from boxwright.events.models import Event
from boxwright.projects import labels
from boxwright.projects.models import Label, Project
from boxwright.projects.palette import COLORS, colored
from boxwright.teams.models import User

As = Callable[[User], APIClient]


def test_a_new_label_comes_last_with_the_next_colour(as_user: As, mona: User, project: Project) -> None:
    made = as_user(mona).post(f"/api/v1/projects/{project.pk}/labels/", {"name": "fox"})
    assert made.status_code == 201
    assert (made.json()["color"], made.json()["position"]) == (COLORS[2], 2)
    listed = as_user(mona).get(f"/api/v1/projects/{project.pk}/labels/").json()["results"]
    assert [label["name"] for label in listed] == ["raccoon", "cat", "fox"]


def test_colours_repeat_only_when_all_are_taken() -> None:
    assert list(colored([], [""] * (2 * len(COLORS) + 1))) == [*COLORS, *COLORS, COLORS[0]]


def test_a_label_may_change_the_case_of_its_own_name(as_user: As, mona: User, project: Project) -> None:
    cat = Label.objects.get(name="cat")
    changed = (
        as_user(mona).patch(f"/api/v1/labels/{cat.pk}/", {"name": "Cat", "color": "#abcdef", "position": 5}).json()
    )
    assert (changed["name"], changed["color"], changed["position"]) == ("Cat", "#ABCDEF", 5)


def test_a_label_that_annotations_carry_is_not_deleted(as_user: As, mona: User, project: Project) -> None:
    cat, raccoon = Label.objects.get(name="cat"), Label.objects.get(name="raccoon")
    image = Image.objects.create(
        project=project, sha256="0" * 64, name="a.jpg", width=9, height=9, size=1, content_type="image/jpeg"
    )
    Annotation.objects.create(id=uuid.uuid4(), image=image, label=cat, revision=1)
    assert as_user(mona).delete(f"/api/v1/labels/{cat.pk}/").status_code == 409
    assert as_user(mona).delete(f"/api/v1/labels/{raccoon.pk}/").status_code == 204
    assert list(Label.objects.all()) == [cat]


def told_labels() -> list[list[str]]:
    """Name and colour of the labels in each event, oldest first."""
    events = Event.objects.filter(kind="labels").order_by("pk")
    return [[f"{label['name']} {label['color']}" for label in event.data["labels"]] for event in events]


def test_new_labels_are_told_with_their_colours(as_user: As, mona: User, project: Project) -> None:
    Event.objects.all().delete()
    as_user(mona).post(f"/api/v1/projects/{project.pk}/labels/", {"name": "fox"})
    labels.add_labels(project, [labels.NewLabel("owl"), labels.NewLabel("elk")])
    labels.add_labels(project, [])
    assert told_labels() == [[f"fox {COLORS[2]}"], [f"owl {COLORS[3]}", f"elk {COLORS[4]}"]]


def test_another_name_or_colour_is_told(as_user: As, mona: User, project: Project) -> None:
    cat = Label.objects.get(name="cat")
    Event.objects.all().delete()
    as_user(mona).patch(f"/api/v1/labels/{cat.pk}/", {"name": "lynx"})
    as_user(mona).patch(f"/api/v1/labels/{cat.pk}/", {"color": "#abcdef"})
    assert told_labels() == [[f"lynx {cat.color}"], ["lynx #ABCDEF"]]

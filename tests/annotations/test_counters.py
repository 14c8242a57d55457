"""Counters have one owner: whatever two people do, in whatever order, they agree with what is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations import label_merges
from annotations.labeling.revisions import replay
from annotations.labeling.saving import restore, save
from annotations.models import Annotation, Image, Revision
from annotations.recount import recount
from boxwright.errors import DomainError
from boxwright.projects.labels import NewLabel, add_labels, delete_label
from boxwright.projects.models import QUEUES, Label, Project
from boxwright.teams.models import User
from tests.annotations.images import delete_for_good
from tests.annotations.test_together import mark

IMAGES = 3
Deeds = list[tuple[Callable[..., None], int, int, int, int]]


class Two:
    """Two people in one project. Each saves on what they last saw of an image, however old that is."""

    def __init__(self, project: Project, people: tuple[User, User]) -> None:
        self.project, self.people = project, people
        shape = {"width": 640, "height": 480, "size": 1, "content_type": "image/jpeg"}
        rows = [Image(project=project, sha256=f"{n:064x}", name=str(n), **shape) for n in range(IMAGES)]
        self.images = Image.objects.bulk_create(rows)
        Project.objects.filter(pk=project.pk).update(unlabelled_count=IMAGES, byte_count=IMAGES)
        self.seen: dict[tuple[int, int], tuple[int, list[dict[str, Any]]]] = {}
        for image in self.images:
            marks = [mark(label.pk) for label in Label.objects.filter(project=project) for _ in range(2)]
            save(image=image, author=people[0], base_revision=0, upsert=marks)

    def look(self, who: int, which: int, *_: int) -> None:
        image = Image.objects.filter(pk=self.images[which % IMAGES].pk).first()
        if image is None:
            return
        rows = [
            {**mark(a.label_id), "id": str(a.id)} for a in Annotation.objects.filter(image=image).order_by("label_id")
        ]
        self.seen[who, which % IMAGES] = image.revision, rows

    def save(self, who: int, which: int, one: int, two: int) -> None:
        base, rows = self.seen.get((who, which % IMAGES), (0, []))
        picked, gone = rows[one % 3 : one % 3 + 1], rows[two % 2 + 1 : two % 2 + 2]
        upsert = [{**row, "x_min": one + 1, "x_max": one + 9} for row in picked if row not in gone]
        upsert += [mark(self.label(one).pk) for _ in range(two % 3)]
        queue = QUEUES[two % 5] if one % 4 == 0 else ""
        delete = [row["id"] for row in gone]
        image = self.images[which % IMAGES]
        save(image=image, author=self.people[who], base_revision=base, upsert=upsert, delete=delete, queue=queue)

    def restore(self, who: int, which: int, one: int, _two: int) -> None:
        restore(image=self.images[which % IMAGES], author=self.people[who], number=one + 1)

    def merge(self, who: int, _which: int, one: int, two: int) -> None:
        label_merges.merge_label(label=self.label(one), into_id=self.label(one + 1 + two).pk, author=self.people[who])

    def drop_label(self, _who: int, _which: int, one: int, _two: int) -> None:
        delete_label(self.label(one))

    def add_label(self, _who: int, _which: int, one: int, _two: int) -> None:
        add_labels(self.project, [NewLabel(f"label {one}")])

    def remove(self, _who: int, which: int, *_: int) -> None:
        """One image always stays."""
        if which % IMAGES:
            delete_for_good(self.images[which % IMAGES])

    def label(self, number: int) -> Label:
        rows = list(Label.objects.filter(project=self.project).order_by("pk"))
        return rows[number % len(rows)] if rows else add_labels(self.project, [NewLabel("first")])[0]


SAFE = (Two.look, Two.save, Two.restore, Two.merge, Two.add_label)
DEEDS = (*SAFE, *SAFE, Two.save, Two.drop_label, Two.remove)
steps = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 1), *[st.integers(0, 7)] * 3), min_size=5, max_size=15
)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check(project: Project) -> None:
    assert recount() == []
    for image in Image.objects.filter(project=project):
        history = list(Revision.objects.filter(image=image).order_by("number"))
        assert [row.number for row in history] == list(range(1, image.revision + 1))
        held = Annotation.objects.filter(image=image)
        assert {str(a.id): (a.x_min, a.label_id) for a in held} == {
            id_: (row["x_min"], row["label"]) for id_, row in replay(history).items()
        }


def play(project: Project, people: tuple[User, User], deeds: Deeds) -> None:
    with rolled_back():
        two = Two(project, people)
        for deed, *arguments in deeds:
            with suppress(DomainError), transaction.atomic():
                deed(two, *arguments)
            check(project)


def examples(number: int) -> settings:
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(deeds=steps)
@examples(10)
def test_counters_and_history_agree_with_what_is_there(project: Project, bob: User, mona: User, deeds: Deeds) -> None:
    play(project, (bob, mona), deeds)


@pytest.mark.full
@given(deeds=steps)
@examples(500)
def test_they_agree_after_many_more_plays(project: Project, bob: User, mona: User, deeds: Deeds) -> None:
    play(project, (bob, mona), deeds)


def test_a_counter_that_is_wrong_is_named_and_put_right(project: Project, bob: User) -> None:
    two = Two(project, (bob, bob))
    two.save(0, 0, 1, 2)
    label = Label.objects.get(name="cat")
    Label.objects.filter(pk=label.pk).update(annotation_count=7)
    Project.objects.filter(pk=project.pk).update(annotation_count=5, skipped_count=1)
    Image.objects.filter(pk=two.images[2].pk).update(annotation_count=9)
    lines = [
        f"image {two.images[2].pk}: annotation_count is 9, there are 4",
        f"label {label.pk}: annotation_count is 7, there are 8",
        f"project {project.pk}: skipped_count is 1, there are 0",
        f"project {project.pk}: annotation_count is 5, there are 14",
    ]
    assert recount() == lines
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("recount", stdout=said)
    assert said.getvalue().splitlines() == [*lines, "4 counters differ."]
    call_command("recount", fix=True, stdout=said)
    assert recount() == []

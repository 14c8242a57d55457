"""Eight people at once, on real connections: no lock error, nothing lost, nobody gets another's image."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection

from annotations import labeling, queue, snapshots
from annotations.models import Annotation, Image, Revision, Snapshot
from boxwright.errors import Conflict
from boxwright.jobs import Status
from boxwright.projects.models import Label, Project
from boxwright.teams.models import Membership, Role, Team, User

PEOPLE = 8


@pytest.fixture
def crowd(real_database: None) -> tuple[Project, list[User]]:
    """A project with images, and people, committed so that every thread sees them."""
    team = Team.objects.create(slug="plates", name="Plates")
    people = [User.objects.create_user(f"p{n}@example.org", name=f"P{n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create([Membership(team=team, user=one, role=Role.ANNOTATOR) for one in people])
    project = Project.objects.create(team=team, slug="p", name="P", task="detection", seed=0, unlabelled_count=60)
    Label.objects.create(project=project, name="cat", color="#AA53FB")
    shape = {"width": 640, "height": 480, "size": 1, "content_type": "image/jpeg"}
    Image.objects.bulk_create([Image(project=project, sha256=f"{n:064x}", name=str(n), **shape) for n in range(60)])
    return project, people


Result = TypeVar("Result")


def all_at_once(people: list[User], work: Callable[[User], Result]) -> list[Result]:
    def closing(person: User) -> Result:
        try:
            return work(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(closing, people))


def mark(label: int) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "label": label, "x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}


def check_counts(project: Project) -> None:
    """The counters kept by delta agree with what is there."""
    project.refresh_from_db()
    rows = Image.objects.filter(project=project)
    assert project.annotation_count == Annotation.objects.count() == Label.objects.get().annotation_count
    assert project.labelled_count == rows.filter(queue="labelled").count()
    assert project.unlabelled_count == rows.filter(queue="unlabelled").count()


def test_each_gets_images_of_their_own_and_every_save_is_kept(crowd: tuple[Project, list[User]]) -> None:
    project, people = crowd
    label = Label.objects.get().pk

    def work(person: User) -> list[int]:
        done = []
        for _ in range(5):
            image = queue.claim_next(project=project, user=person)
            assert image is not None
            labeling.save(image=image, author=person, base_revision=0, upsert=[mark(label) for _ in range(10)])
            done.append(image.pk)
        return done

    images = [pk for done in all_at_once(people, work) for pk in done]
    assert len(images) == len(set(images)) == PEOPLE * 5
    assert Annotation.objects.count() == PEOPLE * 50
    check_counts(project)


def test_everybody_on_one_image_merges(crowd: tuple[Project, list[User]]) -> None:
    project, people = crowd
    label, image = Label.objects.get().pk, Image.objects.select_related("project").order_by("id")[0]

    def work(person: User) -> None:
        for _ in range(3):
            labeling.save(image=image, author=person, base_revision=0, upsert=[mark(label)])

    all_at_once(people, work)
    image.refresh_from_db()
    assert (image.annotation_count, image.revision) == (PEOPLE * 3, PEOPLE * 3)
    assert sorted(Revision.objects.values_list("number", flat=True)) == list(range(1, PEOPLE * 3 + 1))
    check_counts(project)


def test_of_many_who_change_one_annotation_one_wins(crowd: tuple[Project, list[User]]) -> None:
    project, people = crowd
    label, image = Label.objects.get().pk, Image.objects.select_related("project").order_by("id")[0]
    first = mark(label)
    labeling.save(image=image, author=people[0], base_revision=0, upsert=[first])

    def work(person: User) -> bool:
        try:
            moved = {**first, "x_min": 2 + person.pk / 1000}
            labeling.save(image=image, author=person, base_revision=1, upsert=[moved])
        except Conflict:
            return False
        return True

    assert all_at_once(people, work).count(True) == 1
    check_counts(project)


def test_one_claim_of_many_succeeds(crowd: tuple[Project, list[User]]) -> None:
    _, people = crowd
    image = Image.objects.order_by("id")[0]

    def work(person: User) -> bool:
        try:
            return bool(queue.claim(image=image, user=person))
        except Conflict:
            return False

    assert all_at_once(people, work).count(True) == 1


def test_snapshot_is_of_one_moment_while_people_save(
    crowd: tuple[Project, list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """People save between the chunks of the reading: they don't wait for it, and it does not see them."""
    project, people = crowd
    label, images = Label.objects.get().pk, list(Image.objects.select_related("project").order_by("sha256"))
    read = snapshots._marks  # where each chunk begins
    saved: list[object] = []

    def saving(image_ids: list[int], names: dict[int, str]) -> object:
        def save(person: User) -> None:
            labeling.save(image=images[59], author=person, base_revision=0, upsert=[mark(label)])

        if not saved:
            saved.extend(all_at_once(people[:2], save))
        return read(image_ids, names)

    monkeypatch.setattr("annotations.snapshots.CHUNK", 10)
    monkeypatch.setattr("annotations.snapshots._marks", saving)
    snapshots.create_snapshot(project=project, author=people[0])
    snapshot = Snapshot.objects.get()
    assert (snapshot.status, snapshot.image_count, snapshot.box_count) == (Status.SUCCEEDED, 60, 0)
    assert Annotation.objects.count() == 2

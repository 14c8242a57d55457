"""Eight people at once, on real connections: no lock error, nothing lost, nobody gets another's image."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import pytest
from django.db import connection

from annotations import labeling, queue, snapshots
from annotations.label_merges import merge_label
from annotations.models import Annotation, Image, Revision, Snapshot
from annotations.object_keys import image_key
from annotations.recount import recount
from annotations.snapshots import building
from annotations.transactions import Turn
from boxwright import limits
from boxwright.errors import Conflict, DomainError
from boxwright.jobs import Status
from boxwright.projects.labels import delete_label
from boxwright.projects.models import Label, Project
from boxwright.storage import registry
from boxwright.teams.models import Membership, Role, Team, User

PEOPLE = 8
SAVES = 6


@pytest.fixture
def crowd(real_database: None) -> tuple[Project, list[User]]:
    """A project with images, and people, committed so that every thread sees them."""
    team = Team.objects.create(slug="plates", name="Plates")
    people = [User.objects.create_user(f"p{n}@example.org", name=f"P{n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create([Membership(team=team, user=one, role=Role.ANNOTATOR) for one in people])
    project = Project.objects.create(
        team=team, slug="p", name="P", task="detection", unlabelled_count=60, byte_count=60
    )
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
    assert recount() == []


def test_everybody_on_one_image_merges(crowd: tuple[Project, list[User]]) -> None:
    _, people = crowd
    label, image = Label.objects.get().pk, Image.objects.select_related("project").order_by("id")[0]

    def work(person: User) -> None:
        for _ in range(SAVES):
            labeling.save(image=image, author=person, base_revision=0, upsert=[mark(label)])

    all_at_once(people, work)
    image.refresh_from_db()
    assert (image.annotation_count, image.revision) == (PEOPLE * SAVES, PEOPLE * SAVES)
    assert sorted(Revision.objects.values_list("number", flat=True)) == list(range(1, PEOPLE * SAVES + 1))
    assert recount() == []


def test_of_many_who_change_one_annotation_one_wins(crowd: tuple[Project, list[User]]) -> None:
    _, people = crowd
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
    assert recount() == []


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
    read = building._annotations  # where each chunk begins
    saved: list[object] = []

    def saving(image_ids: list[int], names: dict[int, str]) -> object:
        def save(person: User) -> None:
            labeling.save(image=images[59], author=person, base_revision=0, upsert=[mark(label)])

        if not saved:
            saved.extend(all_at_once(people[:2], save))
        return read(image_ids, names)

    monkeypatch.setattr("annotations.snapshots.building.CHUNK", 10)
    monkeypatch.setattr("annotations.snapshots.building._annotations", saving)
    registry.adopt(image_key(project.team_id, image.sha256) for image in images)
    snapshots.create_snapshot(project=project, author=people[0])
    snapshot = Snapshot.objects.get()
    assert (snapshot.status, snapshot.image_count, snapshot.box_count) == (Status.SUCCEEDED, 60, 0)
    assert Annotation.objects.count() == 2


def test_merging_while_everybody_saves_loses_nothing(
    crowd: tuple[Project, list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six people draw cats on the same images while two managers merge cat away: each save is kept, as a dog."""
    project, people = crowd
    cat = Label.objects.get()
    dog = Label.objects.create(project=project, name="dog", color="#AA53FB", position=1)
    images = list(Image.objects.select_related("project").order_by("id")[:6])
    monkeypatch.setattr("annotations.label_merges.IMAGES", 2)
    for image in images:
        labeling.save(image=image, author=people[0], base_revision=0, upsert=[mark(cat.pk) for _ in range(5)])

    def work(person: User) -> None:
        if person in people[:2]:
            merge_label(label=cat, into_id=dog.pk, author=person)
            return
        for image in images:
            labeling.save(image=image, author=person, base_revision=1, upsert=[mark(cat.pk), mark(dog.pk)])

    all_at_once(people, work)
    assert list(Label.objects.values_list("name", "annotation_count")) == [("dog", 6 * 5 + 6 * 6 * 2)]
    assert recount() == []
    for image in images:
        numbers = list(Revision.objects.filter(image=image).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_label_that_is_deleted_during_saves_is_kept_or_gone(crowd: tuple[Project, list[User]]) -> None:
    """Whoever saves with it either came first, or is told: nothing else may happen."""
    _, people = crowd
    label, images = Label.objects.get(), list(Image.objects.select_related("project").order_by("id")[:PEOPLE])

    def work(person: User) -> bool:
        try:
            if person == people[3]:
                delete_label(label)
            else:
                image = images[people.index(person)]
                labeling.save(image=image, author=person, base_revision=0, upsert=[mark(label.pk)])
        except DomainError:
            return False
        return True

    done = all_at_once(people, work)
    kept = Annotation.objects.count()
    assert (kept, Label.objects.count()) == ((0, 0) if done[3] else (PEOPLE - 1, 1))
    assert recount() == []


def test_merges_against_each_other_end(crowd: tuple[Project, list[User]]) -> None:
    project, people = crowd
    one = Label.objects.get()
    two = Label.objects.create(project=project, name="dog", color="#AA53FB", position=1)
    for image in Image.objects.select_related("project").order_by("id")[:4]:
        labeling.save(image=image, author=people[0], base_revision=0, upsert=[mark(one.pk), mark(two.pk)])

    def work(person: User) -> None:
        pair = (one, two) if person.pk % 2 else (two, one)
        with suppress(DomainError):
            merge_label(label=pair[0], into_id=pair[1].pk, author=person)

    all_at_once(people, work)
    assert (Label.objects.get().annotation_count, recount()) == (8, [])


def test_one_person_in_many_tabs_holds_no_more_than_allowed(crowd: tuple[Project, list[User]]) -> None:
    _, people = crowd
    images = list(Image.objects.order_by("id")[: PEOPLE * 3])

    def work(tab: User) -> None:
        for image in images[people.index(tab) :: PEOPLE]:
            queue.claim(image=image, user=people[0])

    all_at_once(people, work)
    assert Image.objects.filter(claimed_by=people[0]).count() == limits.CLAIMS_A_PERSON


def test_the_turn_goes_to_whoever_waited_longest() -> None:
    """A thread that takes the turn again at once lets the others in between."""
    turn, order, started = Turn(), list[str](), threading.Barrier(2)

    def other() -> None:
        started.wait()
        with turn, turn:
            order.append("other")

    thread = threading.Thread(target=other)
    thread.start()
    with turn:
        started.wait()
        while not turn.is_awaited:
            pass
    with turn:
        order.append("again")
    thread.join()
    assert order == ["other", "again"]

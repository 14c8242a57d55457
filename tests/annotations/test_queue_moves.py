"""Who may move an image from which queue to which: the whole table, over HTTP, and everything that goes by it."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from annotations.models import Image, Revision
from annotations.queue_moves import MOVES
from boxwright.projects.models import QUEUES, Project
from boxwright.teams.models import RANK, User
from tests.annotations.images import box, save

AsUser = Callable[[User], APIClient]


def put(image: Image, queue: str) -> None:
    """As if somebody had moved it there."""
    Image.objects.filter(pk=image.pk).update(queue=queue, revision=0)
    Revision.objects.filter(image=image).delete()
    counts = {f"{name}_count": int(name == queue) for name in QUEUES}
    Project.objects.filter(pk=image.project_id).update(**counts)


@pytest.mark.parametrize("role", ["annotator", "manager", "owner"])
def test_each_move_by_each_role(
    project: Project, image: Image, alice: User, mona: User, bob: User, as_user: AsUser, role: str
) -> None:
    client = as_user({"annotator": bob, "manager": mona, "owner": alice}[role])
    for before, after in product(QUEUES, QUEUES):
        put(image, before)
        answer = save(client, image.pk, 0, queue=after)
        needed = MOVES.get((before, after), "")
        if before == after or (needed and RANK[role] >= RANK[needed]):
            assert (answer.status_code, answer.json()["queue"]) == (200, after), (before, after)
            continue
        problem = answer.json()
        wanted = (403, "urn:boxwright:move-not-allowed") if needed else (409, "urn:boxwright:no-such-move")
        assert (answer.status_code, problem["type"], answer["Content-Type"]) == (*wanted, "application/problem+json")
        assert (problem["from"], problem["to"]) == (before, after)
        assert before in problem["detail"]
        assert after in problem["detail"]
        image.refresh_from_db()
        assert (image.queue, image.revision) == (before, 0)


def test_the_docs_show_the_table() -> None:
    """Read by the test of the frontend's table too."""
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (\w+) \|$", Path("docs/api.md").read_text(), re.MULTILINE)
    assert {(before, after): role for before, after, role in rows} == MOVES
    assert len(rows) == len(MOVES)


def test_a_viewer_moves_nothing(image: Image, vera: User, as_user: AsUser) -> None:
    assert save(as_user(vera), image.pk, 0, queue="labelled").status_code == 403


def test_only_a_manager_says_done(project: Project, image: Image, bob: User, mona: User, as_user: AsUser) -> None:
    save(as_user(bob), image.pk, 0, upsert=[box(project)])
    assert save(as_user(bob), image.pk, 1, queue="done").status_code == 403
    assert save(as_user(bob), image.pk, 1, queue="review").json()["queue"] == "review"
    assert save(as_user(bob), image.pk, 2, queue="done").status_code == 403
    assert save(as_user(mona), image.pk, 2, queue="done").json()["queue"] == "done"
    assert save(as_user(bob), image.pk, 3, queue="labelled").status_code == 403


def test_a_move_that_is_refused_takes_no_box_with_it(
    project: Project, image: Image, bob: User, as_user: AsUser
) -> None:
    """The save is one: who wants the boxes alone sends them alone."""
    mark = box(project)
    assert save(as_user(bob), image.pk, 0, upsert=[mark], queue="done").status_code == 403
    image.refresh_from_db()
    assert (image.revision, image.annotation_count) == (0, 0)
    assert save(as_user(bob), image.pk, 0, upsert=[mark]).json()["queue"] == "labelled"


def test_a_move_starts_where_the_boxes_of_its_save_put_the_image(
    project: Project, image: Image, bob: User, as_user: AsUser
) -> None:
    answer = save(as_user(bob), image.pk, 0, upsert=[box(project)], queue="review")
    assert (answer.status_code, answer.json()["queue"]) == (200, "review")


def test_boxes_of_a_done_image_change_and_it_stays_done(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(mona), image.pk, 0, upsert=[box(project)])
    save(as_user(mona), image.pk, 1, queue="done")
    answer = save(as_user(bob), image.pk, 2, upsert=[box(project, 20)])
    assert (answer.status_code, answer.json()["queue"], len(answer.json()["annotations"])) == (200, "done", 2)


def test_a_move_whose_answer_got_lost_is_no_second_move(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    save(as_user(bob), image.pk, 0, upsert=[box(project)])
    save(as_user(bob), image.pk, 1, queue="review")
    save(as_user(mona), image.pk, 2, queue="done")
    again = save(as_user(bob), image.pk, 1, queue="review")
    assert (again.status_code, again.json()["queue"]) == (200, "done")


def test_restoring_moves_no_further_than_the_role_may(
    project: Project, image: Image, bob: User, mona: User, as_user: AsUser
) -> None:
    first = box(project)
    save(as_user(mona), image.pk, 0, upsert=[first])
    save(as_user(mona), image.pk, 1, queue="done")
    save(as_user(mona), image.pk, 2, delete=[first["id"]], queue="labelled")
    path = f"/api/v1/images/{image.pk}/revisions/2/restore/"
    by_bob = as_user(bob).post(path).json()
    assert (by_bob["queue"], [a["id"] for a in by_bob["annotations"]]) == ("labelled", [first["id"]])
    assert as_user(mona).post(path).json()["queue"] == "done"

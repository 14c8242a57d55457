"""A device sends what its model saw: the picture waits to be labelled, with the boxes as suggestions."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.models import Image
from annotations.uploads import add_images
from boxwright import limits
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.images import scene
from tests.training.conftest import MakeRun
from training import ingest
from training.models import Artifact, Run, Suggestions

Client = Callable[[User], APIClient]
BOX = {"label": "cat", "score": 0.7, "x_min": 1, "y_min": 2, "x_max": 30, "y_max": 40}


def send(client: APIClient, project: Project, seed: int = 1, **fields: Any) -> Any:
    file = SimpleUploadedFile("frame.jpg", scene(seed), content_type="image/jpeg")
    body = {"file": file, "sha256": "a" * 64, "boxes": json.dumps([BOX])} | fields
    return client.post(f"/api/v1/projects/{project.pk}/ingest/", body, format="multipart")


def test_a_picture_arrives_with_suggestions_of_its_model_and_twice_it_is_one(
    as_user: Client, bob: User, project: Project, make_run: MakeRun
) -> None:
    run = make_run(status="succeeded")
    Artifact.objects.create(run=run, target="tfjs", sha256="a" * 64)
    client = as_user(bob)
    first = send(client, project, boxes=json.dumps([BOX, {**BOX, "label": "unknown"}]))
    assert (first.status_code, first.json()["suggested"]) == (201, 1)
    again = send(client, project, boxes="[]")
    assert (again.status_code, again.json()) == (200, first.json())
    image = Image.objects.get()
    assert (image.queue, image.annotation_count, image.uploaded_by) == ("unlabelled", 0, bob)
    assert image.uncertainty == pytest.approx(0.6)
    assert Suggestions.objects.get().run == run
    (box,) = client.get(f"/api/v1/images/{image.pk}/suggestions/").json()["boxes"]
    assert (box["score"], box["x_max"]) == (0.7, 30)


def test_a_checkpoint_names_its_run_and_a_stranger_none(
    as_user: Client, bob: User, project: Project, make_run: MakeRun
) -> None:
    run = make_run(status="succeeded")
    Run.objects.update(files={"best.pt": {"key": "k", "sha256": "b" * 64}})
    for seed, sha256, expected in ((1, "b" * 64, run), (2, "c" * 64, None)):
        image = send(as_user(bob), project, seed, sha256=sha256).json()["image"]
        assert Suggestions.objects.get(image=image).run == expected


def test_of_a_labelled_picture_nothing_changes(as_user: Client, bob: User, project: Project) -> None:
    client = as_user(bob)
    image = send(client, project).json()["image"]
    Suggestions.objects.all().delete()
    Image.objects.update(queue="labelled")
    assert send(client, project).json() == {"image": image, "suggested": 0, "resembles": False}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"boxes": "["}, "boxes"),
        ({"boxes": "{}"}, "boxes"),
        ({"boxes": "[" * 30_000}, "boxes"),
        ({"boxes": json.dumps([BOX] * 101)}, "boxes"),
        ({"boxes": json.dumps([{**BOX, "score": 2}])}, "score"),
        ({"boxes": '[{"label": "cat", "score": NaN}]'}, "boxes"),
        ({"boxes": '[{"label": "cat", "score": 0.5, "x_min": 1e999}]'}, "x_min"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"file": SimpleUploadedFile("a.jpg", b"no picture")}, "file"),
    ],
)
def test_bad_input_is_refused_by_its_name(
    as_user: Client, bob: User, project: Project, fields: dict[str, Any], named: str
) -> None:
    answer = send(as_user(bob), project, **fields)
    assert (answer.status_code, named in json.dumps(answer.json()["errors"])) == (400, True)
    assert not Image.objects.exists()


def test_what_looks_like_a_picture_that_was_sent_is_dropped(as_user: Client, bob: User, project: Project) -> None:
    client = as_user(bob)
    first = send(client, project).json()["image"]
    for options in ({"quality": 40}, {"size": (98, 97)}):
        frame = SimpleUploadedFile("next.jpg", scene(1, **options))
        again = send(client, project, file=frame, boxes=json.dumps([{**BOX, "score": 0.6, "x_min": 2}]))
        assert (again.status_code, again.json()) == (200, {"image": first, "suggested": 1, "resembles": True})
    moved = SimpleUploadedFile("moved.jpg", scene(1, quality=41))
    assert send(client, project, file=moved, boxes=json.dumps([{**BOX, "x_min": 50, "x_max": 80}])).status_code == 201
    gone = SimpleUploadedFile("gone.jpg", scene(1, quality=42))
    assert send(client, project, file=gone, boxes="[]").status_code == 201
    chosen = SimpleUploadedFile("chosen.jpg", scene(1, quality=43))
    assert send(client, project, file=chosen, drop_alike=False).status_code == 201
    assert send(client, project, 2).status_code == 201, "another scene"
    Image.objects.filter(pk=first).delete()
    assert send(client, project).status_code in {200, 201}


def test_a_picture_is_compared_with_the_last_ones(
    as_user: Client, bob: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INGEST_LOOKS_BACK", 1)
    client = as_user(bob)
    queries = []
    for seed in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            assert send(client, project, seed).status_code == 201
        queries.append(len(asked))
    assert queries[1] <= queries[0]
    assert send(client, project, file=SimpleUploadedFile("a.jpg", scene(1, quality=40))).status_code == 201
    assert send(client, project, file=SimpleUploadedFile("b.jpg", scene(1, quality=50))).json()["resembles"]


def test_a_film_is_slowed_down(
    as_user: Client, bob: User, mona: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INGESTS_A_MINUTE", 1)
    assert send(as_user(bob), project, 1).status_code == 201
    assert send(as_user(bob), project, 2).status_code == 429
    assert send(as_user(mona), project, 2).status_code == 201


def test_two_that_look_alike_and_come_at_once_are_one(
    as_user: Client, bob: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes between the other's first look and its rows."""
    client = as_user(bob)
    between = []

    def add_later(**given: Any) -> Any:
        monkeypatch.setattr(ingest, "add_images", add_images)
        between.append(send(client, project).json())
        return add_images(**given)

    monkeypatch.setattr(ingest, "add_images", add_later)
    late = send(client, project, file=SimpleUploadedFile("next.jpg", scene(1, quality=40)))
    assert (late.status_code, late.json()) == (200, {**between[0], "resembles": True})
    assert [image.pk for image in Image.objects.all()] == [between[0]["image"]]
    assert Project.objects.get(pk=project.pk).unlabelled_count == 1


def test_a_project_that_labels_whole_images_takes_labels(as_user: Client, bob: User, project: Project) -> None:
    Project.objects.update(task="classification")
    client = as_user(bob)
    label = {"label": "cat", "score": 0.7}
    first = send(client, project, boxes=json.dumps([label, {"label": "unknown", "score": 0.2}]))
    assert (first.status_code, first.json()["suggested"]) == (201, 1)
    (suggested,) = client.get(f"/api/v1/images/{first.json()['image']}/suggestions/").json()["boxes"]
    assert suggested["score"] == 0.7
    frame = SimpleUploadedFile("next.jpg", scene(1, quality=40))
    assert send(client, project, file=frame, boxes=json.dumps([{**label, "score": 0.8}])).json()["resembles"]
    changed = SimpleUploadedFile("changed.jpg", scene(1, quality=41))
    assert send(client, project, file=changed, boxes="[]").status_code == 201
    nameless = send(client, project, 2, boxes='[{"score": 0.5}]')
    assert (nameless.status_code, "label" in json.dumps(nameless.json()["errors"])) == (400, True)

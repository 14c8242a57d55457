"""Suggestions: a real engine looks at unlabelled images; people take, move and put away what it found."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.models import Image, Snapshot
from annotations.object_keys import image_key
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.labels import NewLabel, add_labels
from boxwright.projects.models import Label, Project
from boxwright.storage import registry, store
from boxwright.teams.models import User
from tests.annotations.images import picture
from tests.training.conftest import MakeRun
from tests.training.engine.conftest import LABELS
from tests.training.test_run_json import random_detector
from training import fates, object_keys, suggestions
from training.engine import checkpoint
from training.fates import fates_of
from training.models import Prediction, Run, Suggestions
from training.suggestions import Origin, ambiguity_of, keep, uncertainty_of

Client = Callable[[User], APIClient]
MakeImages = Callable[[int], list[Image]]


@pytest.fixture
def labels(project: Project) -> list[Label]:
    return add_labels(project, [NewLabel(name) for name in LABELS])


@pytest.fixture
def make_images(project: Project) -> MakeImages:
    def make(count: int) -> list[Image]:
        made = []
        for seed in range(count):
            content = picture(seed, size=(96, 96))
            sha256 = hashlib.sha256(content).hexdigest()
            store().put(image_key(project.team_id, sha256), content)
            row = {"name": f"{seed}.jpg", "width": 96, "height": 96, "size": len(content)}
            made.append(Image.objects.create(project=project, sha256=sha256, content_type="image/jpeg", **row))
        Project.objects.filter(pk=project.pk).update(unlabelled_count=count, byte_count=2**20)
        return made

    return make


@pytest.fixture
def run(make_run: MakeRun, tmp_path: Path, labels: list[Label]) -> Run:
    """A run that has succeeded, its checkpoint in the store."""
    made = make_run(status="succeeded")
    unsure = random_detector()
    checkpoint.save(replace(unsure, config=replace(unsure.config, score_threshold=0.05)), tmp_path / "best.pt")
    content = (tmp_path / "best.pt").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    key = object_keys.run_file(made, sha256, "best.pt")
    registry.keep(key, content)
    Run.objects.filter(pk=made.pk).update(files={"best.pt": {"key": key, "sha256": sha256}})
    return Run.objects.get(pk=made.pk)


def predictions(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/predictions/"


def suggested(image: Image) -> str:
    return f"/api/v1/images/{image.pk}/suggestions/"


def mark(label: str, score: float, left: float = 10) -> dict[str, Any]:
    return {"label": label, "score": score, "x_min": left, "y_min": 10, "x_max": left + 30, "y_max": 50}


def suggest_by_hand(project: Project, run: Run | None, found: dict[int, list[dict[str, Any]]]) -> None:
    keep(project, Origin("0" * 64, run, 0.4), found)


def test_the_unlabelled_are_looked_at_once_and_an_end_in_the_middle_is_gone_on_from(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = make_images(5)
    Image.objects.filter(pk=images[4].pk).update(queue="labelled")
    monkeypatch.setattr("training.work.predictions.BATCH", 1)
    monkeypatch.setattr("training.work.predictions.ROUND", 3)
    client = as_user(mona)
    asked = client.post(predictions(project))
    assert (asked.status_code, asked.json()["image_count"], asked.json()["run_number"]) == (201, 4, run.number)
    again = client.post(predictions(project), {"run": run.pk})
    assert (again.status_code, again.json()["id"]) == (200, asked.json()["id"])

    real = suggestions.keep
    written: list[None] = []

    def keep_one(*arguments: Any) -> None:
        if written:
            raise SystemExit("killed between two batches")
        real(*arguments)
        written.append(None)

    monkeypatch.setattr("training.suggestions.keep", keep_one)
    with pytest.raises(SystemExit):
        attempt(Prediction, asked.json()["id"])
    monkeypatch.setattr("training.suggestions.keep", real)
    assert Suggestions.objects.count() == 1
    Prediction.objects.update(status=Status.QUEUED, lease=None)
    attempt(Prediction, asked.json()["id"])
    done = client.get(predictions(project)).json()["results"][0]
    assert (done["status"], done["error"], done["image_count"], done["done_count"]) == ("succeeded", None, 4, 4)
    assert set(Suggestions.objects.values_list("image", flat=True)) == {image.pk for image in images[:4]}
    assert client.post(predictions(project)).status_code == 409, "nothing is left to look at"

    row = Suggestions.objects.order_by("pk").first()
    assert row is not None
    assert (row.run, row.sha256, row.shown_score) == (run, run.files["best.pt"]["sha256"], suggestions.SHOWN_SCORE)


@pytest.mark.full
def test_only_what_was_chosen_and_is_unlabelled_is_looked_at(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages
) -> None:
    images = make_images(3)
    Image.objects.filter(pk=images[1].pk).update(queue="done")
    asked = as_user(mona).post(predictions(project), {"images": [images[0].pk, images[1].pk, 10**9]})
    assert asked.json()["image_count"] == 1
    attempt(Prediction, asked.json()["id"])
    assert list(Suggestions.objects.values_list("image", flat=True)) == [images[0].pk]


def test_what_is_kept_lies_in_the_image_on_labels_of_the_project_and_orders_the_list(
    as_user: Client, bob: User, project: Project, run: Run, make_images: MakeImages, labels: list[Label]
) -> None:
    sure, unsure, empty = make_images(3)
    strange = [mark("unknown", 0.9), mark(LABELS[0], 0.05), mark(LABELS[0], 0.9, left=200)]
    found = {
        sure.pk: [mark(LABELS[0].upper(), 0.3), mark(LABELS[1], 0.98, left=80), *strange],
        unsure.pk: [mark(LABELS[0], 0.52)],
        empty.pk: [],
        10**9: [],
    }
    suggest_by_hand(project, run, found)
    suggest_by_hand(project, run, found)
    client = as_user(bob)
    answer = client.get(suggested(sure)).json()
    assert (answer["run_number"], answer["shown_score"]) == (run.number, 0.4)
    assert [(box["label"], box["score"], box["x_min"], box["x_max"]) for box in answer["boxes"]] == [
        (labels[1].pk, 0.98, 80, 96),
        (labels[0].pk, 0.3, 10, 40),
    ]
    url = f"/api/v1/projects/{project.pk}/images/"
    listed = client.get(url, {"queue": "unlabelled", "order": "uncertain", "limit": "1"}).json()
    assert [row["id"] for row in listed["results"]] == [unsure.pk]
    following = client.get(listed["next"]).json()
    assert [row["id"] for row in following["results"]] == [sure.pk]
    after = client.get(url, {"queue": "unlabelled", "order": "uncertain", "after": str(sure.pk)}).json()
    assert [row["id"] for row in after["results"]] == [empty.pk]


def test_suggestions_survive_the_trash_unless_their_run_went(
    as_user: Client, mona: User, project: Project, make_run: MakeRun, make_images: MakeImages, labels: list[Label]
) -> None:
    run, gone = make_run(status="succeeded"), make_run(status="succeeded")
    one, other = make_images(2)
    suggest_by_hand(project, run, {one.pk: [mark(LABELS[0], 0.9), mark(LABELS[1], 0.6)]})
    suggest_by_hand(project, gone, {other.pk: [mark(LABELS[0], 0.9)]})
    client, trash = as_user(mona), f"/api/v1/projects/{project.pk}/trash/restore/"
    first = client.get(suggested(one)).json()["boxes"][0]["id"]
    client.post(f"{suggested(one)}reject/", {"ids": [first]})
    before = (client.get(suggested(one)).json(), fates_of(run), Image.objects.get(pk=one.pk).uncertainty)
    for image in (one, other):
        assert client.delete(f"/api/v1/images/{image.pk}/").status_code == 204
    gone.delete()
    assert client.post(trash, {"images": [one.pk, other.pk]}).json()["done_count"] == 2
    assert (client.get(suggested(one)).json(), fates_of(run), Image.objects.get(pk=one.pk).uncertainty) == before
    assert client.get(suggested(other)).json()["boxes"] == []


def test_how_unsure_a_model_is() -> None:
    assert uncertainty_of([]) == 0
    assert uncertainty_of([0.99, 0.01]) == pytest.approx(0.02)
    assert uncertainty_of([0.99, 0.5]) == 1


def test_the_page_of_the_run_tells_what_became_of_its_suggestions(
    as_user: Client, bob: User, project: Project, run: Run, make_images: MakeImages, labels: list[Label]
) -> None:
    worked, later = make_images(2)
    lefts = (0, 32, 64)
    rows = [mark(LABELS[0], 0.9 - left / 1000, left) for left in lefts]
    low = {**mark(LABELS[0], 0.2), "y_min": 60, "y_max": 90}
    redrawn = {**mark(LABELS[1], 0.6, 40), "y_min": 55, "y_max": 95}
    suggest_by_hand(project, run, {worked.pk: [*rows, redrawn, low], later.pk: [rows[0]]})
    client = as_user(bob)
    taken, moved, rejected, covered, _ = client.get(suggested(worked)).json()["boxes"]
    assert fates_of(run) == fates.Fates(images=2, open=5)

    human = {**covered, "id": "01890000-0000-7000-8000-000000000000", "x_min": 41, "source": "human", "score": None}
    upsert = [{**taken, "source": "model"}, {**moved, "x_max": 70, "source": "human", "score": None}, human]
    save = {"base_revision": 0, "upsert": upsert}
    for _ in range(2):
        assert client.patch(f"/api/v1/images/{worked.pk}/annotations/", save).status_code == 200
    assert client.post(f"{suggested(worked)}reject/", {"ids": [rejected["id"]] * 2}).status_code == 204
    told = client.get(f"/api/v1/runs/{run.pk}/suggestions/").json()
    assert told == {"images": 2, "open": 1, "taken": 1, "moved": 2, "rejected": 1}
    assert rejected["id"] not in [box["id"] for box in client.get(suggested(worked)).json()["boxes"]]


def test_what_was_put_away_comes_back(
    as_user: Client, bob: User, project: Project, run: Run, make_images: MakeImages
) -> None:
    image, other = make_images(2)
    suggest_by_hand(project, run, {image.pk: [mark(LABELS[0], 0.9), mark(LABELS[1], 0.8)], other.pk: []})
    client = as_user(bob)
    first, second = [box["id"] for box in client.get(suggested(image)).json()["boxes"]]
    for how, ids, left in (
        ("reject", [first, second], []),
        ("restore", [second, second], [second]),
        ("restore", [second, "01890000-0000-7000-8000-000000000000"], [second]),
        ("restore", [first], [first, second]),
    ):
        assert client.post(f"{suggested(image)}{how}/", {"ids": ids}).status_code == 204
        assert [box["id"] for box in client.get(suggested(image)).json()["boxes"]] == left
        assert (fates_of(run).open, fates_of(run).rejected) == (len(left), 2 - len(left))
    assert client.post(f"{suggested(other)}restore/", {"ids": [first]}).status_code == 204


def test_two_who_take_one_suggestion_save_one_annotation(
    as_user: Client, bob: User, mona: User, project: Project, run: Run, make_images: MakeImages
) -> None:
    (image,) = make_images(1)
    suggest_by_hand(project, run, {image.pk: [mark(LABELS[0], 0.9)]})
    for user in (bob, mona):
        (box,) = as_user(user).get(suggested(image)).json()["boxes"]
        save = {"base_revision": 0, "upsert": [{**box, "source": "model"}]}
        answer = as_user(user).patch(f"/api/v1/images/{image.pk}/annotations/", save)
        assert (answer.status_code, len(answer.json()["annotations"])) == (200, 1)
    assert fates_of(run).taken == 1


def test_a_label_that_went_takes_its_suggestions_along_and_a_merged_one_keeps_them(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages, labels: list[Label]
) -> None:
    (image,) = make_images(1)
    suggest_by_hand(project, run, {image.pk: [mark(LABELS[0], 0.9), mark(LABELS[1], 0.8, 50)]})
    client = as_user(mona)
    into, gone = labels
    assert client.post(f"/api/v1/labels/{gone.pk}/merge/", {"into": into.pk}).status_code == 200
    assert [box["label"] for box in client.get(suggested(image)).json()["boxes"]] == [into.pk, into.pk]
    other = client.post(f"/api/v1/projects/{project.pk}/labels/", {"name": "other"}).json()["id"]
    Suggestions.objects.update(boxes=[{**mark("", 0.5), "id": "x", "label": other}])
    assert client.delete(f"/api/v1/labels/{other}/").status_code == 204
    assert client.get(suggested(image)).json()["boxes"] == []


def test_a_deleted_image_takes_its_suggestions_along_and_a_snapshot_has_none(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages
) -> None:
    first, second = make_images(2)
    suggest_by_hand(project, run, {first.pk: [mark(LABELS[0], 0.9)], second.pk: []})
    assert as_user(mona).delete(f"/api/v1/images/{first.pk}/").status_code == 204
    assert list(Suggestions.objects.values_list("image", flat=True)) == [second.pk]
    suggest_by_hand(project, run, {second.pk: [mark(LABELS[0], 0.9)]})
    Project.objects.update(last_snapshot_number=1)  # that of the run
    asked = as_user(mona).post(f"/api/v1/projects/{project.pk}/snapshots/").json()
    attempt(Snapshot, asked["id"])
    manifest = as_user(mona).get(f"/api/v1/snapshots/{asked['id']}/manifest/")
    (line,) = b"".join(manifest).splitlines()
    assert json.loads(line)["annotations"] == []


@pytest.mark.parametrize("fields", [{"status": "failed"}, {"files": {}}])
def test_a_run_without_a_model_suggests_nothing(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages, fields: dict[str, Any]
) -> None:
    make_images(1)
    Run.objects.update(**fields)
    assert as_user(mona).post(predictions(project), {"run": run.pk}).status_code == 409


def test_whole_images_get_labels_that_are_taken_or_not(
    as_user: Client, bob: User, project: Project, run: Run, make_images: MakeImages, labels: list[Label]
) -> None:
    Project.objects.update(task="classification")
    project.refresh_from_db()
    sure, torn, other = make_images(3)
    scores = {sure: (0.97, 0.03), torn: (0.45, 0.55), other: (0.8, 0.2)}
    found = {
        image.pk: [{"label": name, "score": score} for name, score in zip(LABELS, of, strict=True)]
        for image, of in scores.items()
    }
    suggest_by_hand(project, run, found)
    client = as_user(bob)
    (best,) = client.get(suggested(sure)).json()["boxes"]
    assert (best["label"], best["score"], "x_min" in best) == (labels[0].pk, 0.97, False)
    url = f"/api/v1/projects/{project.pk}/images/"
    listed = client.get(url, {"queue": "unlabelled", "order": "uncertain"}).json()["results"]
    assert [row["id"] for row in listed] == [torn.pk, other.pk, sure.pk]
    own = {"id": "01890000-0000-7000-8000-000000000000", "label": labels[0].pk}
    for image, mark in ((sure, {**best, "source": "model"}), (other, own), (torn, own)):
        save = {"base_revision": 0, "upsert": [mark]}
        assert client.patch(f"/api/v1/images/{image.pk}/annotations/", save).status_code == 200
    assert fates_of(run) == fates.Fates(images=3, taken=3, rejected=1)


def test_how_unsure_a_model_is_of_a_whole_image() -> None:
    assert ambiguity_of([]) == 0
    assert ambiguity_of([1.0]) == 0.0001
    assert ambiguity_of([0.2, 0.4, 0.4]) == 1


def test_one_model_at_a_time(
    as_user: Client, mona: User, project: Project, run: Run, make_images: MakeImages, snapshot: Snapshot
) -> None:
    make_images(1)
    Run.objects.create(project=project, snapshot=snapshot, number=9, model="m", status="succeeded", files=run.files)
    client = as_user(mona)
    first = client.post(predictions(project), {"run": run.pk}).json()
    assert "still suggesting" in client.post(predictions(project)).json()["detail"]
    assert client.post(f"/api/v1/predictions/{first['id']}/cancel/").json()["status"] == "canceled"
    assert client.post(predictions(project)).status_code == 201

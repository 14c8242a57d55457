"""Looking before an import lands: what a person sees, decides, changes; and that nothing is there before."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.formats import FORMATS
from annotations.models import Annotation, Image, Import, Revision, StagedImage, StagedLabel
from boxwright import limits
from boxwright.jobs.attempt import attempt
from boxwright.operations.housekeeping import keep_house
from boxwright.projects.models import Label, Project
from boxwright.storage.collector import collect
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, picture, save, stored_keys, upload

AsUser = Callable[[User], APIClient]


def archive() -> bytes:
    """A known label in other letters, a new one, one image without a file, a negative, a box without area."""
    first = voc("a.jpg", ("Cat ", 1, 1, 9, 9), ("dog", 2, 2, 9, 9), ("dog", 3, 3, 9, 9), ("dog", 9, 9, 9, 9))
    files = {"a.jpg": picture(1), "a.xml": first, "b.jpg": picture(2), "b.xml": voc("b.jpg")}
    return zipped({**files, "c.jpg": picture(3), "d.xml": voc("=d.jpg", ("cat", 1, 1, 9, 9))})


class Reviewed:
    """An import that was read, with its address."""

    def __init__(self, client: APIClient, project: Project, commits: Commits, data: bytes = b"") -> None:
        self.client, self.commits = client, commits
        self.body = import_zip(client, project, data or archive(), commits, review="true")
        self.id = self.body["id"]

    def get(self, path: str = "") -> Any:
        return self.client.get(f"/api/v1/imports/{self.id}/{path}")

    def post(self, path: str, **asked: Any) -> Any:
        with self.commits(execute=True):
            return self.client.post(f"/api/v1/imports/{self.id}/{path}", asked, format="json")

    def after(self, path: str, **asked: Any) -> dict[str, Any]:
        """The import when what was asked for has been worked on."""
        answer = self.post(path, **asked)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = self.get().json()
        return found


@pytest.fixture
def mine(project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits) -> Reviewed:
    return Reviewed(as_user(mona), project, django_capture_on_commit_callbacks)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Image, Annotation, Revision))


def test_what_was_read_is_seen_and_nothing_is_there_yet(mine: Reviewed) -> None:
    assert (mine.body["status"], mine.body["stage"], mine.body["format"]) == ("waiting", "review", "voc")
    assert (mine.body["progress"]["done"], mine.body["progress"]["total"]) == (3, 3)
    seen = mine.get("review/").json()
    cat = Label.objects.get(name="cat")
    assert seen["labels"] == [
        {"name": "Cat", "count": 1, "match": {"id": cat.pk, "name": "cat", "color": cat.color}, "similar": True},
        {"name": "dog", "count": 2, "match": None, "similar": False},
    ]
    assert seen["images"] == {"new": 3, "known": 0, "known_labelled": 0, "unlabelled": 1, "negatives": 1}
    assert (seen["annotations"], seen["groups"], seen["new_labels_allowed"]) == (3, 0, True)
    assert [known["name"] for known in seen["formats"]] == [
        row.name for row in FORMATS.values() if not row.mismatch("detection")
    ]
    assert {known["family"] for known in seen["formats"]} == {"training", "tool", "plain"}
    assert rows() == (0, 0, 0)
    assert not Label.objects.filter(name="dog").exists()


def test_pictures_are_shown_with_their_boxes(mine: Reviewed, charlie: User, as_user: AsUser) -> None:
    shown = mine.get("review/images/").json()
    assert [(one["name"], one["width"], len(one["annotations"])) for one in shown] == [
        *[("a.jpg", 64, 3), ("b.jpg", 64, 0), ("c.jpg", 64, 0)],
    ]
    assert shown[0]["annotations"][0] == {"label": "Cat", "x_min": 1, "y_min": 1, "x_max": 9, "y_max": 9}
    preview = mine.client.get(shown[0]["url"])
    assert (preview.status_code, preview["Content-Type"]) == (200, "image/jpeg")
    assert as_user(charlie).get(shown[0]["url"]).status_code == 404
    assert mine.get(f"images/{'0' * 64}/preview/").status_code == 404


def test_no_more_than_twelve_are_shown_spread_over_the_import(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    data = zipped({f"{n:02}.jpg": picture(n) for n in range(30)} | {"00.xml": voc("00.jpg")})
    many = Reviewed(as_user(mona), project, django_capture_on_commit_callbacks, data)
    names = [one["name"] for one in many.get("review/images/").json()]
    assert (len(names), names[0], names[-1] >= "25.jpg") == (12, "00.jpg", True)


def test_applied_it_is_all_there_and_what_waited_is_gone(mine: Reviewed) -> None:
    done = mine.after("apply/")
    assert (done["status"], done["stage"]) == ("succeeded", "")
    assert (done["counts"]["images_created"], done["counts"]["annotations_created"]) == (3, 3)
    assert (rows(), StagedImage.objects.count(), StagedLabel.objects.count()) == ((3, 3, 2), 0, 0)
    assert Label.objects.get(name="dog").annotation_count == 2
    assert mine.get("review/").status_code == 409


def test_labels_go_where_they_are_sent(mine: Reviewed) -> None:
    raccoon = Label.objects.get(name="raccoon")
    mapping = {"dog": {"to": "existing", "label": raccoon.pk}, "Cat": {"to": "ignore"}}
    done = mine.after("apply/", labels=mapping)
    assert (done["counts"]["annotations_created"], done["counts"]["annotations_left_out"]) == (2, 2)
    assert [row["label_name"] for row in Revision.objects.get(image__name="a.jpg").upserted] == ["raccoon"] * 2
    assert set(Annotation.objects.values_list("label__name", flat=True)) == {"raccoon"}
    assert not Label.objects.filter(name="dog").exists()


def test_asked_again_the_answer_is_the_same(mine: Reviewed) -> None:
    first = mine.client.post(f"/api/v1/imports/{mine.id}/apply/", {}, format="json")
    again = mine.client.post(f"/api/v1/imports/{mine.id}/apply/", {}, format="json")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["stage"] == again.json()["stage"] == "applying"
    other = mine.client.post(f"/api/v1/imports/{mine.id}/apply/", {"on_known": "keep"}, format="json")
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("labels", "field"),
    [
        ({"owl": {"to": "new"}}, "labels.owl"),
        ({"dog": {"to": "existing", "label": 10**9}}, "labels.dog.label"),
        ({"dog": {"to": "existing"}}, "labels.dog.label"),
    ],
)
def test_a_mapping_to_nothing_is_refused(mine: Reviewed, labels: dict[str, Any], field: str) -> None:
    answer = mine.post("apply/", labels=labels)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert mine.get().json()["status"] == "waiting"


def test_an_annotator_decides_and_makes_no_labels(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    mine = Reviewed(as_user(bob), project, django_capture_on_commit_callbacks)
    assert mine.get("review/").json()["new_labels_allowed"] is False
    assert mine.post("apply/", labels={"dog": {"to": "new"}}).status_code == 403
    undecided = mine.post("apply/")
    assert (undecided.status_code, undecided.json()["errors"][0]["field"]) == (400, "labels.dog")
    done = mine.after("apply/", labels={"dog": {"to": "ignore"}})
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 1)


def test_a_manager_may_have_labels_made_for_an_annotators_import(
    project: Project, bob: User, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    theirs = Reviewed(as_user(bob), project, django_capture_on_commit_callbacks)
    theirs.client = as_user(mona)
    done = theirs.after("apply/", labels={"dog": {"to": "new"}})
    assert (done["status"], Label.objects.get(name="dog").annotation_count) == ("succeeded", 2)


def test_a_label_that_is_deleted_meanwhile_ends_the_import(mine: Reviewed) -> None:
    raccoon = Label.objects.get(name="raccoon")
    with mine.commits() as sending:
        target = {"dog": {"to": "existing", "label": raccoon.pk}}
        assert (
            mine.client.post(f"/api/v1/imports/{mine.id}/apply/", {"labels": target}, format="json").status_code == 200
        )
    raccoon.delete()
    for send in sending:
        send()
    done = mine.get().json()
    assert (done["status"], done["error"]["code"], rows()) == ("failed", "label_gone", (0, 0, 0))


def test_it_is_read_again_as_another_format_or_with_other_choices(mine: Reviewed) -> None:
    again = mine.after("read/", choices={"first_pixel": 1})
    assert (again["status"], again["stage"], again["choices"]) == ("waiting", "review", {"first_pixel": 1})
    assert again["counts"]["files"] == 3
    shown = mine.get("review/images/").json()
    assert shown[0]["annotations"][0]["x_min"] == 0
    assert (StagedImage.objects.count(), again["finding_count"]) == (3, mine.body["finding_count"] - 1)
    assert mine.post("read/", format="nothing").status_code == 400


def test_findings_are_grouped_by_their_rule(mine: Reviewed) -> None:
    assert [(one["rule"], one["severity"], one["count"]) for one in mine.body["rules"]] == [
        ("no_area", "error", 1),
        ("no_image", "error", 1),
        ("unlabelled", "info", 1),
    ]
    assert mine.body["rules"][0]["title"] == "Boxes without area: left out"
    (found,) = mine.get("findings/?rule=no_area").json()["results"]
    assert (found["rule"], found["file"], found["line"]) == ("no_area", "a.xml", 7)
    assert mine.get("findings/?rule=nothing").status_code == 400


def test_findings_come_as_a_table_without_formulas(mine: Reviewed) -> None:
    Import.objects.get().findings.filter(rule="no_image").update(file="=cmd()", reason="@now")
    answer = mine.get("findings/csv/")
    assert (answer.status_code, answer["Content-Disposition"].partition(";")[0]) == (200, "attachment")
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert table[0] == ["severity", "rule", "file", "line", "reason"]
    assert ["error", "no_image", "'=cmd()", "", "'@now"] in table


def test_canceled_nothing_of_it_stays(mine: Reviewed) -> None:
    assert mine.after("cancel/")["status"] == "canceled"
    assert (rows(), StagedImage.objects.count(), StagedLabel.objects.count()) == ((0, 0, 0), 0, 0)
    keep_house()
    collect(timedelta(0))
    assert stored_keys() == []
    assert mine.post("apply/").status_code == 409


def test_its_pictures_stay_while_it_waits(mine: Reviewed) -> None:
    before = stored_keys()
    keep_house()
    collect(timedelta(0))
    collect(timedelta(0))
    assert stored_keys() == before
    assert mine.after("apply/")["counts"]["images_created"] == 3
    keep_house()
    collect(timedelta(0))
    assert [key for key in before if key.startswith("teams/")] == stored_keys()


def test_nobody_decided(mine: Reviewed) -> None:
    left = Import.objects.get().expires_at - timezone.now()  # type: ignore[operator]
    assert timedelta(days=limits.REVIEW_DAYS) - left < timedelta(minutes=5)
    Import.objects.update(expires_at=timezone.now())
    keep_house()
    body = mine.get().json()
    assert (body["status"], body["error"]["code"], StagedImage.objects.count()) == ("canceled", "expired", 0)


def test_only_so_many_wait(mine: Reviewed, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REVIEWS_A_PROJECT", 1)
    sent = {"archive": SimpleUploadedFile("set.zip", archive()), "review": "true"}
    assert mine.client.post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart").status_code == 409


def test_it_takes_no_slot_while_it_waits(mine: Reviewed, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEAM_JOBS", 1)
    assert import_zip(mine.client, project, archive(), mine.commits)["status"] == "succeeded"


def test_over_the_quota_it_is_not_applied(mine: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEAM_IMAGES", 2)
    answer = mine.post("apply/")
    assert (answer.status_code, mine.get().json()["status"], rows()) == (409, "waiting", (0, 0, 0))


def test_no_worker_takes_what_waits(mine: Reviewed) -> None:
    attempt(Import, mine.id)
    assert mine.get().json()["status"] == "waiting"


def labelled(client: APIClient, project: Project) -> int:
    """The archive's first image, with two boxes of ours."""
    known: int = upload(client, project, mine__jpg=picture(1))["created"][0]["id"]
    save(client, known, upsert=[box(project, 30), box(project, 31)])
    return known


@pytest.mark.parametrize(
    ("on_known", "carried", "changed", "created", "deleted"),
    [("add", 5, 1, 3, 0), ("keep", 2, 0, 0, 0), ("replace", 3, 1, 3, 2)],
)
def test_an_image_that_is_here_already(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    on_known: str,
    carried: int,
    changed: int,
    created: int,
    deleted: int,
) -> None:
    known = labelled(as_user(mona), project)
    mine = Reviewed(as_user(mona), project, django_capture_on_commit_callbacks)
    images = mine.get("review/").json()["images"]
    assert (images["new"], images["known"], images["known_labelled"]) == (2, 1, 1)
    counts = mine.after("apply/", on_known=on_known)["counts"]
    image = Image.objects.get(pk=known)
    assert (image.annotation_count, image.annotations.count()) == (carried, carried)
    assert (counts["images_changed"], counts["annotations_created"]) == (changed, created)
    last = Revision.objects.filter(image=known).order_by("number").last()
    assert last is not None
    assert (last.number, len(last.deleted)) == (image.revision, deleted)
    project.refresh_from_db()
    assert project.annotation_count == Annotation.objects.count()
    sums = {label.pk: label.annotation_count for label in Label.objects.all()}
    assert sums == {pk: Annotation.objects.filter(label=pk).count() for pk in sums}
    again = import_zip(as_user(mona), project, archive(), mine.commits, on_known=on_known)["counts"]
    assert (again["images_created"], again["images_changed"], again["annotations_created"]) == (0, 0, 0)

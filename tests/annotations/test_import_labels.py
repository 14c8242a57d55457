"""Labels that an archive brings: added where they may be, else the import stops before anything lands."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.models import Annotation, Image, Import, StagedImage
from boxwright import limits
from boxwright.operations.housekeeping import keep_house
from boxwright.projects.models import Label, Project
from boxwright.storage.collector import collect
from boxwright.teams.models import Membership, User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import picture, stored_keys

AsUser = Callable[[User], APIClient]


NO = {"create_labels": "false"}


def two_labels() -> bytes:
    first = voc("a.jpg", ("dog", 1, 1, 9, 9), ("cat", 2, 2, 9, 9), ("Dog", 3, 3, 9, 9))
    files = {"a.jpg": picture(1), "a.xml": first, "b.jpg": picture(2), "b.xml": voc("b.jpg", ("owl", 1, 1, 9, 9))}
    return zipped({**files, "c.xml": voc("c.jpg", ("no image of this", 1, 1, 9, 9))})


def names() -> list[str]:
    return list(Label.objects.order_by("position").values_list("name", flat=True))


def test_a_managers_import_adds_labels_unless_told_otherwise(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(mona), project, two_labels(), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 4)
    assert names() == ["raccoon", "cat", "dog", "owl"]


@pytest.mark.parametrize(("who", "fields"), [("bob", {}), ("bob", NO), ("mona", NO)])
def test_labels_that_may_not_be_added_stop_the_import_before_anything_lands(
    project: Project,
    request: pytest.FixtureRequest,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    who: str,
    fields: dict[str, Any],
) -> None:
    client = as_user(request.getfixturevalue(who))
    done = import_zip(client, project, two_labels(), django_capture_on_commit_callbacks, **fields)
    assert (done["status"], done["error"]["code"]) == ("failed", "unknown_labels")
    assert "'dog' (2), 'owl' (1)" in done["error"]["detail"]
    found = [(f["severity"], f["file"], f["line"], f["reason"]) for f in done["findings"]]
    assert found == [
        ("error", "c.xml", None, "there is no image c.jpg"),
        ("error", "a.xml", 4, "unknown label 'dog': 2 annotations; this is the first"),
        ("error", "b.xml", 4, "unknown label 'owl': 1 annotation"),
    ]
    assert (Image.objects.count(), Annotation.objects.count(), names()) == (0, 0, ["raccoon", "cat"])
    keep_house()
    collect(timedelta(0))
    assert (stored_keys(), StagedImage.objects.count()) == ([], 0)


def test_a_label_with_a_null_character_is_told_on_either_database(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    table = b"filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,64,48,c\0t,1,1,9,9\n"
    archive = zipped({"a.jpg": picture(), "a.csv": table})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks, format="csv")
    assert (done["status"], done["error"]["code"]) == ("failed", "unknown_labels")
    assert "c\N{REPLACEMENT CHARACTER}t" in done["findings"][0]["reason"]


def test_a_manager_is_told_to_allow_it_and_an_annotator_whom_to_ask(
    project: Project, mona: User, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    send = django_capture_on_commit_callbacks
    asked = import_zip(as_user(bob), project, two_labels(), send)["error"]["detail"]
    refused = import_zip(as_user(mona), project, two_labels(), send, create_labels="false")["error"]["detail"]
    assert "ask a manager" in asked
    assert "Import it again and allow it to add labels" in refused


def test_labels_that_are_known_need_nobodys_permission(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", ("CAT ", 1, 1, 9, 9))})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 1)


def test_only_so_many_labels_are_named(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    boxes = [(f"{'long ' * 50}{n:02}", 1.0, 1.0, 9.0, 9.0) for n in range(25)]
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", *boxes, boxes[-1])})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    detail = done["error"]["detail"]
    assert (done["finding_count"], detail.count("(1)"), detail.count("(2)")) == (25, 19, 1)
    assert "and 5 more" in detail
    assert len(detail) < 1500


def test_no_more_labels_are_counted_than_findings_are_kept(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FINDINGS_AN_IMPORT", 3)
    boxes = [(f"{n}", 1.0, 1.0, 9.0, 9.0) for n in range(9)]
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", *boxes)})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert (done["error"]["code"], done["finding_count"]) == ("unknown_labels", 3)
    assert "at least 3 labels" in done["error"]["detail"]


def test_an_annotator_makes_no_labels_by_an_import(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    sent = {"archive": SimpleUploadedFile("set.zip", two_labels()), "create_labels": "true"}
    answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    assert (answer.status_code, Import.objects.count(), stored_keys()) == (403, 0, [])
    assert "Only managers make labels" in answer.json()["detail"]


def test_who_is_no_manager_any_more_when_it_runs_adds_none(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    sent = {"archive": SimpleUploadedFile("set.zip", two_labels())}
    with django_capture_on_commit_callbacks() as sending:
        as_user(mona).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    Membership.objects.filter(user=mona).update(role="annotator")
    for send in sending:
        send()
    assert Import.objects.get().error_code == "unknown_labels"
    assert names() == ["raccoon", "cat"]

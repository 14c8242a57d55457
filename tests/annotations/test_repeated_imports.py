"""The same archive once more: nothing changes, and nothing is read where the project is as its import left it.

That nothing is read is seen by taking the archive away before a worker comes to it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from annotations.dataset.records import Box
from annotations.imports import planned_rows
from annotations.imports.planning import said_of
from annotations.imports.report import Report
from annotations.models import Annotation, Image, Import, Revision, UploadPart
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.storage import store
from boxwright.teams.models import User
from tests.annotations.archives import Commits, voc, zipped
from tests.annotations.images import box, label_id, picture, save, upload
from tests.annotations.test_archive_uploads import Tus

AsUser = Callable[[User], APIClient]
Take = Callable[..., Import]

SHEETS = zipped(
    {
        "a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9), ("lynx", 20, 20, 30, 900)),
        "b.xml": voc("b.jpg"),
        "missing.xml": voc("missing.jpg", ("cat", 1, 1, 9, 9)),
    }
)
PICTURES = zipped(
    {
        "a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9)),
        "new.xml": voc("new.jpg", ("lynx", 1, 1, 9, 9)),
        "a.jpg": picture(1),
        "new.jpg": picture(5),
        "bare.jpg": picture(6),
        "twin.jpg": picture(5),
        "void.xml": voc("void.jpg"),
        "void.jpg": picture(7),
        "broken.jpg": picture(8)[:99],
    }
)
"""One that the project has, three that are new, one of these twice, and one that can't be read."""


@pytest.fixture
def take(project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits) -> Take:
    """Import what is sent; `is_there`: whether the archive still is when a worker comes to it."""
    client = as_user(mona)

    def sent(data: bytes = SHEETS, *, is_there: bool = True, name: str = "set.zip", **fields: Any) -> Import:
        body = {"archive": SimpleUploadedFile(name, data), **fields}
        with django_capture_on_commit_callbacks():
            answer = client.post(f"/api/v1/projects/{project.pk}/imports/", body, format="multipart")
        job = Import.objects.get(pk=answer.json()["id"])
        if not is_there:
            store().delete(job.archive_key)
        attempt(Import, job.pk)
        job.refresh_from_db()
        return job

    upload(client, project, a__jpg=picture(1), b__jpg=picture(2), c__jpg=picture(3))
    return sent


def reported(job: Import) -> dict[str, Any]:
    names = ("status", "format", "format_reason", "read_as", "counts", "progress", "finding_count", "rules")
    findings = job.findings.order_by("number").values_list("number", "severity", "rule", "file", "line", "reason")
    return {**{name: getattr(job, name) for name in names}, "findings": list(findings)}


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Image, Annotation, Revision, Label)]


def is_read(job: Import) -> bool:
    """Of one whose archive is away."""
    return job.status != Status.SUCCEEDED


@pytest.mark.parametrize("on_known", ["add", "keep", "replace"])
def test_it_says_what_reading_it_says_and_changes_nothing(take: Take, project: Project, on_known: str) -> None:
    before = take(on_known=on_known)
    left = rows()
    repeated = take(on_known=on_known, is_there=False)
    Import.objects.update(left="")
    read = take(on_known=on_known)
    assert (before.counts["annotations_created"], before.counts["images_changed"]) == (2, 2)
    assert (read.counts["annotations_created"], read.counts["annotations_existing"]) == (0, 2)
    assert reported(repeated) == reported(read)
    assert reported(take(on_known=on_known, is_there=False)) == reported(read)
    assert rows() == left


@pytest.mark.parametrize("on_known", ["add", "keep", "replace"])
def test_so_it_is_where_it_brought_pictures(take: Take, on_known: str) -> None:
    before = take(PICTURES, on_known=on_known)
    left = rows()
    repeated = take(PICTURES, on_known=on_known, is_there=False)
    Import.objects.update(left="")
    read = take(PICTURES, on_known=on_known)
    assert (before.counts["images_created"], before.counts["annotations_created"]) == (3, 2)
    assert (read.counts["images_created"], read.counts["annotations_created"]) == (0, 0)
    assert reported(repeated) == reported(read)
    assert reported(take(PICTURES, on_known=on_known, is_there=False)) == reported(read)
    assert rows() == left


def test_it_is_read_again_where_it_brought_pictures_and_looked_for_others(take: Take) -> None:
    """One that it brought has the name that it looked for."""
    data = zipped({"a/new.jpg": picture(5), "a/new.xml": voc("new.jpg"), "b/other.xml": voc("a/bare.jpg")})
    take(data)
    assert is_read(take(data, is_there=False))
    take(data)
    assert not is_read(take(data, is_there=False))


def draw(client: APIClient, project: Project) -> None:
    save(client, Image.objects.get(name="c.jpg").pk, upsert=[box(project)])


def delete_a_box(client: APIClient, _project: Project) -> None:
    mark = Annotation.objects.order_by("id")[0]
    save(client, mark.image_id, mark.image.revision, delete=[str(mark.id)])


def move_to_review(client: APIClient, _project: Project) -> None:
    image = Image.objects.get(name="a.jpg")
    save(client, image.pk, image.revision, queue="review")


def delete_an_image(client: APIClient, _project: Project) -> None:
    client.delete(f"/api/v1/images/{Image.objects.get(name='c.jpg').pk}/")


def add_an_image(client: APIClient, project: Project) -> None:
    upload(client, project, missing__jpg=picture(4))


def rename_a_label(client: APIClient, project: Project) -> None:
    client.patch(f"/api/v1/labels/{label_id(project, 'lynx')}/", {"name": "bobcat"}, format="json")


def merge_labels(client: APIClient, project: Project) -> None:
    into = {"into": label_id(project, "cat")}
    client.post(f"/api/v1/labels/{label_id(project, 'lynx')}/merge/", into, format="json")


def add_a_label(client: APIClient, project: Project) -> None:
    client.post(f"/api/v1/projects/{project.pk}/labels/", {"name": "dog"}, format="json")


def take_a_split(_client: APIClient, _project: Project) -> None:
    """As another import does it, without a revision."""
    Image.objects.filter(name="b.jpg").update(split="val")


CHANGES = [
    *(draw, delete_a_box, move_to_review, delete_an_image, add_an_image),
    *(rename_a_label, merge_labels, add_a_label, take_a_split),
]


@pytest.mark.parametrize("data", [SHEETS, PICTURES], ids=["sheets", "pictures"])
@pytest.mark.parametrize("change", CHANGES)
def test_it_is_read_again_where_something_changed(
    take: Take, project: Project, mona: User, as_user: AsUser, change: Callable[[APIClient, Project], None], data: bytes
) -> None:
    take(data)
    change(as_user(mona), project)
    assert is_read(take(data, is_there=False))
    assert take(data).status == Status.SUCCEEDED
    assert not is_read(take(data, is_there=False))


def test_what_was_deleted_stays_deleted(take: Take, project: Project, mona: User, as_user: AsUser) -> None:
    take()
    delete_a_box(as_user(mona), project)
    counts = [take(is_there=is_there).counts for is_there in (True, False)]
    assert counts[0] == counts[1]
    assert (counts[1]["annotations_created"], Annotation.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"on_known": "keep"},
        {"choices.first_pixel": 1},
        {"format": "voc"},
        {"name": "other.zip"},
        {"create_labels": "false"},
        {"data": zipped({"a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9))})},
    ],
)
def test_what_is_asked_otherwise_is_read(take: Take, asked: dict[str, Any]) -> None:
    take()
    assert is_read(take(is_there=False, **asked))


def test_whoever_wants_to_look_first_sees_it_read(take: Take) -> None:
    take()
    assert take(review="true").status == Status.WAITING


def test_one_that_came_in_parts_is_known_by_its_parts(
    take: Take, project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    tus = Tus(as_user(mona), project)

    def sent(data: bytes, *, is_there: bool) -> Import:
        with django_capture_on_commit_callbacks():
            job = Import.objects.get(pk=tus.start(tus.sent(data)).json()["id"])
        if not is_there:
            for part in UploadPart.objects.filter(upload=job.upload):
                store().delete(part.key)
        attempt(Import, job.pk)
        job.refresh_from_db()
        return job

    assert sent(SHEETS, is_there=True).counts["annotations_created"] == 2
    assert sent(SHEETS, is_there=False).counts["annotations_existing"] == 2
    assert is_read(sent(zipped({"a.xml": voc("a.jpg")}), is_there=False))


def test_one_that_was_canceled_or_failed_counts_for_nothing(take: Take) -> None:
    assert is_read(take(is_there=False))
    done = take()
    Import.objects.filter(pk=done.pk).update(status=Status.CANCELED)
    assert is_read(take(is_there=False))


def test_what_somebody_changed_while_it_was_applied_is_no_state_that_it_left(
    take: Take, project: Project, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyse = planned_rows.analyse

    def then() -> None:
        analyse()
        draw(as_user(mona), project)

    with monkeypatch.context() as patch:
        patch.setattr("annotations.imports.planned_rows.analyse", then)
        take()
    assert is_read(take(is_there=False))


def test_what_somebody_deleted_while_its_pictures_were_read_comes_back(
    take: Take, project: Project, mona: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_reading = Report.end_reading

    def then(report: Report) -> None:
        as_user(mona).delete(f"/api/v1/images/{Image.objects.get(name='a.jpg').pk}/")
        end_reading(report)

    with monkeypatch.context() as patch:
        patch.setattr(Report, "end_reading", then)
        assert take(PICTURES).counts["images_created"] == 3
    assert is_read(take(PICTURES, is_there=False))
    assert take(PICTURES).counts["images_created"] == 1


def test_an_image_that_theirs_empty_is_a_negative_at_once(
    take: Take, project: Project, mona: User, as_user: AsUser
) -> None:
    image = Image.objects.get(name="b.jpg")
    save(as_user(mona), image.pk, upsert=[box(project)])
    take(on_known="replace")
    image.refresh_from_db()
    assert (image.queue, image.annotation_count, image.revision) == ("labelled", 0, 2)
    Import.objects.update(left="")
    assert take(on_known="replace").counts["images_changed"] == 0


@given(st.text(), st.one_of(st.none(), st.tuples(*[st.floats(allow_nan=False)] * 4)))
def test_ids_are_made_of_what_they_were_made_of(name: str, sides: tuple[float, ...] | None) -> None:
    assert said_of(name, sides) == str((name, Box(*sides) if sides else None))

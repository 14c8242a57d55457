"""An import beside people and beside itself: what they do while it is read or applied; archives without pictures."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.counters import LabelGone
from annotations.dataset.findings import Rule
from annotations.imports import applying, planned_rows
from annotations.imports.archives import Kind, kind_of
from annotations.imports.staged_rows import Pictures
from annotations.models import Annotation, Image, Import, Revision, StagedImage
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import box, picture, save, upload

AsUser = Callable[[User], APIClient]


def four() -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for n in range(4):
        files |= {f"{n}.jpg": picture(n), f"{n}.xml": voc(f"{n}.jpg", ("cat", n, 1, n + 9, 9))}
    return files


@pytest.fixture
def before_landing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something done, once, when the plan is made and nothing is locked."""

    def arrange(act: Callable[[], object]) -> None:
        waiting, analyse = [act], planned_rows.analyse

        def then() -> None:
            analyse()
            if waiting:
                waiting.pop()()

        monkeypatch.setattr("annotations.imports.planned_rows.analyse", then)

    return arrange


def check_counters(project: Project) -> None:
    project.refresh_from_db()
    queues = list(Image.objects.filter(project=project).values_list("queue", flat=True))
    counted = (project.unlabelled_count, project.labelled_count, project.annotation_count)
    assert counted == (queues.count("unlabelled"), queues.count("labelled"), Annotation.objects.count())
    for label in Label.objects.filter(project=project):
        assert label.annotation_count == Annotation.objects.filter(label=label).count()


def test_what_people_save_meanwhile_is_kept(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    before_landing: Callable[[Callable[[], object]], None],
) -> None:
    known = upload(as_user(bob), project, mine__jpg=picture(0))["created"][0]["id"]
    before_landing(lambda: save(as_user(bob), known, upsert=[box(project, 30)]))
    done = import_zip(as_user(bob), project, zipped(four()), django_capture_on_commit_callbacks)
    image = Image.objects.get(pk=known)
    assert (image.annotation_count, image.annotations.count(), image.revision) == (2, 2, 2)
    assert [r.number for r in Revision.objects.filter(image=known).order_by("number")] == [1, 2]
    counts = done["counts"]
    assert (counts["images_created"], counts["images_duplicate"], counts["annotations_created"]) == (3, 1, 4)
    check_counters(project)


def test_a_picture_that_is_uploaded_meanwhile_is_a_known_one(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    before_landing: Callable[[Callable[[], object]], None],
) -> None:
    before_landing(lambda: upload(as_user(bob), project, mine__jpg=picture(2)))
    done = import_zip(as_user(bob), project, zipped(four()), django_capture_on_commit_callbacks)
    assert (done["counts"]["images_created"], done["counts"]["images_duplicate"]) == (3, 1)
    assert (Image.objects.count(), Image.objects.get(name="mine.jpg").annotation_count) == (4, 1)
    check_counters(project)


def test_an_image_that_is_deleted_meanwhile_is_told(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    before_landing: Callable[[Callable[[], object]], None],
) -> None:
    known = upload(as_user(mona), project, mine__jpg=picture(0))["created"][0]["id"]
    before_landing(lambda: as_user(mona).delete(f"/api/v1/images/{known}/"))
    done = import_zip(as_user(mona), project, zipped(four()), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["images_created"], Image.objects.count()) == ("succeeded", 3, 3)
    assert [finding["rule"] for finding in done["findings"]] == [Rule.IMAGE_GONE.key]
    check_counters(project)


def test_a_label_that_is_merged_meanwhile_takes_its_annotations_along(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    before_landing: Callable[[Callable[[], object]], None],
) -> None:
    cat, raccoon = Label.objects.get(name="cat"), Label.objects.get(name="raccoon")
    merge = f"/api/v1/labels/{cat.pk}/merge/"
    before_landing(lambda: as_user(mona).post(merge, {"into": raccoon.pk}, format="json"))
    done = import_zip(as_user(mona), project, zipped(four()), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 4)
    check_counters(project)


@pytest.mark.parametrize("stage", ["reading", "applying"])
def test_canceled_in_any_stage_nothing_of_it_is_there(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
    before_landing: Callable[[Callable[[], object]], None],
    stage: str,
) -> None:
    def cancel() -> None:
        job = Import.objects.get(status=Status.RUNNING)
        assert job.stage == stage
        assert as_user(mona).post(f"/api/v1/imports/{job.pk}/cancel/").status_code == 200

    if stage == "reading":
        monkeypatch.setattr("annotations.imports.staging.StagedLabels.write", lambda _self: cancel())
    else:
        before_landing(cancel)
    files = four() | {"9.jpg": picture(9), "9.xml": voc("9.jpg", ("owl", 1, 1, 9, 9))}
    done = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["status"], done["stage"]) == ("canceled", "")
    assert (Image.objects.count(), StagedImage.objects.count(), Label.objects.count()) == (0, 0, 2)


def test_two_imports_of_one_archive_at_once(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    """Both are read before one lands: each took all pictures for new ones."""
    client, commits = as_user(bob), django_capture_on_commit_callbacks
    jobs = [import_zip(client, project, zipped(four()), commits, review="true")["id"] for _ in range(2)]
    counts = []
    for job in jobs:
        with commits(execute=True):
            client.post(f"/api/v1/imports/{job}/apply/", {}, format="json")
        done = client.get(f"/api/v1/imports/{job}/").json()["counts"]
        counts.append((done["images_created"], done["images_duplicate"], done["annotations_existing"]))
    assert counts == [(4, 0, 0), (0, 4, 4)]
    assert (Image.objects.count(), Annotation.objects.count(), Revision.objects.count()) == (4, 4, 4)
    check_counters(project)


def test_a_worker_that_dies_while_it_applies_leaves_the_project_as_it_was(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    before_landing: Callable[[Callable[[], object]], None],
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    before_landing(die)
    with pytest.raises(KeyboardInterrupt):
        import_zip(as_user(bob), project, zipped(four()), django_capture_on_commit_callbacks)
    job = Import.objects.get()
    assert (job.stage, Image.objects.count(), StagedImage.objects.count()) == ("applying", 0, 4)
    Import.objects.update(status=Status.QUEUED, lease=None, archive_key="", archive_sha256="")
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.counts["images_created"], job.counts["files"]) == (Status.SUCCEEDED, 4, 4)


def test_annotations_find_the_images_of_the_project_by_their_names(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    upload(as_user(bob), project, a__jpg=picture(1), b__png=picture(2, kind="PNG"))
    files = {
        "a.xml": voc("photos/A.JPG", ("cat", 1, 1, 9, 9)),
        "b.xml": voc("b.jpg", ("cat", 2, 2, 9, 9)),
        "c.xml": voc("c.jpg", ("cat", 2, 2, 9, 9)),
    }
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["counts"]["files"], done["counts"]["images_changed"]) == (2, 2)
    assert (done["counts"]["images_created"], Annotation.objects.count()) == (0, 2)
    assert [finding["file"] for finding in done["findings"] if finding["rule"] == "no_image"] == ["c.xml"]
    again = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert (again["counts"]["images_changed"], again["counts"]["annotations_existing"]) == (0, 2)


def test_boxes_of_a_turned_picture_that_is_elsewhere_are_turned_with_it(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    """Its row is 48×64 as it is shown; the file says 64×48, as its pixels are stored: its header tells which way."""
    upload(as_user(bob), project, a__jpg=turned())
    files = {"a.xml": voc("a.jpg", ("cat", 0, 0, 10, 20))}
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert [finding["rule"] for finding in done["findings"]] == [Rule.TURNED.key]
    mark = Annotation.objects.get()
    assert (mark.x_min, mark.y_min, mark.x_max, mark.y_max) == (28, 0, 48, 10)


def turned() -> bytes:
    """A JPEG of 64×48 pixels that is shown turned clockwise."""
    out, exif = io.BytesIO(), PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.open(io.BytesIO(picture(1))).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.xml", "annotations", "../../a.XML"])
def test_a_bare_file_of_annotations_is_an_archive_of_one(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    upload(as_user(bob), project, a__jpg=picture(1))
    sent = {"archive": SimpleUploadedFile(name, voc("a.jpg", ("cat", 1, 1, 9, 9)))}
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    job = Import.objects.get(pk=answer.json()["id"])
    assert (job.status, job.counts["annotations_created"], job.format) == ("succeeded", 1, "voc")


TEXTS = {
    b'\xef\xbb\xbf [{"image": "a"}]': Kind.JSON,
    b"<annotation/>": Kind.XML,
    b"name,x\r\na.jpg,1": Kind.CSV,
    b"name\tx\na.jpg\t1": Kind.CSV,
    b"one line, and no more": None,
    b"no table\nat all": None,
    b"{\x00": None,
    b" \n": None,
}


@pytest.mark.parametrize(("data", "kind"), TEXTS.items())
def test_a_text_is_known_by_its_bytes(data: bytes, kind: Kind | None) -> None:
    assert kind_of(io.BytesIO(data)) == kind


def test_of_two_images_with_one_name_neither_is_taken(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    for seed in (1, 2):
        upload(as_user(bob), project, a__jpg=picture(seed))
    files = {"a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9))}
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert [finding["rule"] for finding in done["findings"]] == [Rule.AMBIGUOUS_IMAGE.key]
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    ("on_known", "decided", "ours", "theirs"),
    [
        *[("add", True, "val", "train"), ("replace", True, "train", "train"), ("add", False, "val", "")],
    ],
)
def test_splits_and_groups_are_taken(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    on_known: str,
    decided: bool,
    ours: str,
    theirs: str,
) -> None:
    """`ours`: of an image that has a split; `theirs`: of one that has none, and of a new one."""
    client = as_user(bob)
    upload(client, project, held__jpg=picture(0), bare__jpg=picture(1))
    Image.objects.filter(name="held.jpg").update(split="val")
    job = import_zip(client, project, zipped(four()), django_capture_on_commit_callbacks, review="true")
    StagedImage.objects.update(split="train", group="film")
    StagedImage.objects.filter(name="3.jpg").update(split="test")
    with django_capture_on_commit_callbacks(execute=True):
        asked = {"on_known": on_known, "splits": decided}
        assert client.post(f"/api/v1/imports/{job['id']}/apply/", asked, format="json").status_code == 200
    found = dict(Image.objects.values_list("name", "split"))
    assert (found["held.jpg"], found["bare.jpg"], found["2.jpg"]) == (ours, theirs, theirs)
    assert set(Image.objects.values_list("group", flat=True)) == ({"film"} if decided else {""})


def test_one_split_for_all_is_none(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    client = as_user(bob)
    job = import_zip(client, project, zipped(four()), django_capture_on_commit_callbacks, review="true")
    StagedImage.objects.update(split="train")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/api/v1/imports/{job['id']}/apply/", {}, format="json")
    assert set(Image.objects.values_list("split", flat=True)) == {""}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite checks each row as it is written")
def test_references_are_checked_before_the_project_is_locked(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    """At the commit it takes a second for 100,000 annotations, and everybody who saves waits for the project's row."""
    upload(as_user(bob), project, mine__jpg=picture(0))
    with CaptureQueriesContext(connection) as asked:
        import_zip(as_user(bob), project, zipped(four()), django_capture_on_commit_callbacks)
    statements = [query["sql"] for query in asked.captured_queries]
    checked = next(n for n, sql in enumerate(statements) if sql.startswith("SET CONSTRAINTS ALL IMMEDIATE"))
    written = next(n for n, sql in enumerate(statements) if "INSERT INTO annotations_annotation" in sql)
    locked = next(n for n, sql in enumerate(statements) if n > written and 'UPDATE "projects_project"' in sql)
    assert written < checked < locked


def test_the_plan_is_tried_again_only_so_often(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, monkeypatch: Any
) -> None:
    """Each time a label goes that it needs: it fails then, and nothing is there."""
    tried = []

    def gone(*_args: object, **_named: object) -> None:
        tried.append(uuid.uuid4())
        raise LabelGone("gone")

    monkeypatch.setattr("annotations.imports.applying.counters.move", gone)
    done = import_zip(as_user(bob), project, zipped(four()), django_capture_on_commit_callbacks)
    assert (done["status"], len(tried), Image.objects.count()) == ("failed", applying.TRIES, 0)


def test_an_image_that_goes_while_its_annotations_are_read_is_told(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found by its name, and deleted before it is staged."""
    upload(as_user(bob), project, **{"0__jpg": picture(0), "1__jpg": picture(1)})

    def without_one(job: Import, hashes: list[str]) -> Pictures:
        Image.objects.filter(project=project, name="0.jpg").delete()
        return looked_up(job, hashes)

    looked_up = Pictures.of
    monkeypatch.setattr("annotations.imports.staging.Pictures.of", without_one)
    files = {name: data for name, data in four().items() if name in {"0.xml", "1.xml"}}
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["annotations_created"]) == ("succeeded", 1), done["error"]
    assert [finding["rule"] for finding in done["findings"]] == ["image_gone"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's temporary tables are files anyway")
@pytest.mark.django_db
def test_a_plan_lies_in_a_file() -> None:
    """In memory, one of 100,000 images took 300 MB."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store")
        assert cursor.fetchone() != (2,)

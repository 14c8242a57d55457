"""Importing archives: counted, idempotent, resumed, and safe from what strangers zip."""

import contextlib
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from annotations import stored_images
from annotations.housekeeping import release_archives
from annotations.models import Annotation, Image, Import, Revision, StagedImage, StagedLabel
from boxwright import limits
from boxwright.jobs import Beat, Status
from boxwright.jobs.attempt import attempt
from boxwright.jobs.reaper import revive
from boxwright.projects.models import Label, Project
from boxwright.scratch import folder_for
from boxwright.storage.collector import collect
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, tarred, voc, zipped
from tests.annotations.images import box, picture, save, stored_keys, upload

AsUser = Callable[[User], APIClient]


def three() -> bytes:
    """Two labelled images, one of them a negative, and one without annotation file."""
    return zipped(
        {
            "a.jpg": picture(1),
            "a.xml": voc("a.jpg", ("raccoon", 1, 2, 30, 40), ("cat", 5, 5, 20.5, 20)),
            "empty.png": picture(2, kind="PNG"),
            "empty.xml": voc("empty.png"),
            "plain.jpg": picture(3),
        }
    )


def packed() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(three())) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    return {"zip": three(), "tar": tarred(held), "tar.gz": tarred(held, "w:gz")}


def test_same_files_come_in_whatever_packs_them(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    counts = []
    for data in packed().values():
        done = import_zip(as_user(bob), project, data, django_capture_on_commit_callbacks)
        counts.append((done["status"], done["counts"]["images_created"], done["counts"]["annotations_existing"]))
    assert counts == [("succeeded", 3, 0), ("succeeded", 0, 2), ("succeeded", 0, 2)]


def test_archive_becomes_images_with_their_annotations(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert (done["status"], done["format"], done["error"]) == ("succeeded", "voc", None)
    assert done["counts"] == {
        "files": 3,
        "images_created": 3,
        "images_duplicate": 0,
        "annotations_created": 2,
        "annotations_existing": 0,
        "images_changed": 0,
        "annotations_left_out": 0,
    }
    assert done["progress"] == {"done": 3, "total": 3, "seconds_left": None}
    assert {i.name: i.queue for i in Image.objects.all()} == {
        "a.jpg": "labelled",
        "empty.png": "labelled",
        "plain.jpg": "unlabelled",
    }
    project.refresh_from_db()
    assert (project.labelled_count, project.unlabelled_count, project.annotation_count) == (2, 1, 2)
    assert [label.annotation_count for label in Label.objects.order_by("position")] == [1, 1]
    cat = Annotation.objects.get(label__name="cat")
    assert (cat.x_min, cat.y_min, cat.x_max, cat.y_max, cat.source) == (5, 5, 20.5, 20, "import")


def test_same_archive_twice_adds_nothing(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    for _ in range(2):
        done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert (done["counts"]["images_created"], done["counts"]["annotations_created"]) == (0, 0)
    assert (done["counts"]["images_duplicate"], done["counts"]["annotations_existing"]) == (3, 2)
    assert (Image.objects.count(), Annotation.objects.count(), Revision.objects.count()) == (3, 2, 2)


def test_what_people_deleted_since_stays_deleted(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    cat = Annotation.objects.get(label__name="cat")
    save(as_user(bob), cat.image_id, 1, delete=[str(cat.id)])
    import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert not Annotation.objects.filter(label__name="cat").exists()


def test_annotations_reach_images_that_were_uploaded_before(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    known = upload(as_user(bob), project, mine__jpg=picture(1))["created"][0]["id"]
    save(as_user(bob), known, upsert=[box(project, 30)])
    done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert (done["counts"]["images_created"], done["counts"]["images_duplicate"]) == (2, 1)
    image = Image.objects.get(pk=known)
    assert (image.annotation_count, image.revision, image.annotations.count()) == (3, 2, 3)


def test_twin_within_an_archive_is_taken_once(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    files = {"a.jpg": picture(1), "a.xml": voc("a.jpg", ("cat", 1, 1, 9, 9)), "b.jpg": picture(1)}
    files["b.xml"] = voc("b.jpg", ("cat", 1, 1, 10, 10))
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert (done["counts"]["images_duplicate"], done["counts"]["annotations_created"]) == (1, 1)
    assert [(f["severity"], f["file"]) for f in done["findings"]] == [("warning", "b.xml")]
    assert "a.jpg" in done["findings"][0]["reason"]


def test_unknown_labels_are_made_when_asked(
    project: Project, mona: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    files = {"a.jpg": picture(1), "a.xml": voc("a.jpg", ("Cat", 1, 1, 9, 9), ("dog", 2, 2, 9, 9))}
    done = import_zip(as_user(mona), project, zipped(files), django_capture_on_commit_callbacks, create_labels="true")
    assert done["counts"]["annotations_created"] == 2
    assert list(Label.objects.values_list("name", flat=True)) == ["raccoon", "cat", "dog"]


def test_an_import_makes_labels_by_the_same_rule(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No more than a project may have, no names that break the rule; the boxes that this leaves out say why."""
    monkeypatch.setattr(limits, "LABELS_A_PROJECT", 4)
    names = ("dog\u200b", "ＣＡＴ", "fox", "FOX ", "x" * 101, "hen", "owl")
    archive = zipped({"a.jpg": picture(1), "a.xml": voc("a.jpg", *[(n, 1, 2, 9, 9 + i) for i, n in enumerate(names)])})
    done = import_zip(as_user(mona), project, archive, django_capture_on_commit_callbacks, create_labels="true")
    assert list(Label.objects.values_list("name", flat=True)) == ["raccoon", "cat", "fox", "hen"]
    assert done["counts"]["annotations_created"] == 4
    reasons = [finding["reason"] for finding in done["findings"]]
    assert len(reasons) == 3
    assert "can't be seen (U+200B)" in reasons[0]
    assert "longer than 100 characters" in reasons[1]
    assert "a project may have 4 labels" in reasons[2]


def test_image_whose_boxes_were_all_left_out_is_no_negative(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    files = {"a.jpg": picture(1), "a.xml": voc("a.jpg", ("cat", 70, 1, 90, 9))}
    done = import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    assert Image.objects.get().queue == "unlabelled"
    finding = done["findings"][0]
    assert (finding["severity"], finding["file"], finding["line"]) == ("error", "a.xml", 4)
    assert "outside the image" in finding["reason"]


def test_viewer_may_not_import(project: Project, vera: User, charlie: User, as_user: AsUser) -> None:
    for user, status in ((vera, 403), (charlie, 404)):
        sent = {"archive": SimpleUploadedFile("set.zip", three())}
        answer = as_user(user).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
        assert answer.status_code == status


def test_what_is_no_zip_is_refused_at_once(project: Project, bob: User, as_user: AsUser) -> None:
    for data in (b"not a zip", b""):
        sent = {"archive": SimpleUploadedFile("set.zip", data)}
        answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "archive")
    assert (Import.objects.count(), stored_keys()) == (0, [])


def test_unknown_format_is_said(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(bob), project, zipped({"a.txt": b"hello"}), django_capture_on_commit_callbacks)
    assert (done["status"], done["error"]["code"]) == ("failed", "archive_refused")
    assert "Pascal VOC" in done["error"]["detail"]
    collect(timedelta(0))
    assert stored_keys() == []


def test_boxes_do_not_go_into_a_classification_project(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    Project.objects.filter(pk=project.pk).update(task="classification")
    done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert (done["status"], Image.objects.count()) == ("failed", 0)


def test_worker_that_dies_in_the_middle_leaves_no_gap_and_no_double(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    files: dict[str, bytes] = {}
    for n in range(10):
        files |= {f"{n}.jpg": picture(n % 8), f"{n}.xml": voc(f"{n}.jpg", ("cat", n, 1, n + 9, 9))}
    monkeypatch.setattr("annotations.imports.staging.BATCH", 3)
    taken = []

    def dies(*args: object) -> object:
        taken.append(args)
        if len(taken) == 2:
            raise KeyboardInterrupt
        return put(*args)  # type: ignore[arg-type]

    put = stored_images.store_images
    monkeypatch.setattr("annotations.imports.staging.store_images", dies)
    with pytest.raises(KeyboardInterrupt):
        import_zip(as_user(bob), project, zipped(files), django_capture_on_commit_callbacks)
    job = Import.objects.get()
    assert (job.status, Image.objects.count(), StagedImage.objects.count()) == (Status.RUNNING, 0, 3)

    Import.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    with django_capture_on_commit_callbacks(execute=True):
        assert revive(Import) == 1
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.SUCCEEDED, 1), "it came on: earlier attempts are forgiven"
    assert (job.counts["images_created"], job.counts["images_duplicate"], job.counts["files"]) == (8, 2, 10)
    assert (Image.objects.count(), Annotation.objects.count(), Revision.objects.count()) == (8, 8, 8)
    assert not StagedImage.objects.exists()
    assert not StagedLabel.objects.exists()
    project.refresh_from_db()
    assert (project.labelled_count, project.annotation_count) == (8, 8)
    assert not list((Path(settings.SCRATCH_DIR) / "jobs").iterdir())
    release_archives()
    collect(timedelta(0))
    assert not [key for key in stored_keys() if key.startswith("projects/")]


def test_an_attempt_that_ends_late_leaves_its_successor_alone(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It slept, was thought dead, wakes and cleans up while another works on the same import."""
    sleeper = contextlib.ExitStack()
    put = stored_images.store_images

    def waking(*args: Any) -> Any:
        sleeper.close()
        return put(*args)

    monkeypatch.setattr("annotations.imports.staging.store_images", waking)
    work = Import.work

    def taken_over(job: Import, beat: Beat) -> None:
        if not sleeping:
            return work(job, beat)
        sleeping.clear()
        folder = sleeper.enter_context(folder_for("import", job.pk))
        (folder / "files").mkdir()
        Import.objects.update(status=Status.QUEUED, lease=None)
        return attempt(Import, job.pk)

    sleeping = [True]
    monkeypatch.setattr(Import, "work", taken_over)
    done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    assert (done["status"], done["counts"]["images_created"], done["counts"]["files"]) == ("succeeded", 3, 3)


def test_import_runs_once_however_often_it_is_sent(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    done = import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    attempt(Import, done["id"])
    assert Import.objects.get().attempt == 1


def test_bug_fails_the_import_the_second_time(
    project: Project,
    bob: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("annotations.imports.sources.unpack", broken)
    import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)
    job = Import.objects.get()
    assert job.status == Status.QUEUED, "once more"
    attempt(Import, job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Status.FAILED, "internal")
    release_archives()
    collect(timedelta(0))
    assert stored_keys() == []


def test_imports_are_listed_newest_first(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    ids = [import_zip(as_user(bob), project, three(), django_capture_on_commit_callbacks)["id"] for _ in range(2)]

    rows = as_user(bob).get(f"/api/v1/projects/{project.pk}/imports/").json()["results"]
    assert [(row["id"], row["project"]) for row in rows] == [(id_, project.pk) for id_ in ids[::-1]]


@pytest.mark.parametrize(
    ("name", "images", "boxes", "duplicates", "errors", "infos"),
    [
        ("raccoon", 196, 213, 4, 0, 1),  # raccoon_labels.csv says the same again
        pytest.param("bccd", 364, 4886, 0, 2, 0, marks=pytest.mark.full),
        pytest.param("fruit", 300, 582, 0, 0, 37, marks=pytest.mark.full),
    ],
)
def test_real_sets_come_in_whole(
    project: Project,
    mona: User,
    as_user: AsUser,
    django_capture_on_commit_callbacks: Commits,
    test_data: Path,
    tmp_path: Path,
    name: str,
    images: int,
    boxes: int,
    duplicates: int,
    errors: int,
    infos: int,
) -> None:
    archive = shutil.make_archive(str(tmp_path / name), "zip", test_data / name)
    data = Path(archive).read_bytes()
    done = import_zip(as_user(mona), project, data, django_capture_on_commit_callbacks, create_labels="true")
    counts = done["counts"]
    assert done["status"] == "succeeded"
    assert (counts["images_created"], counts["images_duplicate"]) == (images, duplicates)
    assert counts["annotations_created"] == Annotation.objects.count() == boxes
    severities = [finding["severity"] for finding in done["findings"]]
    assert (severities.count("error"), severities.count("info")) == (errors, infos)
    assert severities.count("warning") == duplicates
    assert set(Image.objects.values_list("queue", flat=True)) == {"labelled"}

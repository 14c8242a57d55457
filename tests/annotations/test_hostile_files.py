"""A table of hostile files, beside those of test_bad_input.py, test_archives.py and test_tars.py.

Each says what is wrong and where, or is refused with nothing kept of it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.imports.staged_rows import delete_staged_of_ended
from annotations.models import Annotation, Image, Import, StagedImage
from boxwright.projects.models import Label, Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, zipped
from tests.annotations.hostile_archives import ARCHIVES, NO_ARCHIVES
from tests.annotations.hostile_json import JSON, many_boxes
from tests.annotations.hostile_texts import TEXTS
from tests.annotations.hostile_xml import XML
from tests.annotations.images import kept_keys, picture

AsUser = Callable[[User], APIClient]
FILES = XML | JSON | TEXTS


def test_the_table_is_long() -> None:
    assert len(ARCHIVES) + len(NO_ARCHIVES) + len(FILES) >= 90


@pytest.mark.parametrize("name", ARCHIVES)
def test_archive_is_refused_or_taken_without_its_harm(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    made, rule, file, reason, taken = ARCHIVES[name]
    done = import_zip(as_user(bob), project, made(), django_capture_on_commit_callbacks)
    check_said(done, rule, file, reason)
    check_taken(done, taken)


@pytest.mark.parametrize("name", NO_ARCHIVES)
def test_what_is_no_archive_is_refused_as_it_comes(project: Project, bob: User, as_user: AsUser, name: str) -> None:
    sent = {"archive": SimpleUploadedFile("set.zip", NO_ARCHIVES[name]())}
    answer = as_user(bob).post(f"/api/v1/projects/{project.pk}/imports/", sent, format="multipart")
    assert answer.status_code == 400
    assert (Import.objects.count(), kept_keys()) == (0, [])


@pytest.mark.parametrize("name", FILES)
def test_annotation_file_is_refused_or_told(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, name: str
) -> None:
    form, file, made, rule, reason, taken = FILES[name]
    beside = {"a.jpg": picture(), "data.yaml": b"names: [cat]\n"} if file.endswith(".txt") else {"a.jpg": picture()}
    archive = zipped(beside | {file: made()})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks, format=form)
    check_said(done, rule, file, reason)
    check_taken(done, taken)


@pytest.mark.parametrize("text", [many_boxes(9)[:-90], many_boxes(2_000)[:-90]])
def test_what_was_left_out_is_told_once_though_nothing_is_read(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits, text: bytes
) -> None:
    archive = zipped({"a.jpg": picture(), "a.json": text, "n" * 256: b"", "more.zip": b""})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks, format="coco")
    assert [one["file"] for one in done["findings"]] == ["n" * 256, "more.zip", "a.json"]
    check_taken(done, None)


def check_said(done: dict[str, Any], rule: str, file: str, reason: str) -> None:
    """A finding, or the reason of the refusal, or nothing at all where no reason is wanted."""
    said = [(one["rule"], one["file"]) for one in done["findings"] if reason in one["reason"]]
    if rule:
        assert (rule, file) in said, done["findings"][:5]
    elif reason:
        assert reason in done["error"]["detail"]
    else:
        assert (done["finding_count"], done["error"]) == (0, None)
    assert "/scratch/" not in str(done["findings"])


def check_taken(done: dict[str, Any], taken: tuple[int, int] | None) -> None:
    delete_staged_of_ended()
    assert done["status"] == ("failed" if taken is None else "succeeded")
    assert (Image.objects.count(), Annotation.objects.count()) == (taken or (0, 0))
    assert [one.name for one in Label.objects.order_by("position")] == ["raccoon", "cat"]
    assert StagedImage.objects.count() == 0
    assert len(kept_keys()) == 3 * Image.objects.count()

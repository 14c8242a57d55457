"""Findings: cut, counted, kept in rows of their own, read in pages; never part of a list."""

import json
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from annotations.dataset.findings import Finding, Rule
from annotations.imports.report import Report
from annotations.models import Import, ImportFinding
from boxwright import limits
from boxwright.events.models import Event
from boxwright.jobs import Status
from boxwright.projects.models import Project
from boxwright.teams.models import User
from tests.annotations.archives import Commits, import_zip, voc, zipped
from tests.annotations.images import picture

AsUser = Callable[[User], APIClient]


@pytest.fixture
def job(project: Project, bob: User) -> Import:
    return Import.objects.create(project=project, created_by=bob, status=Status.RUNNING, archive_key="gone")


def keep(job: Import, *findings: Finding) -> None:
    report = Report.of(job)
    report.note(*findings)
    Import.objects.filter(pk=job.pk).update(**report.columns)
    report.keep_findings(job)


def test_findings_are_read_in_pages_what_is_worst_first(job: Import, vera: User, as_user: AsUser) -> None:
    keep(job, Finding(Rule.UNLABELLED, "a", "one"), *[Finding(Rule.CUT, f"{n}", "two", n) for n in range(3)])
    keep(Import.objects.get(pk=job.pk), Finding(Rule.NO_IMAGE, "z", "three"))
    pages, url = [], f"/api/v1/imports/{job.pk}/findings/?limit=2"
    while url:
        page = as_user(vera).get(url).json()
        pages.append([(f["severity"], f["file"], f["line"], f["reason"]) for f in page["results"]])
        url = page["next"]
    assert pages == [
        [("error", "z", None, "three"), ("warning", "0", 0, "two")],
        [("warning", "1", 1, "two"), ("warning", "2", 2, "two")],
        [("info", "a", None, "one")],
    ]


def test_findings_of_one_severity(job: Import, vera: User, as_user: AsUser) -> None:
    keep(job, Finding(Rule.UNLABELLED, "a", "one"), Finding(Rule.NO_IMAGE, "b", "two"))
    only = as_user(vera).get(f"/api/v1/imports/{job.pk}/findings/", {"severity": "info"}).json()
    assert [finding["file"] for finding in only["results"]] == ["a"]
    wrong = as_user(vera).get(f"/api/v1/imports/{job.pk}/findings/", {"severity": "fatal"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "severity")


def test_one_over_the_limit_is_counted_not_kept(job: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FINDINGS_AN_IMPORT", 5)
    keep(job, *[Finding(Rule.UNLABELLED, "", "same")] * 4)
    keep(Import.objects.get(pk=job.pk), *[Finding(Rule.UNLABELLED, "", "same")] * 4)
    assert (Import.objects.get().finding_count, ImportFinding.objects.count()) == (8, 5)


def test_reason_and_file_are_cut_and_stay_on_one_line(job: Import) -> None:
    most = limits.FINDING_CHARACTERS
    keep(
        job, Finding(Rule.NO_IMAGE, "f" * (most + 1), "r" * (most + 1)), Finding(Rule.NO_IMAGE, "f" * most, "a\nb\x00c")
    )
    cut, whole = ImportFinding.objects.order_by("number")
    assert (len(cut.file), len(cut.reason), cut.file[-1], cut.reason[-1]) == (most, most, "…", "…")
    assert (whole.file, whole.reason) == ("f" * most, "a b c")


def test_lists_and_events_stay_small_however_much_was_noticed(
    project: Project, bob: User, as_user: AsUser, django_capture_on_commit_callbacks: Commits
) -> None:
    xml = voc("a.jpg", *[("zebra" * 100, 9, 9, 9, 9)] * 600)
    archive = zipped({"a.jpg": picture(), "a.xml": xml})
    done = import_zip(as_user(bob), project, archive, django_capture_on_commit_callbacks)
    assert (done["finding_count"], ImportFinding.objects.count()) == (600, 600)
    listed = as_user(bob).get(f"/api/v1/projects/{project.pk}/imports/")
    assert len(listed.content) < 1000
    assert max(len(json.dumps(event.data)) for event in Event.objects.filter(kind="import")) < 1000

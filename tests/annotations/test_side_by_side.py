"""What one worker process does at the same time."""

import threading

import pytest
from django.db import connection

from annotations.models import Import, Snapshot
from boxwright.jobs import Beat, Status
from boxwright.jobs.tasks import work
from boxwright.projects.models import Project
from boxwright.projects.tasks import remove_project
from boxwright.teams.models import Team, User
from tests.conftest import make_project


@pytest.mark.usefixtures("real_database")
def test_a_snapshot_and_a_removal_do_not_wait_behind_an_import(
    alice: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(team, alice)
    doomed = Project.objects.create(team=team, slug="d", name="d", task="detection", deleted_at=project.created_at)
    Import.objects.create(project=project)
    snapshot = Snapshot.objects.create(project=project, number=1)
    inside, may_end = threading.Event(), threading.Event()

    def long_import(_job: Import, _beat: Beat) -> None:
        inside.set()
        assert may_end.wait(60)

    monkeypatch.setattr(Import, "work", long_import)

    def importing() -> None:
        work.run(Import.kind(), 0)
        connection.close()

    thread = threading.Thread(target=importing)
    thread.start()
    try:
        assert inside.wait(60)
        work.run(Snapshot.kind(), 0)
        remove_project.run(0)
        work.run(Import.kind(), 0)  # dropped: this kind is busy
    finally:
        may_end.set()
        thread.join()
    snapshot.refresh_from_db()
    assert snapshot.status == Status.SUCCEEDED
    assert not Project.objects.filter(pk=doomed.pk).exists()

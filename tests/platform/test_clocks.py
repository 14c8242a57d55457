"""Processes whose clocks differ judge each other's rows by the database's clock alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.server import ROOT, installed

HOUR = 3600
PROCESS = """
from datetime import timedelta
from django.utils import timezone
true_time, skew = timezone.now, timedelta(0)
timezone.now = lambda: true_time() + skew
import django
django.setup()
from boxwright import events
from boxwright.jobs import job as jobs
from boxwright.jobs.reaper import revive
from boxwright.events.models import Event
from boxwright.projects.models import Project
from boxwright.teams.models import Team
from annotations.models import Import
sent = []
jobs.enqueue = lambda name, *ids, queue: sent.append(ids)
"""
A_PROJECT = "Project.objects.create(team=Team.objects.create(slug='t', name='T'), slug='p', name='P', task='detection')"
A_JOB = f"job = Import.objects.create(project={A_PROJECT})"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Of an empty installation that several processes share."""
    with installed(tmp_path) as made:
        yield made


def said(environment: dict[str, str], *deeds: tuple[int, str]) -> list[str]:
    """What processes say whose clocks are so many seconds ahead, one after another.

    One process plays them all: between two deeds it keeps nothing but its clock, and that is set anew.
    """
    code = "\n".join(f"skew = timedelta(seconds={skew})\n{deed}" for skew, deed in deeds)
    command = [sys.executable, "-c", f"{PROCESS}\n{code}"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("skew", [-HOUR, HOUR])
def test_a_worker_with_another_clock_is_alive(environment: dict[str, str], skew: int) -> None:
    """It was "killed" five times when its clock was 20 s behind the reaper's, and never found dead when ahead."""
    assert said(
        environment,
        (skew, f"{A_JOB}; job = Import.claim(job.pk); assert job.beat(), job"),
        (0, "print(revive(Import), Import.objects.get().status)"),
        (skew, "Import.objects.update(heartbeat_at=true_time() - timedelta(minutes=1)); print(revive(Import))"),
    ) == ["0 running", "1"]


@pytest.mark.parametrize("skew", [-HOUR, HOUR])
def test_a_message_is_sent_again_when_the_database_says_so(environment: dict[str, str], skew: int) -> None:
    assert said(
        environment,
        (skew, A_JOB),
        (0, "print(revive(Import))"),
        (skew, "job = Import.claim(1); assert job.release()"),
        (0, "print(revive(Import))"),
    ) == ["0", "1"]


def test_events_are_pruned_by_the_clock_of_the_database(environment: dict[str, str]) -> None:
    publish = (-2 * HOUR, "events.publish(1, 'counts', {})")
    assert said(environment, publish, (2 * HOUR, "events.RESUMED = 0; print(events.prune())")) == ["0"]

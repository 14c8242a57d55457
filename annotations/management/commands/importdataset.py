"""`manage.py importdataset PATH --project TEAM/SLUG`: a folder or an archive of this machine, or a folder of a bucket,
imported here and now."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from annotations.imports import import_of_bucket, import_of_path
from annotations.imports.options import Options
from annotations.imports.report import counted_rules
from annotations.models import Import, ImportFinding
from annotations.queries import findings_of
from boxwright.errors import DomainError
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects.canceling import cancel
from boxwright.projects.models import Project
from boxwright.projects.queries import project_for
from boxwright.teams.models import Membership, Role, User

LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Import a folder, a zip, a tar, a tar.gz or a file of annotations that lies on this machine; it is read in "
        "place and not changed. Or a folder in a bucket that BOXWRIGHT_IMPORT_BUCKETS allows. Exit status 1 when the "
        "import fails; then, and when it is canceled, nothing of it is there. What it left out is told by its rule, "
        "with file and line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="a folder or an archive, or s3://bucket/folder/")
        parser.add_argument("--project", required=True, metavar="TEAM/SLUG", help="as in the project's address")
        parser.add_argument("--format", default="", help="else it is recognised by what the files hold")
        parser.add_argument(
            "--no-create-labels", action="store_true", help="fail where labels occur that the project has not"
        )
        parser.add_argument(
            "--leave-images", action="store_true", help="leave the images in their bucket and read them from there"
        )
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="in whose name; else the team's first owner's")
        parser.add_argument(
            "--queue", action="store_true", help="leave it to a worker, which must find PATH on its machine"
        )

    def handle(self, *_args: Any, path: str, project: str, email: str | None, **options: Any) -> None:
        make = _of_bucket if path.startswith("s3://") else _of_path
        try:
            job = make(path, project, email, _options(options))
        except DomainError as error:
            raise CommandError(error.detail) from error
        if options["queue"]:
            job.send()
            self.stdout.write(f"Queued as import {job.pk}.")
            return
        self._work(job)
        self._tell(job)

    def _work(self, job: Import) -> None:
        """Here, as a worker would. Whoever interrupts it cancels it."""
        job.announce()
        with self._progress(job.pk):
            try:
                attempt(Import, job.pk)
            except KeyboardInterrupt:
                cancel(job)
        job.refresh_from_db()

    @contextmanager
    def _progress(self, pk: int) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._follow, args=(pk, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _follow(self, pk: int, ended: threading.Event) -> None:
        told = ""
        while not ended.wait(LOOK_SECONDS):
            progress = Import.objects.values_list("progress", flat=True).get(pk=pk)
            line = f"{progress.get('done', 0):,} of {progress.get('total', 0):,} images"
            if line != told and progress:
                self.stderr.write(line)
            told = line
        connection.close()

    def _tell(self, job: Import) -> None:
        for rule in counted_rules(job):
            self.stdout.write(f"{rule['severity']}: {rule['title']} ({rule['count']:,})")
            for finding in findings_of(job, rule=rule["rule"]).order_by("number").iterator():
                self.stdout.write(_line(finding))
        self.stdout.write(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in job.counts.items()))
        if job.finding_count:
            self.stdout.write(f"{job.finding_count:,} findings")
        if job.status == Status.QUEUED:
            self.stderr.write(f"It waits, and a worker will go on: {job.waits_for}")
        if job.status != Status.SUCCEEDED:
            self.stderr.write(
                f"The import has {job.status}: {job.error}" if job.error else f"The import is {job.status}."
            )
            sys.exit(1)


def _of_path(path: str, address: str, email: str | None, options: Options) -> Import:
    if options.leave_images:
        raise CommandError("--leave-images is for folders of buckets.")
    if not Path(path).exists():
        raise CommandError(f"There is no {path}.")
    project, author = _project_and_author(address, email, Role.ANNOTATOR)
    return import_of_path(project=project, author=author, path=Path(path).resolve(), options=options)


def _of_bucket(path: str, address: str, email: str | None, options: Options) -> Import:
    project, author = _project_and_author(address, email, Role.MANAGER)
    return import_of_bucket(project=project, author=author, address=path, options=options)


def _options(asked: dict[str, Any]) -> Options:
    create_labels = False if asked["no_create_labels"] else None
    return Options(asked["format"], create_labels=create_labels, leave_images=asked["leave_images"])


def _project_and_author(address: str, email: str | None, role: Role) -> tuple[Project, User]:
    """Raises CommandError, NotAllowed."""
    team, _, slug = address.partition("/")
    found = Project.objects.filter(team__slug=team, slug=slug, deleted_at=None).first()
    if found is None:
        raise CommandError(f"There is no project {address}; TEAM/SLUG is wanted, such as plates/cars.")
    author = _author(found, email)
    return project_for(author, found.pk, role), author


def _author(project: Project, email: str | None) -> User:
    """Raises CommandError."""
    members = Membership.objects.filter(team_id=project.team_id).select_related("user").order_by("pk")
    if email:
        found = members.filter(user__email=email.strip().lower(), user__is_active=True).first()
    else:
        found = members.filter(role=Role.OWNER, user__is_active=True).first()
    if found is None:
        raise CommandError(f"There is no {email} on the team." if email else "The team has no owner.")
    return found.user


def _line(finding: ImportFinding) -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return f"  {place}{': ' if place else ''}{finding.reason}"

"""Whatever people, workers, collectors and crashes do between any two steps: no needed byte is missing, none is left.

Every write statement and every call of the store is a step. At one step of each deed the process dies, or somebody
else's whole deed comes in between (outside transactions, where that may happen).
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotations import snapshots, uploads
from annotations.models import Image, Snapshot
from annotations.object_keys import image_key, keys_of_image
from boxwright.errors import DomainError
from boxwright.jobs import Status
from boxwright.jobs.attempt import attempt
from boxwright.projects import removal
from boxwright.projects.models import Project
from boxwright.projects.projects import create_project, delete_project
from boxwright.storage import registry, store
from boxwright.storage.collector import collect
from boxwright.storage.folder import FolderStore
from boxwright.storage.models import StoredObject
from boxwright.storage.named import sha256_of
from boxwright.teams.models import Membership, Role, Team, User
from tests.annotations.images import delete_for_good, picture
from tests.conftest import own_settings
from tests.databases import rolled_back
from training.models import Run
from training.run_files import files_of
from training.work.checkpoint_uploads import Uploads

PICTURES = [picture(seed, (8, 8)) for seed in range(3)]
HASHES = [hashlib.sha256(data).hexdigest() for data in PICTURES]
STEPS = ("exists", "put", "delete", "open")

Deed = Callable[["Objects"], None]


class Crash(BaseException):
    """The process dies here. Nothing in the product catches it."""


class Steps:
    """Counts the steps of one deed; at the chosen one, outside a transaction if it is no crash, something happens."""

    def __init__(self) -> None:
        self.left = -1
        self.happens: Callable[[], None] | None = None
        self.outside = 0

    def arm(self, left: int, happens: Callable[[], None]) -> None:
        self.left, self.happens, self.outside = left, happens, len(connection.savepoint_ids)

    def disarm(self) -> None:
        self.happens = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For what the test does by itself."""
        happens, self.happens = self.happens, None
        try:
            yield
        finally:
            self.happens = happens

    def step(self) -> None:
        if self.happens is None:
            return
        self.left -= 1
        may = self.happens is die or (
            threading.current_thread() is threading.main_thread() and len(connection.savepoint_ids) == self.outside
        )
        if self.left < 0 and may:
            happens, self.happens = self.happens, None
            happens()

    def in_sql(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # Django counts a savepoint after it is set, and no more before it goes: what came in there would go with it.
        if not sql.startswith(("SELECT", "RELEASE", "ROLLBACK")):
            self.step()
        done = execute(sql, params, many, context)
        if not sql.startswith(("SELECT", "SAVEPOINT")):
            self.step()
        return done

    def around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any) -> Any:
            self.step()
            done = method(*arguments)
            self.step()
            return done

        return stepping


def die() -> None:
    raise Crash


@contextmanager
def stepping_store(steps: Steps) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(FolderStore, name, steps.around(getattr(FolderStore, name)))
        patch.setattr("os.fsync", lambda _file: None)  # processes die here, not machines
        yield


def upload(slot: int, seed: int) -> Deed:
    def deed(machine: "Objects") -> None:
        file = SimpleUploadedFile(f"{seed}.jpg", PICTURES[seed])
        uploads.add_images(project=machine.projects[slot], author=machine.author, files=[file])

    return deed


def delete(slot: int, seed: int) -> Deed:
    def deed(machine: "Objects") -> None:
        for image in Image.objects.filter(project=machine.projects[slot], sha256=HASHES[seed]):
            delete_for_good(image)

    return deed


def freeze(slot: int) -> Deed:
    def deed(machine: "Objects") -> None:
        attempt(Snapshot, snapshots.create_snapshot(project=machine.projects[slot], author=machine.author).pk)

    return deed


def take_over(_machine: "Objects") -> None:
    """The reaper has judged the workers dead; others take their builds up. Those that wake go on with nothing."""
    lost = Snapshot.objects.filter(status=Status.RUNNING)
    for pk in list(lost.values_list("pk", flat=True)):
        Snapshot.objects.filter(pk=pk).update(status=Status.QUEUED, lease=None)
        attempt(Snapshot, pk)


def learn(slot: int, text: str) -> Deed:
    """A run stores its next checkpoint."""

    def deed(machine: "Objects") -> None:
        run = machine.run_of(slot)
        out = Path(mkdtemp(dir=machine.folder)) / "out"
        out.mkdir()
        (out / "last.pt").write_text(text)
        sending = Uploads(run, out.parent, store())
        try:
            sending.finish(None)
        finally:
            sending.close()

    return deed


def remove(slot: int) -> Deed:
    def deed(machine: "Objects") -> None:
        project = machine.projects[slot]
        machine.projects[slot] = machine.new_project()
        delete_project(project)
        removal.remove(project.pk)

    return deed


def collect_sharply(machine: "Objects") -> None:
    """Without any grace: what is being uploaded may be taken, and is then refused, never lost."""
    machine.sharp = True
    collect(timedelta(0))


def collect_kindly(_machine: "Objects") -> None:
    collect(timedelta(days=1))


def delete_and_collect(slot: int, seed: int) -> Deed:
    def deed(machine: "Objects") -> None:
        delete(slot, seed)(machine)
        collect_sharply(machine)

    return deed


SLOTS, SEEDS = range(2), range(len(PICTURES))
EACH = [(slot, seed) for slot in SLOTS for seed in SEEDS]
deeds = st.sampled_from(
    [
        *[upload(*one) for one in EACH],
        *[upload(*one) for one in EACH],
        *[delete(*one) for one in EACH],
        *[delete_and_collect(*one) for one in EACH],
        *[freeze(slot) for slot in SLOTS] * 3,
        *[learn(slot, text) for slot in SLOTS for text in "ab"],
        *[remove(slot) for slot in SLOTS],
        take_over,
        collect_kindly,
    ]
)
moments = st.integers(0, 45)


class Objects(RuleBasedStateMachine):
    """Two projects of one team, three pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.steps = Steps()
        self.folder = Path(mkdtemp(prefix="objects-"))
        self.closing.enter_context(rolled_back())
        self.closing.enter_context(override_settings(**own_settings(self.folder)))
        self.closing.enter_context(stepping_store(self.steps))
        self.closing.enter_context(connection.execute_wrapper(self.steps.in_sql))
        self.team = Team.objects.create(slug="plates", name="Plates")
        self.author = User.objects.create_user("alice@example.org", name="Alice")
        Membership.objects.create(team=self.team, user=self.author, role=Role.OWNER)
        self.projects = [self.new_project(), self.new_project()]
        self.sharp = False
        """A collector without grace came between the steps of a deed."""

    def new_project(self) -> Project:
        return create_project(team=self.team, author=self.author, name="Raccoons", task="detection")

    def run_of(self, slot: int) -> Run:
        project = self.projects[slot]
        begun = {"model": "ssdlite", "status": "running"}
        with self.steps.paused():
            snapshot, _ = Snapshot.objects.get_or_create(project=project, number=999, defaults={"status": "failed"})
            run, _ = Run.objects.get_or_create(project=project, number=1, defaults={"snapshot": snapshot, **begun})
        return run

    @initialize(frozen=st.booleans(), gone=st.booleans())
    def before(self, frozen: bool, gone: bool) -> None:
        """Two pictures long in the first project, perhaps shown by a snapshot, perhaps only by that."""
        for seed in (0, 1):
            upload(0, seed)(self)
        learn(0, "a")(self)
        if frozen:
            freeze(0)(self)
        if gone:
            for seed in (0, 1):
                delete(0, seed)(self)
        self.time_passes()

    @rule(deed=deeds)
    def undisturbed(self, deed: Deed) -> None:
        with suppress(DomainError):
            deed(self)
        self.sharp = False

    @rule(deed=deeds, step=moments)
    def the_process_dies(self, deed: Deed, step: int) -> None:
        self._interrupted(deed, step, die)

    @rule(deed=deeds, step=moments)
    def the_collector_comes_between(self, deed: Deed, step: int) -> None:
        self.another_comes_between(deed, collect_sharply, step)

    @rule(step=st.integers(5, 25))
    def a_picture_goes_while_it_is_frozen(self, step: int) -> None:
        self.undisturbed(upload(0, 2))
        self.another_comes_between(freeze(0), delete_and_collect(0, 2), step)

    @rule(deed=deeds, other=deeds, step=moments)
    def another_comes_between(self, deed: Deed, other: Deed, step: int) -> None:
        def between() -> None:
            with suppress(DomainError):
                other(self)

        self._interrupted(deed, step, between)

    @rule()
    def time_passes(self) -> None:
        self.two_days_pass()
        while collect(timedelta(days=1)):
            pass

    def two_days_pass(self) -> None:
        StoredObject.objects.update(touched_at=F("touched_at") - timedelta(days=2))

    def _interrupted(self, deed: Deed, step: int, happens: Callable[[], None]) -> None:
        self.steps.arm(step, happens)
        try:
            with suppress(DomainError, Crash):
                deed(self)
        except Project.DoesNotExist:  # removed in between
            pass
        finally:
            self.steps.disarm()
        if self.sharp:  # what it took from under an upload may lie there again, unregistered
            registry.adopt(store().list(""))
            self.sharp = False

    @invariant()
    def nothing_needed_is_missing(self) -> None:
        for key, sha256 in self.needed().items():
            with store().open(key) as file:
                assert not sha256 or sha256_of(file) == sha256, key

    def needed(self) -> dict[str, str]:
        """From rows and manifests alone: key -> hash, empty where it is not known."""
        keys: dict[str, str] = {}
        for image in Image.objects.all():
            keys |= dict.fromkeys(keys_of_image(self.team.pk, image.sha256), "")
            keys[image_key(self.team.pk, image.sha256)] = image.sha256
        # One that goes with its project lets its pictures go first; nobody sees it any more.
        for snapshot in Snapshot.objects.filter(status=Status.SUCCEEDED, project__deleted_at=None):
            keys |= {snapshot.manifest_key: snapshot.sha256, snapshot.about_key: snapshot.about_sha256}
            with store().open(snapshot.manifest_key) as manifest:
                hashes = [json.loads(line)["sha256"] for line in manifest]
            keys |= {image_key(self.team.pk, sha256): sha256 for sha256 in hashes}
        for run in Run.objects.all():
            keys |= {one.key: one.sha256 for one in files_of(run).values()}
        return keys

    def teardown(self) -> None:
        try:
            self.nothing_else_stays()
        finally:
            self.closing.close()

    def nothing_else_stays(self) -> None:
        take_over(self)
        for pk in Snapshot.objects.filter(status=Status.QUEUED).values_list("pk", flat=True):
            attempt(Snapshot, pk)
        for pk in Project.objects.exclude(deleted_at=None).values_list("pk", flat=True):
            removal.remove(pk)
        self.time_passes()
        self.nothing_needed_is_missing()
        assert set(store().list("")) == set(self.needed())
        assert set(StoredObject.objects.values_list("key", flat=True)) == set(self.needed())


def machine(examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=examples < 1000,
    )
    run_state_machine_as_test(Objects, settings=chosen)


@pytest.mark.django_db
def test_no_needed_byte_is_missing_and_no_other_stays() -> None:
    machine(examples=15, steps=10)


@pytest.mark.full
@pytest.mark.django_db
def test_no_needed_byte_is_missing_and_no_other_stays_at_length() -> None:
    machine(examples=3000, steps=25)

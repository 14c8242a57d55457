"""Who takes objects, when, and what it leaves alone."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from pytest_django import Settings

from boxwright import limits
from boxwright.projects.models import Project
from boxwright.storage import StoreAway, needs, registry, store
from boxwright.storage.collector import collect
from boxwright.storage.errors import Vanished
from boxwright.storage.models import StoredObject
from boxwright.storage.named import Named, sha256_of_path
from boxwright.storage.verify import Fault, verify

AT_ONCE = timedelta(0)


class Needy:
    """An app that needs whatever it is told to need."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def needed(self, keys: Collection[str]) -> set[str]:
        return set(keys).intersection(self.keys)

    def named(self) -> Iterator[Named]:
        return (Named(key, sha256) for key, sha256 in self.keys.items())


@pytest.fixture
def needy(db: None, monkeypatch: pytest.MonkeyPatch) -> Needy:
    app = Needy()
    monkeypatch.setattr(needs, "owners", [*needs.owners, app])
    return app


def age(hours: int) -> None:
    StoredObject.objects.update(touched_at=F("touched_at") - timedelta(hours=hours))


def stored() -> list[str]:
    return list(store().list(""))


def test_what_nobody_needs_goes_after_its_grace(needy: Needy) -> None:
    registry.keep("a", b"x")
    age(limits.OBJECT_GRACE_HOURS - 1)
    assert (collect(), stored()) == (0, ["a"])
    age(2)
    collect()
    assert (stored(), StoredObject.objects.count()) == ([], 0)


def test_what_is_needed_stays_and_is_looked_at_again_when_it_is_released(needy: Needy) -> None:
    registry.keep("a", b"x")
    needy.keys["a"] = ""
    assert (collect(AT_ONCE), collect(AT_ONCE)) == (1, 0)
    needy.keys.clear()
    assert (collect(AT_ONCE), stored()) == (0, ["a"])
    registry.release(["a"])
    assert collect() == 0, "the grace begins when it is needed no more"
    collect(AT_ONCE)
    assert stored() == []


def test_one_that_leaves_can_be_named_no_more_but_written_anew(needy: Needy) -> None:
    registry.keep("a", b"x")
    StoredObject.objects.update(leaving=True)  # a collector died between its two steps
    with pytest.raises(Vanished, match="a"):
        registry.confirm(["a"])
    registry.keep("a", b"x")
    registry.confirm(["a"])
    needy.keys["a"] = ""
    collect(AT_ONCE)
    assert stored() == ["a"]


def test_a_bucket_that_is_away_leaves_the_rest_for_later(needy: Needy, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object) -> None:
        raise StoreAway("no route to host")

    registry.keep("a", b"x")
    with monkeypatch.context() as patch:
        patch.setattr(type(store()), "delete", away)
        with pytest.raises(StoreAway):
            collect(AT_ONCE)
    with pytest.raises(Vanished):
        registry.confirm(["a"])
    collect(timedelta(days=1))
    assert (stored(), StoredObject.objects.count()) == ([], 0)


def test_a_folder_is_released_and_no_other(needy: Needy) -> None:
    for key in ("p/1/a", "p/10/a", "p/1/b"):
        registry.keep(key, b"x")
    StoredObject.objects.update(touched_at=None)
    registry.release_folder("p/1/")
    collect(AT_ONCE)
    assert stored() == ["p/10/a"]


def test_the_command_takes_what_is_due_and_with_all_what_nobody_registered(needy: Needy) -> None:
    registry.keep("due", b"x")
    store().put("stray", b"x")
    out = StringIO()
    call_command("collect", "--grace", "0", stdout=out)
    assert (stored(), out.getvalue()) == (["stray"], "1 objects collected.\n")
    call_command("collect", "--grace", "0", "--all", stdout=out)
    assert stored() == []


def test_verify_names_each_kind_of_fault(needy: Needy, tmp_path: Path) -> None:
    for key in ("good", "bad", "gone"):
        registry.keep(key, b"x")
    (tmp_path / "x").write_bytes(b"x")
    needy.keys = dict.fromkeys(("good", "bad", "gone"), sha256_of_path(tmp_path / "x"))
    assert not list(verify())
    store().put("bad", b"y")
    store().delete("gone")
    store().put("strange", b"z")
    faults = {Fault("damaged", "bad"), Fault("missing", "gone"), Fault("extra", "strange")}
    assert set(verify()) == faults
    assert set(verify(fast=True)) == faults - {Fault("damaged", "bad")}


def test_the_verdict_is_the_exit_status(needy: Needy) -> None:
    out = StringIO()
    call_command("verify", stdout=out)
    assert out.getvalue() == "0 missing, 0 damaged, 0 extra, 0 wrong\n"
    store().put("strange", b"z")
    with pytest.raises(SystemExit, match="1"):
        call_command("verify", "--fast", stdout=out)
    assert "extra    strange\n" in out.getvalue()


def test_a_counter_that_is_wrong_is_named(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(done_count=3)
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify", stdout=out)
    assert "1 wrong" in out.getvalue()


def test_the_doctors_probe_leaves_nothing(db: None, settings: Settings) -> None:
    from boxwright.operations.doctor import check_store

    check_store()
    assert not list(verify())

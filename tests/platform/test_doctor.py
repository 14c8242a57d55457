"""`manage.py doctor` says in one line each what is well and what is not."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from boxwright.operations import doctor


def lines() -> dict[str, tuple[str, str]]:
    out = StringIO()
    call_command("doctor", stdout=out)
    rows = [line.split(maxsplit=2) for line in out.getvalue().splitlines()]
    return {name: (state, text) for state, name, text in rows}


@pytest.mark.django_db
def test_each_part_gets_its_line() -> None:
    found = lines()
    assert set(found) == {"database", "broker", "store", "disk", "privacy", "torch", "weights", "node"}
    assert found["database"][0] == found["store"][0] == found["broker"][0] == "ok"
    assert found["weights"][0] in {"ok", "warn"}


@pytest.mark.django_db
def test_a_broker_that_is_away_fails_the_examination(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setitem(doctor.CHECKS, "broker", refuse)
    with pytest.raises(SystemExit):
        lines()


@pytest.mark.django_db
def test_a_store_that_can_not_be_written_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    objects = settings.STORAGES["objects"]
    settings.STORAGES = {
        **settings.STORAGES,
        "objects": {**objects, "OPTIONS": {**objects["OPTIONS"], "location": tmp_path / "file"}},
    }
    (verdict,) = doctor.examine({"store": doctor.check_store})
    assert verdict.state == "fail"
    assert "does not answer" in verdict.line


def test_a_failed_check_stops_no_other() -> None:
    def fail() -> str:
        raise ValueError("two\nlines")

    verdicts = doctor.examine({"first": fail, "second": lambda: "fine"})
    assert [(v.state, v.line) for v in verdicts] == [("fail", "two lines"), ("ok", "fine")]

"""Events: published with what they tell of, read in the order of their ids though they commit in another."""

import asyncio
import threading

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from boxwright import events
from boxwright.events import publish
from boxwright.events.hub import Told, Watcher, hub
from boxwright.events.models import Event
from boxwright.events.reader import Reader, position
from boxwright.events.relay import relay
from boxwright.events.watermark import PATIENCE, WIDEST, Watermark
from boxwright.operations.housekeeping import keep_house
from boxwright.teams.models import User
from tests.services import processes


def test_an_event_is_part_of_its_transaction(db: None) -> None:
    class Undone(Exception):
        pass

    def publish_and_fail() -> None:
        with transaction.atomic():
            publish(1, "image", {"id": 3})
            raise Undone

    with pytest.raises(Undone):
        publish_and_fail()
    assert not Event.objects.exists()
    publish(1, "image", {"id": 3})
    assert Event.objects.get().data == {"id": 3}


def test_old_events_go_when_the_house_is_kept(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but as many of the newest as a client may be behind."""
    monkeypatch.setattr(events, "RESUMED", 2)
    for number in range(4):
        publish(1, "image", {"id": number})
    keep_house()
    assert Event.objects.count() == 4
    Event.objects.update(created_at="2020-01-01T00:00:00Z")
    keep_house()
    assert [event.data["id"] for event in Event.objects.order_by("id")] == [2, 3]


@given(st.permutations(range(1, 12)))
def test_no_id_is_lost_in_whatever_order_they_appear(order: list[int]) -> None:
    mark = Watermark()
    told: set[int] = set()
    for visible in order:
        assert visible > mark.high or visible in mark.missing
        mark.see([visible], now=0)
        told.add(visible)
        assert set(range(1, mark.safe + 1)) <= told
    assert mark.safe == mark.high == 11


def test_after_a_long_pause_nothing_waits_for_what_was_pruned() -> None:
    mark = Watermark()
    mark.see([10_000_000], now=0)
    assert len(mark.missing) == WIDEST


def test_a_hole_that_stays_is_given_up() -> None:
    mark = Watermark(start=5)
    mark.see([7], now=0)
    assert (mark.safe, set(mark.missing)) == (5, {6})
    mark.see([8], now=PATIENCE + 1)
    assert mark.safe == 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in str(connection.settings_dict["ENGINE"]), reason="SQLite commits in the order of ids")
def test_an_event_that_commits_late_is_still_told() -> None:
    """Id 1 is taken first and commits last."""
    publish(1, "before", {})
    reader = Reader()
    reader.begin()
    taken, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                publish(1, "slow", {})
                taken.set()
                go_on.wait(processes.PATIENCE)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert taken.wait(processes.PATIENCE)
    publish(1, "fast", {})
    here = position()
    first = [row.kind for row in reader.read()]
    go_on.set()
    writer.join(processes.PATIENCE)
    assert first == ["fast"]
    assert [row.kind for row in reader.read()] == ["slow"]
    after = Event.objects.filter(id__gt=here)
    assert after.filter(kind="slow").exists(), "a page that was read at that moment knew nothing of it"


@pytest.mark.django_db(transaction=True)
def test_what_is_relayed_reaches_the_projects_watchers_and_no_row() -> None:
    """Through the database on PostgreSQL, as another web process's would come; it moves no client's place."""

    def say(project_id: int, number: int) -> None:
        try:
            relay(project_id, "presence", {"id": number, "person": User(name="Bob"), "is_here": True, "drawn": None})
        finally:
            connection.close()

    async def heard() -> list[Told | None]:
        watcher = Watcher(1, asyncio.get_running_loop())
        hub.join(watcher)
        try:
            await asyncio.to_thread(hub.safe_start)
            await asyncio.to_thread(say, 2, 1)
            for number in (2, 3):
                await asyncio.to_thread(say, 1, number)
            return [await asyncio.wait_for(watcher.queue.get(), processes.PATIENCE) for _ in range(2)]
        finally:
            hub.leave(watcher)

    first, second = asyncio.run(heard())
    assert first
    assert second
    assert [first.data["id"], second.data["id"]] == [2, 3]
    assert first.frame.startswith(b"event: presence\ndata: {")
    assert not Event.objects.filter(kind="presence").exists()


def test_a_client_that_is_far_behind_is_not_told() -> None:
    async def told_of(behind: int) -> int:
        watcher = Watcher(1, asyncio.get_running_loop())
        for number in range(behind):
            watcher.tell(Told(number + 1, number + 1, "counts", {}))
        watcher.tell(Told(0, 0, "presence", {}))
        return watcher.queue.qsize() - behind

    assert [asyncio.run(told_of(behind)) for behind in (99, 100)] == [1, 0]

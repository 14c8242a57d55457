"""What one person, and all together, may have in flight in a process."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from boxwright import limits
from boxwright.door.flows import LARGE, WHOLE, Flows, flows
from boxwright.door.refusals import LONGEST, Refusals
from boxwright.door.senders import Senders
from boxwright.door.spool import Spool
from boxwright.errors import NoRoom, TooMany, Unavailable


def small() -> HttpResponse:
    return HttpResponse(b"x" * (WHOLE + 1))


def large() -> HttpResponse:
    return HttpResponse(b"x" * (LARGE + 1))


def unending() -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(()))


def events() -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(()), content_type="text/event-stream")


KINDS = [
    (small, limits.ANSWERS_A_PERSON),
    (large, limits.DOWNLOADS_A_PERSON),
    (unending, limits.DOWNLOADS_A_PERSON),
    (events, limits.STREAMS_A_PERSON),
]


@pytest.mark.parametrize(("made", "most"), KINDS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_person_has_so_many_open(made: type[HttpResponseBase], most: int) -> None:
    shares = Flows()
    with ExitStack() as open_ones:
        for _ in range(most):
            open_ones.enter_context(shares.opened(made(), "alice"))
        with pytest.raises(TooMany), shares.opened(made(), "alice"):
            """One more."""
        with shares.opened(made(), "bob"):
            """Another person's."""
    with shares.opened(made(), "alice"):
        """The others are closed."""


def test_what_could_not_be_sent_is_refused_before_anything_is_done_for_it() -> None:
    shares = Flows()
    with ExitStack() as open_ones:
        for _ in range(limits.DOWNLOADS_A_PERSON):
            open_ones.enter_context(shares.opened(large(), "alice"))
        with pytest.raises(TooMany):
            shares.expect_room("alice", lambda: "download")
        shares.expect_room("alice", lambda: "annotations")
        shares.expect_room("bob", lambda: "download")


def test_what_waits_for_no_reader_does_not_flow() -> None:
    assert not flows(HttpResponse(b"x" * WHOLE))
    assert flows(small())
    assert flows(events())


def scope(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"headers": headers, "client": ("10.0.0.1", 1)}


def test_a_person_is_known_by_what_they_prove_with() -> None:
    senders, alice, bob = Senders(), scope((b"authorization", b"Token a")), scope((b"authorization", b"Token b"))
    senders.learn(alice, 7)
    assert (senders.of(alice), senders.of(bob)) == (7, "10.0.0.1")


def test_nobody_is_taken_for_whoever_logged_in_last() -> None:
    """A login comes from somebody who has nothing to show yet, as all do who are nobody."""
    senders, nobody = Senders(), scope()
    senders.learn(nobody, 7)
    assert (senders.of(nobody), senders.person(nobody)) == ("10.0.0.1", None)


def test_who_is_refused_much_waits_longer_for_it() -> None:
    async def play() -> None:
        refusals = Refusals()
        assert refusals.delay("greedy") == 0
        waiting = [asyncio.create_task(refusals.wait("greedy")) for _ in range(1000)]
        await asyncio.sleep(0)
        assert (refusals.delay("greedy"), refusals.delay("other")) == (LONGEST, 0)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert refusals.delay("greedy") == 0

    asyncio.run(play())


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    monkeypatch.setattr(limits, "SPOOL_BYTES", 100)
    return Spool(tmp_path)


def test_a_person_has_half_of_the_spool(spool: Spool) -> None:
    spool.charge("alice", 50)
    with pytest.raises(TooMany):
        spool.charge("alice", 1)
    spool.refund("alice", 50)
    spool.charge("alice", 50)


def test_all_together_have_all_of_it(spool: Spool) -> None:
    for person in ("alice", "bob"):
        spool.charge(person, 50)
    with pytest.raises(Unavailable):
        spool.charge("mona", 1)


def test_some_of_the_disk_stays_free(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SPOOL_FREE_BYTES", 2**60)
    with pytest.raises(NoRoom):
        spool.charge("alice", 1)

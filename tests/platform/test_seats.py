"""Turns: who waits, who goes next, and when it is too many."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import thread_time

import pytest

from boxwright import limits
from boxwright.door.application import seat_counts
from boxwright.door.seats import BURST, Seat, Seats, Shares, share
from boxwright.errors import TooMany, Unavailable


async def settled() -> None:
    """Until everything that can go on has gone on, threads too."""
    for _ in range(3):
        await asyncio.sleep(0.01)


class Crowd:
    """People at the seats; `order` is who got one, in turn."""

    def __init__(self, count: int) -> None:
        self.now = 0.0
        self.shares = Shares(lambda: self.now)
        self.seats = Seats(count, "test", self.shares)
        self.order: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.stay = asyncio.Event()

    def come(self, sender: str) -> asyncio.Task[None]:
        self.tasks.append(asyncio.create_task(self._sit(sender)))
        return self.tasks[-1]

    async def _sit(self, sender: str) -> None:
        async with self.seats.taken(sender):
            self.order.append(sender)
            await self.stay.wait()

    async def leave(self) -> None:
        self.stay.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def played(play: Callable[[Crowd], Awaitable[None]], count: int = 2) -> list[str]:
    async def run() -> list[str]:
        crowd = Crowd(count)
        await play(crowd)
        await crowd.leave()
        await settled()
        assert len(crowd.seats._free) == count
        return crowd.order

    return asyncio.run(run())


def test_one_person_has_half_of_the_seats() -> None:
    async def play(crowd: Crowd) -> None:
        for _ in range(5):
            crowd.come("greedy")
        await settled()
        assert crowd.order == ["greedy"] * 2
        crowd.come("other")
        await settled()
        assert crowd.order == ["greedy", "greedy", "other"]

    assert played(play, 4).count("greedy") == 5


def test_beside_others_one_person_has_a_third_of_the_seats() -> None:
    async def play(crowd: Crowd) -> None:
        for sender in ("other", *["greedy"] * 5):
            crowd.come(sender)
        await settled()
        assert crowd.order == ["other", "greedy", "greedy"]

    assert played(play, 8).count("greedy") == 5


def test_people_go_in_turn_not_their_requests() -> None:
    async def play(crowd: Crowd) -> None:
        for sender in ("first", "greedy", "greedy", "greedy", "late"):
            crowd.come(sender)
        await settled()

    assert played(play, 1) == ["first", "greedy", "late", "greedy", "greedy"]


def test_who_goes_away_waits_no_more() -> None:
    async def play(crowd: Crowd) -> None:
        crowd.come("first")
        gone = crowd.come("gone")
        crowd.come("last")
        await settled()
        gone.cancel()

    assert played(play, 1) == ["first", "last"]


def test_a_person_waits_with_so_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAITING_A_PERSON", 2)

    async def play(crowd: Crowd) -> None:
        for _ in range(3):
            crowd.come("greedy")
        await settled()
        with pytest.raises(TooMany):
            await crowd.come("greedy")
        crowd.come("other")

    assert played(play, 1).count("other") == 1


def test_so_many_requests_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS_WAITING", 2)

    async def play(crowd: Crowd) -> None:
        for sender in ("a", "b", "c"):
            crowd.come(sender)
        await settled()
        with pytest.raises(Unavailable):
            await crowd.come("d")

    assert played(play, 1) == ["a", "b", "c"]


def test_a_seat_is_free_when_its_thread_is() -> None:
    """Its request may be gone long before."""

    async def play() -> None:
        seats = Seats(1, "test", Shares())
        go_on = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)

        async with AsyncExitStack() as stack:
            seat: Seat = await stack.enter_async_context(seats.taken("gone"))
            caller = asyncio.create_task(seat.work(work))
            await settled()
            caller.cancel()
        await settled()
        assert seats._free == []
        go_on.set()
        async with seats.taken("next"):
            """Comes when the work is done."""

    asyncio.run(asyncio.wait_for(play(), 20))


def test_who_computed_for_long_waits_beside_others() -> None:
    async def play(crowd: Crowd) -> None:
        crowd.shares.charge("greedy", BURST + share("greedy"))
        crowd.come("other")
        crowd.come("greedy")
        await settled()
        assert crowd.order == ["other"]
        crowd.now += 1
        crowd.come("another")
        await settled()
        assert "greedy" in crowd.order

    assert len(played(play, 8)) == 3


def test_who_waited_long_enough_is_called() -> None:
    async def play() -> None:
        shares = Shares()
        seats = Seats(8, "test", shares)
        shares.note("other")
        shares.charge("greedy", BURST + share("greedy") / 10)
        async with seats.taken("greedy"):
            """Nobody else came or went."""

    asyncio.run(asyncio.wait_for(play(), 20))


def test_an_address_has_the_share_of_several_people() -> None:
    shares = Shares(lambda: 0.0)
    shares.note("other")
    for sender in (7, "10.0.0.1"):
        shares.charge(sender, BURST + limits.COMPUTING / 100)
    assert (shares.wait(7), round(shares.wait("10.0.0.1"), 9)) == (1, round(1 / 3, 9))


def test_who_is_alone_may_compute_for_long() -> None:
    async def play(crowd: Crowd) -> None:
        crowd.shares.charge("greedy", BURST + 3600)
        crowd.come("greedy")
        await settled()
        assert crowd.order == ["greedy"]

    assert played(play) == ["greedy"]


def test_who_came_as_their_address_is_nobody_beside_themselves() -> None:
    shares = Shares(lambda: 0.0)
    shares.note("192.0.2.1")
    shares.recognise("192.0.2.1", 7)
    assert shares.is_alone(7)
    shares.charge(7, 3600)
    assert shares.wait(7) == 0


def test_who_computed_for_an_hour_alone_waits_a_moment_for_the_next() -> None:
    shares = Shares(lambda: 0.0)
    for _ in range(3600):
        shares.note("greedy")
        shares.charge("greedy", 1.0)
    shares.note("other")
    assert 0 < shares.wait("greedy") <= BURST / share("greedy")
    shares.charge("greedy", 1.0)
    assert shares.wait("greedy") > 1 / share("greedy")


def test_what_a_seat_computes_is_charged() -> None:
    async def play() -> None:
        shares = Shares(lambda: 0.0)
        async with Seats(1, "test", shares).taken("greedy") as seat:
            await seat.work(compute, 2 * BURST)
        while not shares.debt("greedy"):
            await settled()
        assert shares.wait("greedy") == 0
        shares.note("other")
        assert shares.wait("greedy") > 0

    asyncio.run(play())


def compute(seconds: float) -> None:
    ends = thread_time() + seconds
    while thread_time() < ends:
        """Of processor time, not of the clock's."""


ALL = (limits.REQUESTS_AT_ONCE, limits.LARGE_AT_ONCE)


@pytest.mark.parametrize(
    ("connections", "expected"), [(limits.CONNECTIONS, ALL), (8, (6, 2)), (3, (2, 1)), (1, (1, 1))]
)
def test_each_seat_has_its_connection(connections: int, expected: tuple[int, int]) -> None:
    assert seat_counts(connections) == expected

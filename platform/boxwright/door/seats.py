"""A fixed number of threads for Django's code. Senders that wait get one in turn, for one request each."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from time import monotonic, thread_time
from typing import Any, TypeVar

from boxwright import limits
from boxwright.errors import TooMany, Unavailable
from boxwright.parallel import seconds_elsewhere

T = TypeVar("T")
MOMENT = 2.0
"""Seconds for which somebody counts as present."""
REMEMBERED = 1000
MANY = 3
BURST = 0.2
"""Seconds of computing that may come at once."""
ALONE = 2 * BURST
"""Seconds of computing that count at most against whoever had the server alone."""


def share(sender: Hashable) -> float:
    """Seconds of computing a second that the sender has while others are present. An address has more: it may
    stand for many people, such as a class that logs in."""
    return limits.COMPUTING / 100 * (MANY if isinstance(sender, str) else 1)


class Seat:
    """One thread, and so at most one connection to the database. Only the first call of `leave` counts."""

    def __init__(self, seats: "Seats", thread: ThreadPoolExecutor, sender: Hashable) -> None:
        self._seats, self.thread, self._sender = seats, thread, sender
        self._seconds = 0.0
        self._work: Future[Any] | None = None
        self._is_left = False

    async def work(self, do: Callable[..., T], *args: Any) -> T:
        """Do it on this seat's thread, one thing at a time. What has begun goes on after its caller was cancelled."""
        self._work = self.thread.submit(copy_context().run, self._counted, do, *args)
        return await asyncio.wrap_future(self._work)

    def leave(self) -> None:
        """Give the thread back once its work has ended."""
        if self._is_left:
            return
        self._is_left = True
        if self._work is None or self._work.done():
            self._put_back()
        else:
            loop = asyncio.get_running_loop()
            self._work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._put_back))

    def _counted(self, do: Callable[..., T], *args: Any) -> T:
        """Counts how long it computes, here and in the threads that help."""
        began = thread_time()
        seconds_elsewhere()
        try:
            return do(*args)
        finally:
            self._seconds += thread_time() - began + seconds_elsewhere()

    def _put_back(self) -> None:
        self._seats.put_back(self.thread, self._sender, self._seconds)


class Shares:
    """How much each sender computes. Python computes for one thread at a time.

    While others are present, a sender that has used up its share waits until time has given it back. A sender is
    present for MOMENT seconds after each of its requests.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seen: dict[Hashable, float] = {}
        self._spent: dict[Hashable, tuple[float, float]] = {}

    def note(self, sender: Hashable) -> None:
        self._seen.pop(sender, None)
        self._seen[sender] = self._clock()

    def recognise(self, address: Hashable, person: Hashable) -> None:
        """Whoever came as their address turns out to be this person: nobody else was there."""
        self._seen.pop(address, None)
        self.note(person)

    def is_alone(self, sender: Hashable) -> bool:
        while self._seen and (first := next(iter(self._seen))) and self._seen[first] < self._clock() - MOMENT:
            del self._seen[first]
        return all(other == sender for other in self._seen)

    def charge(self, sender: Hashable, seconds: float) -> None:
        """Note seconds that were computed for the sender. They count less as time passes.

        Whoever was alone took them from nobody: of those no more counts than makes them wait a moment for the next.
        """
        debt = self.debt(sender) + seconds
        self._spent[sender] = min(debt, ALONE) if self.is_alone(sender) else debt, self._clock()
        if len(self._spent) > REMEMBERED:
            self._spent = {name: spent for name, spent in self._spent.items() if self.debt(name)}

    def wait(self, sender: Hashable) -> float:
        """Seconds until the sender may go on; 0 for whoever is alone."""
        over = self.debt(sender) - BURST
        return 0.0 if over <= 0 or self.is_alone(sender) else over / share(sender)

    def debt(self, sender: Hashable) -> float:
        spent, since = self._spent.get(sender, (0.0, 0.0))
        return max(0.0, spent - share(sender) * (self._clock() - since))


class Seats:
    """Belongs to one event loop. One sender (a person or an address) has half of the seats, beside others a third."""

    def __init__(self, count: int, name: str, shares: Shares) -> None:
        self._free = [ThreadPoolExecutor(1, thread_name_prefix=f"{name}-{number}") for number in range(count)]
        self._alone, self._beside = max(1, count // 2), max(1, count // 3)
        self._shares = shares
        self._seated: Counter[Hashable] = Counter()
        self._waking: asyncio.TimerHandle | None = None
        self._queues: dict[Hashable, deque[asyncio.Future[ThreadPoolExecutor]]] = {}
        self._waiting = 0

    @asynccontextmanager
    async def taken(self, sender: Hashable) -> AsyncIterator[Seat]:
        """Raises TooMany or Unavailable where the queue is full."""
        seat = Seat(self, await self._thread(sender), sender)
        try:
            yield seat
        finally:
            seat.leave()

    def put_back(self, thread: ThreadPoolExecutor, sender: Hashable, seconds: float) -> None:
        """It was taken, and computed for so long."""
        self._seated[sender] -= 1
        self._seated += Counter()  # drops the zeros
        self._free.append(thread)
        self._shares.charge(sender, seconds)
        self._hand_out()

    async def _thread(self, sender: Hashable) -> ThreadPoolExecutor:
        if len(self._queues.get(sender, ())) >= limits.WAITING_A_PERSON:
            raise TooMany("Too many of your requests wait already; wait for some answers first.")
        if self._waiting >= limits.REQUESTS_WAITING:
            raise Unavailable("Too many requests wait already; try again in a moment.")
        self._shares.note(sender)
        turn: asyncio.Future[ThreadPoolExecutor] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(sender, deque()).append(turn)
        self._waiting += 1
        self._hand_out()
        try:
            return await turn
        except asyncio.CancelledError:
            self._forget(sender, turn)
            raise

    def _hand_out(self) -> None:
        while self._free and (sender := self._next_sender()) is not None:
            waiting = self._queues.pop(sender)
            turn = waiting.popleft()
            self._waiting -= 1
            if waiting:
                self._queues[sender] = waiting  # behind the others
            if not turn.cancelled():
                self._seated[sender] += 1
                turn.set_result(self._free.pop())

    def _next_sender(self) -> Hashable | None:
        waits: list[float] = []
        for sender in self._queues:
            if self._seated[sender] < self._most(sender):
                if not (wait := self._shares.wait(sender)):
                    return sender
                waits.append(wait)
        if waits:
            self._wake_in(min(waits))
        return None

    def _wake_in(self, seconds: float) -> None:
        if self._waking is not None:
            self._waking.cancel()
        self._waking = asyncio.get_running_loop().call_later(seconds, self._hand_out)

    def _most(self, sender: Hashable) -> int:
        return self._alone if self._shares.is_alone(sender) else self._beside

    def _forget(self, sender: Hashable, turn: "asyncio.Future[ThreadPoolExecutor]") -> None:
        if turn.done() and not turn.cancelled():
            self.put_back(turn.result(), sender, 0)
        elif sender in self._queues and turn in self._queues[sender]:
            self._queues[sender].remove(turn)
            self._waiting -= 1
            if not self._queues[sender]:
                del self._queues[sender]

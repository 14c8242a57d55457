"""Threads for Django's code, a fixed number of them, given to whoever waits in turn: one request of each person."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from boxwright import limits
from boxwright.errors import TooMany, Unavailable


class Seat:
    """One thread, and so at most one connection to the database. Left once, by whoever comes first to it."""

    def __init__(self, seats: "Seats", thread: ThreadPoolExecutor, lane: Hashable) -> None:
        self._seats, self.thread, self._lane = seats, thread, lane
        self._is_left = False

    def leave(self) -> None:
        """Free for others as soon as the thread is done with what it was given, also for a caller that went away."""
        if not self._is_left:
            self._is_left = True
            loop = asyncio.get_running_loop()
            idle = self.thread.submit(_nothing)
            idle.add_done_callback(lambda _: loop.call_soon_threadsafe(self._seats.put_back, self.thread, self._lane))


class Seats:
    """Belongs to one event loop. A lane is a person: none has more than half of the seats, beside others a quarter."""

    def __init__(self, count: int, name: str) -> None:
        self._free = [ThreadPoolExecutor(1, thread_name_prefix=f"{name}-{number}") for number in range(count)]
        self._alone, self._beside = max(1, count // 2), max(1, count // 4)
        self._seated: Counter[Hashable] = Counter()
        self._lanes: dict[Hashable, deque[asyncio.Future[ThreadPoolExecutor]]] = {}
        self._waiting = 0

    @asynccontextmanager
    async def taken(self, lane: Hashable) -> AsyncIterator[Seat]:
        """Raises TooMany or Unavailable where the queue is full."""
        seat = Seat(self, await self._thread(lane), lane)
        try:
            yield seat
        finally:
            seat.leave()

    def put_back(self, thread: ThreadPoolExecutor, lane: Hashable) -> None:
        self._seated[lane] -= 1
        self._seated += Counter()  # drops the zeros
        self._free.append(thread)
        self._hand_out()

    async def _thread(self, lane: Hashable) -> ThreadPoolExecutor:
        if len(self._lanes.get(lane, ())) >= limits.WAITING_A_PERSON:
            raise TooMany("Too many of your requests wait already; wait for some answers first.")
        if self._waiting >= limits.REQUESTS_WAITING:
            raise Unavailable("Too many requests wait already; try again in a moment.")
        turn: asyncio.Future[ThreadPoolExecutor] = asyncio.get_running_loop().create_future()
        self._lanes.setdefault(lane, deque()).append(turn)
        self._waiting += 1
        self._hand_out()
        try:
            return await turn
        except asyncio.CancelledError:
            self._forget(lane, turn)
            raise

    def _hand_out(self) -> None:
        while self._free and (lane := self._next_lane()) is not None:
            waiting = self._lanes.pop(lane)
            turn = waiting.popleft()
            self._waiting -= 1
            if waiting:
                self._lanes[lane] = waiting  # behind the others
            if not turn.cancelled():
                self._seated[lane] += 1
                turn.set_result(self._free.pop())

    def _next_lane(self) -> Hashable | None:
        return next((lane for lane in self._lanes if self._seated[lane] < self._most(lane)), None)

    def _most(self, lane: Hashable) -> int:
        """Whoever is alone may be quick; beside others each of one's threads takes of their time."""
        is_alone = not (self._seated.keys() | self._lanes.keys()) - {lane}
        return self._alone if is_alone else self._beside

    def _forget(self, lane: Hashable, turn: "asyncio.Future[ThreadPoolExecutor]") -> None:
        if turn.done() and not turn.cancelled():
            self.put_back(turn.result(), lane)
        elif lane in self._lanes and turn in self._lanes[lane]:
            self._lanes[lane].remove(turn)
            self._waiting -= 1
            if not self._lanes[lane]:
                del self._lanes[lane]


def _nothing() -> None:
    """Runs when the thread has come to the end of its work."""

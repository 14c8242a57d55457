"""Files that are made while they flow: who may make a piece, and who waits for whom."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest

from boxwright import limits
from boxwright.api.streams import MadeFile, Pieces, makers
from tests.services.processes import wait_until


class Slow:
    """Pieces that wait for a bucket."""

    def __init__(self, bucket: threading.Event) -> None:
        self.bucket, self.asked = bucket, threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        self.asked.set()
        self.bucket.wait()
        yield b"piece"


def made(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    return aiter(MadeFile(Pieces(iter(pieces))))


async def first_piece(slow: Slow) -> bytes:
    return await anext(made(slow))


def test_one_piece_more_than_are_made_at_once_waits_its_turn() -> None:
    async def play() -> None:
        away, there = threading.Event(), threading.Event()
        there.set()
        slow, last = [Slow(away) for _ in range(limits.ZIPS_AT_ONCE)], Slow(there)
        tasks = [asyncio.create_task(first_piece(file)) for file in slow]
        for file in slow:
            await asyncio.to_thread(file.asked.wait)
        tasks.append(asyncio.create_task(first_piece(last)))
        await asyncio.to_thread(wait_until, lambda: makers._work_queue.qsize() == 1, "a piece that waits")
        assert not last.asked.is_set()
        away.set()
        assert await asyncio.gather(*tasks) == [b"piece"] * len(tasks)

    asyncio.run(play())


LARGE = [bytes(10**5)] * 10


def test_readers_who_take_nothing_hold_no_thread() -> None:
    async def play() -> None:
        opened = [made(LARGE) for _ in range(5 * limits.ZIPS_AT_ONCE)]
        for pieces in opened:
            await anext(pieces)
        assert sum([len(piece) async for piece in made(LARGE)]) == 10**6

    asyncio.run(play())


def test_a_turn_may_end_without_a_piece() -> None:
    async def play() -> None:
        assert [piece async for piece in made([b"", b"a", b"", b"", b"b", b""])] == [b"a", b"b"]

    asyncio.run(play())


def test_whoever_makes_a_file_rests_unless_its_reader_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> list[int]:
        rests: list[float] = []
        monkeypatch.setattr("boxwright.api.streams.time.sleep", rests.append)
        file, found = MadeFile(Pieces(iter([b"piece"] * 3))), []
        pieces = aiter(file)
        for file.is_alone in (lambda: True, lambda: False, lambda: True):
            await anext(pieces)
            found.append(len(rests))
        return found

    assert asyncio.run(play()) == [0, 1, 1]

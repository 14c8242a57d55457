"""Files that are made while they flow: who may make a piece, and who waits for whom."""

import asyncio
import threading
from io import BytesIO

from boxwright import limits
from boxwright.api.streams import MadeFile, makers
from tests.services.processes import wait_until


class Slow(BytesIO):
    """A file whose pieces wait for a bucket."""

    def __init__(self, bucket: threading.Event) -> None:
        super().__init__(b"piece")
        self.bucket, self.asked = bucket, threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        self.bucket.wait()
        return super().read(size)


async def first_piece(file: BytesIO) -> bytes:
    return await anext(aiter(MadeFile(file)))


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


def test_readers_who_take_nothing_hold_no_thread() -> None:
    async def play() -> None:
        opened = [aiter(MadeFile(BytesIO(bytes(10**6)))) for _ in range(5 * limits.ZIPS_AT_ONCE)]
        for pieces in opened:
            await anext(pieces)
        assert sum([len(piece) async for piece in MadeFile(BytesIO(bytes(10**6)))]) == 10**6

    asyncio.run(play())

"""A line that breaks: a TCP proxy that cuts each connection after a random number of bytes."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 2**14


class BadLine:
    """`cut_after`: the bytes (least, most) that a connection carries to the server before it is cut."""

    def __init__(self, port: int, cut_after: tuple[int, int], seed: int) -> None:
        self.target, self.cuts, self.port = port, 0, 0
        self._cut_after, self._random = cut_after, random.Random(seed)

    async def serve(self, ready: threading.Event, ended: asyncio.Event) -> None:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await ended.wait()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        left = self._random.randint(*self._cut_after)
        ways = [
            asyncio.ensure_future(_pump(reader, far_writer, left)),
            asyncio.ensure_future(_pump(far_reader, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        found = await asyncio.gather(*ways, return_exceptions=True)
        self.cuts += found[0] is True
        for each in (writer, far_writer):
            each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None = None) -> bool:
    """Until one side ends, or `left` bytes have passed: then true."""
    while data := await reader.read(PIECE):
        writer.write(data if left is None else data[:left])
        await writer.drain()
        if left is not None:
            left -= len(data)
            if left <= 0:
                return True
    return False


@contextmanager
def bad_line(port: int, cut_after: tuple[int, int], seed: int = 0) -> Iterator[BadLine]:
    line, ready, loop = BadLine(port, cut_after, seed), threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(line.serve(ready, ended)), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

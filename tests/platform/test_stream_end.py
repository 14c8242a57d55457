"""When a stream of events ends, and what it costs meanwhile."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from boxwright.events import stream as module
from boxwright.events.hub import QUEUE_LENGTH, Told, Watcher
from boxwright.events.stream import stream
from boxwright.projects.api.events import may_watch
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, User


class QuietHub:
    """Knows its watchers; nothing happens unless a test tells them."""

    def __init__(self) -> None:
        self.watchers: list[Watcher] = []

    def join(self, watcher: Watcher) -> None:
        self.watchers.append(watcher)

    def leave(self, watcher: Watcher) -> None:
        self.watchers.remove(watcher)

    def safe_start(self) -> int:
        return 40


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> QuietHub:
    hub = QuietHub()
    monkeypatch.setattr(module, "hub", hub)
    monkeypatch.setattr(module, "PING_SECONDS", 0.02)
    return hub


async def collect(frames: AsyncIterator[bytes]) -> list[str]:
    return [frame.decode() async for frame in frames]


def test_a_quiet_stream_pings_until_its_reader_may_no_longer_watch(quiet: QuietHub) -> None:
    answers = iter([True, True, False])

    async def still_allowed() -> bool:
        return next(answers)

    frames = asyncio.run(collect(stream(1, None, still_allowed)))
    assert frames == ["retry: 2000\nid: 40\n\n", ": ping\n\n", ": ping\n\n"]
    assert quiet.watchers == []


def test_a_busy_stream_is_asked_too(quiet: QuietHub) -> None:
    async def never_allowed() -> bool:
        return False

    async def watch() -> int:
        frames = stream(1, None, never_allowed)
        await anext(frames)
        count = 0
        quiet.watchers[0].tell(Told(41, 41, "image", {}))
        async for _ in frames:
            count += 1
            quiet.watchers[0].tell(Told(41 + count, 41 + count, "image", {}))
            await asyncio.sleep(0.001)
        return count

    assert asyncio.run(asyncio.wait_for(watch(), 20)) > 0


def test_a_reader_that_falls_behind_is_sent_away(quiet: QuietHub) -> None:
    async def allowed() -> bool:
        return True

    async def watch() -> list[str]:
        frames = stream(1, None, allowed)
        await anext(frames)
        for number in range(QUEUE_LENGTH + 50):
            quiet.watchers[0].tell(Told(number, number, "image", {"text": "a\nb"}))
        return await collect(frames)

    frames = [frame for frame in asyncio.run(watch()) if "ping" not in frame]
    assert len(frames) == QUEUE_LENGTH
    assert frames[0] == 'id: 0\nevent: image\ndata: {"text":"a\\nb"}\n\n'


def test_who_was_removed_or_deactivated_may_no_longer_watch(project: Project, bob: User, vera: User) -> None:
    assert may_watch(bob, project.pk)
    Membership.objects.filter(user=bob).delete()
    assert not may_watch(bob, project.pk)
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert not may_watch(vera, project.pk)

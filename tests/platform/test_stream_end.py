"""When a stream of events ends, and what it costs meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boxwright import limits
from boxwright.events import stream as module
from boxwright.events.guard import Guard
from boxwright.events.hub import QUEUE_LENGTH, Told, Watcher
from boxwright.events.stream import stream
from boxwright.projects.models import Project
from boxwright.projects.watching import Pass, pass_of, still_good
from boxwright.teams.models import Membership, Role, Session, Token, User
from boxwright.teams.tokens import new_token
from tests.conftest import make_member

GAP = module.GAP.decode()


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


def watcher() -> Watcher:
    return Watcher(1, asyncio.get_running_loop())


async def until_open(frames: AsyncIterator[bytes]) -> None:
    while not (await anext(frames)).startswith(b"retry"):
        pass


async def collect(frames: AsyncIterator[bytes]) -> list[str]:
    return [frame.decode() async for frame in frames]


def test_a_quiet_stream_pings_until_it_is_over(quiet: QuietHub) -> None:
    async def watch() -> list[str]:
        mine = watcher()
        frames = stream(mine, None)
        seen = [(await anext(frames)).decode() for _ in range(4)]
        mine.end()
        return seen + await collect(frames)

    assert asyncio.run(watch()) == [GAP, "retry: 2000\nid: 40\n\n", ": ping\n\n", ": ping\n\n", GAP]
    assert quiet.watchers == []


def test_a_stream_that_is_over_says_nothing_of_what_was_waiting(quiet: QuietHub) -> None:
    async def watch() -> list[str]:
        mine = watcher()
        frames = stream(mine, None)
        await until_open(frames)
        for number in range(QUEUE_LENGTH):
            mine.tell(Told(number, number, "image", {}))
        mine.end()
        return await collect(frames)

    assert asyncio.run(watch()) == [GAP]


def test_a_reader_that_falls_behind_is_sent_away(quiet: QuietHub) -> None:
    async def watch() -> list[str]:
        mine = watcher()
        frames = stream(mine, None)
        await until_open(frames)
        for number in range(1, QUEUE_LENGTH + 51):
            mine.tell(Told(number, number, "image", {"text": "a\nb"}))
        return await collect(frames)

    frames = "".join(asyncio.run(watch())).split("\n\n")[:-1]
    assert len(frames) == QUEUE_LENGTH
    assert frames[0] == 'id: 1\nevent: image\ndata: {"text":"a\\nb"}'


def test_the_guard_ends_those_whose_pass_holds_no_more() -> None:
    def only_the_first(passes: Collection[str]) -> Collection[str]:
        return {"first"} & set(passes)

    async def look() -> list[bool]:
        guard, mine = Guard(only_the_first), [watcher(), watcher()]
        guard.watchers = dict(zip(mine, ["first", "second"], strict=True))
        await asyncio.to_thread(guard.look)
        await asyncio.sleep(0)
        return [each.is_over for each in mine]

    assert asyncio.run(look()) == [False, True]


@pytest.fixture
def session(bob: User) -> SessionBase:
    client = Client()
    client.force_login(bob)
    return client.session


def shown_by(user: User, project: Project, session: str | None = None, token: int | None = None) -> Pass:
    return pass_of(user, project.pk, session=session, token=token)


def holds(shown: Pass) -> bool:
    return still_good([shown]) == {shown}


def test_a_pass_ends_with_its_session(project: Project, bob: User, session: SessionBase) -> None:
    shown = shown_by(bob, project, session.session_key)
    assert holds(shown)
    session.flush()
    assert not holds(shown)


def test_a_pass_ends_when_its_session_expires(project: Project, bob: User, session: SessionBase) -> None:
    shown = shown_by(bob, project, session.session_key)
    Session.objects.update(seen_at=Now() - timedelta(hours=limits.SESSION_IDLE_HOURS + 1))
    assert not holds(shown)


def test_a_pass_ends_with_its_token(project: Project, bob: User) -> None:
    new_token(bob)
    shown = shown_by(bob, project, token=Token.objects.get().pk)
    assert holds(shown)
    Token.objects.all().delete()
    assert not holds(shown)


def test_a_pass_ends_with_the_password(project: Project, bob: User) -> None:
    shown = shown_by(bob, project)
    bob.set_password("another correct horse")
    bob.save()
    assert not holds(shown)


def test_a_pass_ends_with_the_role(project: Project, bob: User) -> None:
    shown = shown_by(bob, project)
    Membership.objects.filter(user=bob).update(role=Role.VIEWER)
    assert not holds(shown)


def test_a_pass_ends_with_the_membership_or_the_account(project: Project, bob: User, vera: User) -> None:
    removed, deactivated = shown_by(bob, project), shown_by(vera, project)
    Membership.objects.filter(user=bob).delete()
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert still_good([removed, deactivated]) == set()


def test_many_streams_are_looked_at_at_once(
    project: Project, bob: User, session: SessionBase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_member(f"p{number}", project.team, Role.VIEWER) for number in range(5)]
    passes = [shown_by(person, project, token=1) for person in people]
    passes += [shown_by(bob, project, session.session_key)]
    with django_assert_num_queries(3):
        assert still_good(passes) == {passes[-1]}

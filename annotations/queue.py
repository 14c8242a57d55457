"""Who works on which image: a claim is a lease, taken under the image's lock, so two people never get the same one.

The database's clock decides what has expired: a claim lasts 90 seconds, and the page that is open renews it. One person
holds a few images of a project at once: who claims more gives back the oldest, as somebody does who leaves a tab open
and goes on in another. What is taken along (`annotations.along`) is claimed for hours: that is all that tells it from
the rest, which neither counts it nor shortens or ends its claim.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest, Now

from annotations.models import Image
from annotations.queries import known_queue
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.errors import Conflict
from boxwright.events.kinds import announce, announce_all
from boxwright.projects.models import Project
from boxwright.statements import Change, Rows, Update
from boxwright.teams.models import Team, User

NOBODYS: dict[str, Any] = {"claimed_by": None, "claim_expires_at": None}


class Claimed(Conflict):
    """Another person's claim lasts: the holder's, None where it ended just now."""

    def __init__(self, holder: User | None) -> None:
        super().__init__(f"{holder.name if holder else 'Somebody'} is working on this image.")
        self.holder = holder


def claim_next(
    *,
    project: Project,
    user: User,
    queue: str = "unlabelled",
    after: int | None = None,
    leave: Collection[int] | None = None,
) -> Image | None:
    """Claim the first image of the queue that is free or already the user's; None when there is none.

    `after` goes on behind that image and comes round to the start at the end; without it the user's drafts come first.
    Then comes what is assigned to the user; what others drew, or are assigned, comes last, when nothing else is left.
    Of the images in `leave`, by default `after`, the user's claims are given back: who works on `after` and wants to
    have the next one ready leaves none.
    """
    image = _claim_first(project, user, known_queue(queue), after)
    if leave is None:
        leave = [] if after is None or image is None else [after]
    for left in set(leave) - {image and image.pk}:
        release(image_id=left, user=user, project_id=project.pk)
    return image


def claim(*, image: Image, user: User) -> Image:
    """Claim or renew. Raises Claimed while another person's claim lasts."""
    with one_at_a_time(user):
        claimed = _take(image.pk, user)
    if claimed:
        return claimed
    raise Claimed(_load(image.pk).claimed_by)


def release(*, image_id: int, user: User, project_id: int) -> None:
    """Give back the user's own claim; anything else is left as it is, and so is what the user took along."""
    with write_in_turn():
        mine = Image.objects.filter(pk=image_id, project_id=project_id, claimed_by=user)
        if mine.filter(claim_expires_at__lte=lease_end()).update(**NOBODYS):
            announce(project_id, "claim", NOBODYS | {"id": image_id})


def release_all(*, team: Team, user: User) -> None:
    """Give back whatever the person holds in the team's projects; what they drew or were assigned is anybody's."""
    held = Image.objects.filter(project__team=team, claimed_by=user)
    for project_id in set(held.values_list("project_id", flat=True)):
        free(held.filter(project=project_id), project_id)
    with write_in_turn():
        Image.objects.filter(project__team=team, drafted_by=user).update(drafted_by=None)
        Image.objects.filter(project__team=team, assigned_to=user).update(assigned_to=None)


def free(claimed: QuerySet[Image], project_id: int) -> None:
    """End the claims of these images of a project."""
    with write_in_turn():
        ids = list(claimed.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        Image.objects.filter(pk__in=ids).update(**NOBODYS)
        announce_all(project_id, "claim", [NOBODYS | {"id": pk} for pk in ids])


PARTS: Mapping[str, Callable[[int], Q]] = {
    "own drafts": lambda user_id: Q(drafted_by=user_id),
    "assigned": lambda user_id: Q(assigned_to=user_id) & _drafted_by_no_other(user_id),
    "nobody's": lambda user_id: Q(assigned_to=None) & _drafted_by_no_other(user_id),
    "all": lambda _: Q(),
}
"""Of what waits."""
FROM_START = [(part, "") for part in PARTS]
ROUND = [(part, side) for part in ("assigned", "nobody's", "all") for side in ("gt", "lt")]
"""Behind an image, then before it."""


def _drafted_by_no_other(user_id: int) -> Q:
    return Q(drafted_by=None) | Q(drafted_by=user_id)


@cache
def _first_free(part: str, side: str, *, passes_over: bool) -> Rows[int]:
    """The first free image of a part, of all or on one side of an image."""

    def build(user_id: int, project_id: int, queue: str, after: int = 0) -> QuerySet[Image, int]:
        rows = Image.objects.filter(PARTS[part](user_id), free_for(user_id), project_id=project_id, queue=queue)
        beside = rows.filter(**{f"pk__{side}": after}) if side else rows
        return beside.order_by("id").select_for_update(skip_locked=passes_over).values_list("pk", flat=True)[:1]

    return Rows(build)


@Rows
def _an_assigned(user_id: int, project_id: int, queue: str) -> QuerySet[Image, int]:
    """Mostly none: then nobody looks for a free one, four times."""
    rows = Image.objects.filter(assigned_to=user_id, project_id=project_id, queue=queue)
    return rows.values_list("pk", flat=True)[:1]


def _claim_first(project: Project, user: User, queue: str, after: int | None) -> Image | None:
    """Found and taken in one turn: whoever looked first and then waited would find what others took meanwhile."""
    # What somebody is writing just now is asked for last, since that means to wait for them. SQLite locks no rows.
    rounds = (True, False) if connection.features.has_select_for_update_skip_locked else (False,)
    beside = () if after is None else (after,)
    with one_at_a_time(user):
        is_assigned = _an_assigned.first(user.pk, project.pk, queue) is not None
        for part, side in ROUND if beside else FROM_START:
            for passes_over in rounds if part != "assigned" or is_assigned else ():
                pk = _first_free(part, side, passes_over=passes_over).first(user.pk, project.pk, queue, *beside)
                if pk is not None:
                    return _take(pk, user)
    return None


@contextmanager
def one_at_a_time(user: User) -> Iterator[None]:
    """One person's claims are taken one after the other, so that they can be counted."""
    with write_in_turn():
        if connection.features.has_select_for_update:
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
        yield


def _take(pk: int, user: User) -> Image | None:
    """The image as the user's own, if it is free."""
    if not _claim_free(pk, user.pk):
        return None
    image = _load(pk)
    taken = {"id": pk, "claimed_by": user, "claim_expires_at": image.claim_expires_at}
    left = [NOBODYS | {"id": other} for other in _release_oldest(image, user)]
    announce_all(image.project_id, "claim", [taken, *left])
    return image


@Update
def _claim_free(pk: int, user_id: int) -> Change:
    ends = Case(When(claimed_by=user_id, then=renewed_end()), default=lease_end())
    return Image.objects.filter(free_for(user_id), pk=pk), {"claimed_by": user_id, "claim_expires_at": ends}


def _release_oldest(image: Image, user: User) -> list[int]:
    """Leaves what somebody is writing: waiting for a row while holding one could end in two who wait for each other."""
    newest_first = sorted(_held(user.pk, image.project_id, image.pk), reverse=True)
    oldest = [pk for _, pk in newest_first[limits.CLAIMS_A_PERSON - 1 :]]
    return [pk for pk in oldest if _unwritten(pk, user.pk) and _let_go(pk)]


@Rows
def _held(user_id: int, project_id: int, but: int) -> QuerySet[Image, tuple[Any, int]]:
    others = Image.objects.filter(project=project_id, claimed_by=user_id, claim_expires_at__lte=lease_end())
    return others.exclude(pk=but).values_list("claim_expires_at", "pk")


@Rows
def _unwritten(pk: int, user_id: int) -> QuerySet[Image, int]:
    held = Image.objects.filter(pk=pk, claimed_by=user_id)
    return held.select_for_update(skip_locked=True).values_list("pk", flat=True)


@Update
def _let_go(pk: int) -> Change:
    return Image.objects.filter(pk=pk), NOBODYS


def lease_end() -> CombinedExpression:
    return Now() + timedelta(seconds=limits.CLAIM_SECONDS)


def renewed_end() -> Greatest:
    return Greatest("claim_expires_at", lease_end())


def free_for(user_id: int) -> Q:
    return Q(claimed_by=None) | Q(claimed_by=user_id) | Q(claim_expires_at__lt=Now())


def _load(pk: int) -> Image:
    (image,) = _loaded(pk)
    return image


@Rows
def _loaded(pk: int) -> QuerySet[Image, Image]:
    return Image.objects.select_related("project", "claimed_by", "drafted_by", "assigned_to").filter(pk=pk)

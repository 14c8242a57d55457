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
from django.db.models import Case, Exists, Q, QuerySet, Subquery, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Greatest, Now

from annotations.models import Image
from annotations.queries import known_queue
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.errors import Conflict
from boxwright.events.kinds import announce, announce_all
from boxwright.projects.models import Project
from boxwright.statements import Change, Returning, Rows, Update
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
def _claim_first_free(part: str, side: str, *, passes_over: bool) -> Returning:
    """Claims the first free image of a part, of all or on one side of an image."""

    def build(user_id: int, project_id: int, queue: str, after: int = 0) -> Change:
        rows = Image.objects.filter(PARTS[part](user_id), free_for(user_id), project_id=project_id, queue=queue)
        beside = rows.filter(**{f"pk__{side}": after}) if side else rows
        first = beside.order_by("id").select_for_update(skip_locked=passes_over).values("pk")[:1]
        return Image.objects.filter(pk=Subquery(first)), _claimed_by(user_id)

    return Returning(build, ["id"])


@Rows
def _has_own(user_id: int, project_id: int, queue: str) -> QuerySet[User, tuple[bool, bool]]:
    """Drafts, and what is assigned: mostly none, and then nobody looks for a free one. Holds the user's row."""
    waiting = Image.objects.filter(project_id=project_id, queue=queue)
    own = Exists(waiting.filter(drafted_by=user_id)), Exists(waiting.filter(assigned_to=user_id))
    return User.objects.filter(pk=user_id).select_for_update(no_key=True).values_list(*own)


def _claim_first(project: Project, user: User, queue: str, after: int | None) -> Image | None:
    """Found and taken in one turn: whoever looked first and then waited would find what others took meanwhile."""
    # What somebody is writing just now is asked for last, since that means to wait for them. SQLite locks no rows.
    rounds = (True, False) if connection.features.has_select_for_update_skip_locked else (False,)
    beside = () if after is None else (after,)
    with write_in_turn():
        has_drafts, is_assigned = _has_own.first(user.pk, project.pk, queue) or (False, False)
        empty = {"own drafts": not has_drafts, "assigned": not is_assigned}
        for part, side in ROUND if beside else FROM_START:
            for passes_over in () if empty.get(part) else rounds:
                claim_one = _claim_first_free(part, side, passes_over=passes_over)
                for (pk,) in claim_one(user.pk, project.pk, queue, *beside):
                    return _taken(pk, user)
    return None


@contextmanager
def one_at_a_time(user: User) -> Iterator[None]:
    """One person's claims are taken one after the other, so that they can be counted."""
    with write_in_turn():
        if connection.features.has_select_for_update:
            _hold(user.pk)
        yield


@Rows
def _hold(user_id: int) -> QuerySet[User, int]:
    return User.objects.filter(pk=user_id).select_for_update(no_key=True).values_list("pk", flat=True)


def _take(pk: int, user: User) -> Image | None:
    """The image as the user's own, if it is free."""
    return _taken(pk, user) if _claim_free(pk, user.pk) else None


def _taken(pk: int, user: User) -> Image:
    """What was just claimed; who has too many now gives back the oldest."""
    image = _load(pk)
    taken = {"id": pk, "claimed_by": user, "claim_expires_at": image.claim_expires_at}
    left = [NOBODYS | {"id": other} for other in _release_oldest(image, user)]
    announce_all(image.project_id, "claim", [taken, *left])
    return image


@Update
def _claim_free(pk: int, user_id: int) -> Change:
    return Image.objects.filter(free_for(user_id), pk=pk), _claimed_by(user_id)


def _claimed_by(user_id: int) -> dict[str, Any]:
    ends = Case(When(claimed_by=user_id, then=renewed_end()), default=lease_end())
    return {"claimed_by": user_id, "claim_expires_at": ends}


def _release_oldest(image: Image, user: User) -> list[int]:
    """Leaves what somebody is writing: waiting for a row while holding one could end in two who wait for each other."""
    newest_first = sorted(_held(user.pk, image.project_id, image.pk), reverse=True)
    oldest = [pk for _, pk in newest_first[limits.CLAIMS_A_PERSON - 1 :]]
    return [pk for pk in oldest if _let_go(pk, user.pk)]


@Rows
def _held(user_id: int, project_id: int, but: int) -> QuerySet[Image, tuple[Any, int]]:
    others = Image.objects.filter(project=project_id, claimed_by=user_id, claim_expires_at__lte=lease_end())
    return others.exclude(pk=but).values_list("claim_expires_at", "pk")


@Update
def _let_go(pk: int, user_id: int) -> Change:
    unwritten = Image.objects.filter(pk=pk, claimed_by=user_id).select_for_update(skip_locked=True)
    return Image.objects.filter(pk__in=unwritten.values("pk")), NOBODYS


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

"""Who works on which image: a claim is a lease, taken under the image's lock, so two people never get the same one.

The database's clock decides what has expired: a claim lasts 90 seconds, and the page that is open renews it. One person
holds a few images of a project at once: who claims more gives back the oldest, as somebody does who leaves a tab open
and goes on in another.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from annotations.models import Image
from annotations.queries import known_queue
from annotations.transactions import write_in_turn
from boxwright import limits
from boxwright.errors import Conflict
from boxwright.events.kinds import announce
from boxwright.projects.models import Project
from boxwright.teams.models import Team, User


class Claimed(Conflict):
    """Another person's claim lasts: the holder's, None where it ended just now."""

    def __init__(self, holder: User | None) -> None:
        super().__init__(f"{holder.name if holder else 'Somebody'} is working on this image.")
        self.holder = holder


def claim_next(*, project: Project, user: User, queue: str = "unlabelled", after: int | None = None) -> Image | None:
    """Claim the first image of the queue that is free or already the user's; None when there is none.

    `after` goes on behind that image, gives back the user's claim on it, and comes round to the start at the end;
    without it the user's drafts come first. Other people's come last, when nothing else is left.
    """
    waiting = Image.objects.filter(project=project, queue=known_queue(queue))
    image = _claim_first(_parts(waiting, user, after), user)
    if image is not None and after is not None:
        release(image_id=after, user=user, project_id=project.pk)
    return image


def claim(*, image: Image, user: User) -> Image:
    """Claim or renew. Raises Claimed while another person's claim lasts."""
    with _one_at_a_time(user):
        claimed = _take(image.pk, user)
    if claimed:
        return claimed
    raise Claimed(_load(image.pk).claimed_by)


def release(*, image_id: int, user: User, project_id: int) -> None:
    """Give back the user's own claim; anything else is left as it is."""
    with write_in_turn():
        mine = Image.objects.filter(pk=image_id, project_id=project_id, claimed_by=user)
        if mine.update(claimed_by=None, claim_expires_at=None):
            _publish(project_id, image_id, None, None)


def release_all(*, team: Team, user: User) -> None:
    """Give back whatever the person holds in the team's projects; what they drew there is anybody's to finish."""
    held = Image.objects.filter(project__team=team, claimed_by=user)
    for pk, project_id in list(held.values_list("pk", "project_id")):
        release(image_id=pk, user=user, project_id=project_id)
    with write_in_turn():
        Image.objects.filter(project__team=team, drafted_by=user).update(drafted_by=None)


def _parts(waiting: QuerySet[Image], user: User, after: int | None) -> Iterator[QuerySet[Image]]:
    """What is waiting, in the order in which it is asked for."""
    drafts = waiting.filter(drafted_by__isnull=False)
    rest = waiting.filter(Q(drafted_by=None) | Q(drafted_by=user))
    if after is None:
        yield from (drafts.filter(drafted_by=user), rest, drafts)
    else:
        for rows in (rest, drafts):
            yield from (rows.filter(pk__gt=after), rows.filter(pk__lt=after))


def _claim_first(parts: Iterable[QuerySet[Image]], user: User) -> Image | None:
    """Found and taken in one turn: whoever looked first and then waited would find what others took meanwhile."""
    # What somebody is writing just now is asked for last, since that means to wait for them. SQLite locks no rows.
    rounds = (True, False) if connection.features.has_select_for_update_skip_locked else (False,)
    with _one_at_a_time(user):
        for part in parts:
            free = part.filter(_free_for(user)).order_by("id")
            for passes_over in rounds:
                pk = free.select_for_update(skip_locked=passes_over).values_list("pk", flat=True).first()
                if pk is not None:
                    return _take(pk, user)
    return None


@contextmanager
def _one_at_a_time(user: User) -> Iterator[None]:
    """One person's claims are taken one after the other, so that they can be counted."""
    with write_in_turn():
        if connection.features.has_select_for_update:
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
        yield


def _take(pk: int, user: User) -> Image | None:
    """The image as the user's own, if it is free."""
    if not Image.objects.filter(_free_for(user), pk=pk).update(claimed_by=user, claim_expires_at=lease_end()):
        return None
    image = _load(pk)
    _publish(image.project_id, pk, user, image.claim_expires_at)
    _release_oldest(image, user)
    return image


def _release_oldest(image: Image, user: User) -> None:
    """Leaves what somebody is writing: waiting for a row while holding one could end in two who wait for each other."""
    others = Image.objects.filter(project=image.project_id, claimed_by=user).exclude(pk=image.pk)
    newest_first = sorted(others.values_list("claim_expires_at", "pk"), reverse=True)
    oldest = [pk for _, pk in newest_first[limits.CLAIMS_A_PERSON - 1 :]]
    for pk in list(others.filter(pk__in=oldest).select_for_update(skip_locked=True).values_list("pk", flat=True)):
        Image.objects.filter(pk=pk).update(claimed_by=None, claim_expires_at=None)
        _publish(image.project_id, pk, None, None)


def lease_end() -> CombinedExpression:
    return Now() + timedelta(seconds=limits.CLAIM_SECONDS)


def _free_for(user: User) -> Q:
    return Q(claimed_by=None) | Q(claimed_by=user) | Q(claim_expires_at__lt=Now())


def _load(pk: int) -> Image:
    return Image.objects.select_related("project", "claimed_by", "drafted_by").get(pk=pk)


def _publish(project_id: int, image_id: int, user: User | None, expires: Any) -> None:
    news = {"id": image_id, "claimed_by": user, "claim_expires_at": expires}
    announce(project_id, "claim", news)

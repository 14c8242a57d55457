"""Who works on which image: a claim is a lease, taken by a conditional UPDATE, so two people never get the same one."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotations.consistency import write_in_turn
from annotations.models import Image
from annotations.queries import known_queue
from annotations.shapes import person, plain
from boxwright import events
from boxwright.errors import Conflict
from boxwright.projects.models import Project
from boxwright.teams.models import User

LEASE = timedelta(minutes=10)
CANDIDATES = 16
TRIES = 50


def claim_next(*, project: Project, user: User, queue: str = "unlabelled", after: int | None = None) -> Image | None:
    """Claim the first image of the queue that is free or already the user's; None when there is none.

    `after` goes on behind that image, gives back the user's claim on it, and comes round to the start at the end.
    """
    waiting = Image.objects.filter(project=project, queue=known_queue(queue))
    if after is None:
        return _claim_first(waiting, user)
    for part in (waiting.filter(pk__gt=after), waiting.filter(pk__lt=after)):
        image = _claim_first(part, user)
        if image is not None:
            release(image_id=after, user=user, project_id=project.pk)
            return image
    return None


def claim(*, image: Image, user: User) -> Image:
    """Claim or renew. Raises Conflict, with `claimed_by`, while another person's claim lasts."""
    if _take(Image.objects.filter(pk=image.pk), user):
        return _load(image.pk)
    holder = _load(image.pk)
    name = holder.claimed_by.name if holder.claimed_by else "Somebody"
    raise Conflict(f"{name} is working on this image.", claimed_by=person(holder.claimed_by))


def release(*, image_id: int, user: User, project_id: int) -> None:
    """Give back the user's own claim; anything else is left as it is."""
    with write_in_turn():
        mine = Image.objects.filter(pk=image_id, project_id=project_id, claimed_by=user)
        if mine.update(claimed_by=None, claim_expires_at=None):
            _publish(project_id, image_id, None, None)


def _claim_first(waiting: QuerySet[Image], user: User) -> Image | None:
    for _ in range(TRIES):
        free = waiting.filter(_free_for(user)).order_by("id")
        candidates = list(free.values_list("pk", flat=True)[:CANDIDATES])
        for pk in candidates:
            # Still in its queue: somebody may have labelled it since we looked.
            if _take(waiting.filter(pk=pk), user):
                return _load(pk)
        if len(candidates) < CANDIDATES:
            return None
    return None


def _take(rows: QuerySet[Image], user: User) -> bool:
    expires = timezone.now() + LEASE
    with write_in_turn():
        if not rows.filter(_free_for(user)).update(claimed_by=user, claim_expires_at=expires):
            return False
        image = rows.only("id", "project_id").first()
        if image is not None:
            _publish(image.project_id, image.pk, user, expires)
        return True


def _free_for(user: User) -> Q:
    return Q(claimed_by=None) | Q(claimed_by=user) | Q(claim_expires_at__lt=timezone.now())


def _load(pk: int) -> Image:
    return Image.objects.select_related("project", "claimed_by").get(pk=pk)


def _publish(project_id: int, image_id: int, user: User | None, expires: Any) -> None:
    data = {"id": image_id, "claimed_by": person(user), "claim_expires_at": expires}
    events.publish(project_id, "claim", plain(data))

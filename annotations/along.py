"""Images that somebody takes along to where there is no network: claimed for hours, in one go.

What is left of its time above an open page's tells such a claim from others. It ends when it is given back, by its
person or by a manager, when the image is moved to another queue, or with its time.
"""

from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from annotations.models import Image
from annotations.queries import known_queue
from annotations.queue import PARTS, free, free_for, lease_end, one_at_a_time
from boxwright import limits
from boxwright.errors import NotFound
from boxwright.events.kinds import announce_all
from boxwright.projects.models import Project
from boxwright.teams.models import Membership, User


def take_along(*, project: Project, user: User, queue: str = "unlabelled") -> list[Image]:
    """Claim the next images of the queue, until the person has as many along as one may.

    The answer is all that the person has along in the project, by id: asking again renews and fills up. The person's
    drafts are taken first, then what is assigned to them; a colleague's are not.
    """
    with one_at_a_time(user):
        ids = _unlocked(_along(project, user.pk), limits.IMAGES_ALONG)
        waiting = Image.objects.filter(free_for(user.pk), project=project, queue=known_queue(queue))
        for part in ("own drafts", "assigned", "nobody's"):
            rows = waiting.filter(PARTS[part](user.pk)).exclude(pk__in=ids)
            ids += _unlocked(rows, limits.IMAGES_ALONG - len(ids))
        Image.objects.filter(pk__in=ids).update(claimed_by=user, claim_expires_at=_end())
        images = list(_along(project, user.pk).select_related("claimed_by", "drafted_by", "assigned_to").order_by("pk"))
        ends = [{"id": each.pk, "claimed_by": user, "claim_expires_at": each.claim_expires_at} for each in images]
        announce_all(project.pk, "claim", ends)
    return images


def give_back(*, project: Project, person_id: int) -> None:
    """Free what a person of the team has along. Raises NotFound."""
    if not Membership.objects.filter(team=project.team_id, user=person_id).exists():
        raise NotFound("There is nobody of that id in the team.")
    free(_along(project, person_id), project.pk)


def _along(project: Project, person_id: int) -> QuerySet[Image]:
    return Image.objects.filter(project=project, claimed_by=person_id, claim_expires_at__gt=lease_end())


def _unlocked(rows: QuerySet[Image], most: int) -> list[int]:
    """The first ids. What somebody is writing is left out: to wait for it while holding others may never end."""
    skips = connection.features.has_select_for_update_skip_locked
    return list(rows.order_by("pk").select_for_update(skip_locked=skips).values_list("pk", flat=True)[: max(0, most)])


def _end() -> CombinedExpression:
    return Now() + timedelta(hours=limits.ALONG_HOURS)

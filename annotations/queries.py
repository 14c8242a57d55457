"""Reading images, imports and snapshots as somebody: what is not yours is not there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from annotations.dataset.findings import RULES, Rule
from annotations.models import BulkChange, Image, Import, ImportFinding, Snapshot, StagedImage, TrashedImage
from boxwright.api.pagination import DIGITS, beyond, turned
from boxwright.errors import Invalid, NotFound
from boxwright.jobs import OPEN
from boxwright.projects.models import QUEUES, Project
from boxwright.statements import Rows
from boxwright.teams.models import Role
from boxwright.teams.queries import require

PLACE = re.compile(r"\A-?[1-9][0-9]{0,8}\Z")
ORDERS: Mapping[str, tuple[str, ...]] = {
    "created": ("id",),
    "-created": ("-id",),
    "name": ("name", "id"),
    "uncertain": ("-uncertainty", "id"),
}


def image_for(user: Any, image_id: int, role: Role = Role.VIEWER) -> Image:
    """The image, if `user` is on its team with at least `role`; one query."""
    image: Image = _mine(_image_of, user, image_id, role, "image")
    return image


@Rows
def _image_of(user_id: int, image_id: int) -> QuerySet[Any, Image]:
    return _of_member(
        Image.objects.select_related("project", "claimed_by", "drafted_by", "assigned_to"), user_id, image_id
    )


def import_for(user: Any, import_id: int, role: Role = Role.VIEWER) -> Import:
    job: Import = _mine(_import_of, user, import_id, role, "import")
    return job


@Rows
def _import_of(user_id: int, import_id: int) -> QuerySet[Any, Import]:
    return _of_member(Import.objects.select_related("project"), user_id, import_id)


def expect_picture_of(job: Import, sha256: str) -> None:
    """Raises NotFound unless the open import has read this picture."""
    if job.status not in OPEN or not StagedImage.objects.filter(job=job, sha256=sha256).exists():
        raise NotFound("There is no such image.")


def findings_of(job: Import, *, severity: str = "", rule: str = "") -> QuerySet[ImportFinding]:
    """What is worst first, then in the order of the archive; or those of one severity, or of one rule."""
    severities = {known.label: known.value for known in ImportFinding.Severity}
    if severity and severity not in severities:
        raise Invalid("There is no such severity.", {"severity": f"expected one of {', '.join(severities)}"})
    rows = ImportFinding.objects.filter(job=job)
    if rule:
        rows = rows.filter(severity=severities[known_rule(rule).severity], rule=rule)
    return rows.filter(severity=severities[severity]) if severity else rows


def known_rule(name: str) -> Rule:
    if name not in RULES:
        raise Invalid("There is no such rule.", {"rule": "expected one of those in the import's rules"})
    return RULES[name]


def snapshot_for(user: Any, snapshot_id: int, role: Role = Role.VIEWER) -> Snapshot:
    snapshot: Snapshot = _mine(_snapshot_of, user, snapshot_id, role, "snapshot")
    return snapshot


@Rows
def _snapshot_of(user_id: int, snapshot_id: int) -> QuerySet[Any, Snapshot]:
    return _of_member(Snapshot.objects.select_related("project", "parent", "author"), user_id, snapshot_id)


def bulk_change_for(user: Any, change_id: int, role: Role = Role.VIEWER) -> BulkChange:
    change: BulkChange = _mine(_bulk_change_of, user, change_id, role, "bulk change")
    return change


@Rows
def _bulk_change_of(user_id: int, change_id: int) -> QuerySet[Any, BulkChange]:
    return _of_member(BulkChange.objects.select_related("project"), user_id, change_id)


def trashed_image_for(user: Any, image_id: int) -> TrashedImage:
    """Only who may restore it sees it."""
    trashed: TrashedImage = _mine(_trashed_image_of, user, image_id, Role.MANAGER, "image in the Trash")
    return trashed


@Rows
def _trashed_image_of(user_id: int, image_id: int) -> QuerySet[Any, TrashedImage]:
    return _of_member(TrashedImage.objects.select_related("project"), user_id, image_id)


def _mine(rows: Rows[Any], user: Any, pk: int, role: Role, word: str) -> Any:
    row = rows.first(user.pk, pk) if user.pk else None
    if row is None:
        raise NotFound(f"There is no such {word}.")
    require(row.member_role, role)
    return row


def _of_member(rows: QuerySet[Any], user_id: int, pk: int) -> QuerySet[Any]:
    mine = rows.filter(pk=pk, project__team__memberships__user_id=user_id, project__deleted_at=None)
    found: QuerySet[Any] = mine.annotate(member_role=F("project__team__memberships__role"))
    return found


def images_beside(
    rows: QuerySet[Image], order: Sequence[str], project: Project, *, after: str = "", before: str = ""
) -> tuple[QuerySet[Image], Sequence[str]]:
    """The part of the list behind one of the project's images, or the part before it, nearest first.

    The image itself may have left the list, as one does that was labelled meanwhile.
    """
    if not after and not before:
        return rows, order
    if after and before:
        raise Invalid("One side of an image at a time.", {"before": "expected without after"})
    way = tuple(order) if after else tuple(turned(field) for field in order)
    image = _image(project, after or before, "after" if after else "before")
    return rows.filter(beyond(way, [getattr(image, field.lstrip("-")) for field in way])), way


def images_from(rows: QuerySet[Image], order: Sequence[str], place: str) -> QuerySet[Image]:
    """The part of the list that begins at a place: 1 is the first image, -1 the last; as much as there is.

    Places before it are counted in the order's index, without their rows.
    """
    if not PLACE.match(place):
        raise Invalid("There is no such place.", {"place": "expected a number from 1, or from -1 for the end"})
    number = int(place)
    before, way = (number - 2, order) if number > 0 else (-number, [turned(field) for field in order])
    if before < 0:
        return rows
    columns = [field.lstrip("-") for field in order]
    passed = rows.select_related(None).order_by(*way).values_list(*columns)[before : before + 1]
    found = next(iter(passed), None)
    if found is None:
        return rows if number < 0 else rows.none()
    return rows.filter(beyond(order, found))


def place_in(
    rows: QuerySet[Image], order: Sequence[str], image: Image, most: int | None = None
) -> tuple[int | None, int, bool]:
    """Which of the list's images it is, from 1 on; of how many; and whether there are more, where `most` are counted.

    None for an image that is not in the list, or behind the `most` first.
    """
    total = rows.order_by(*order)[: most and most + 1].count()
    has_more = most is not None and total > most
    if most is not None:
        total = min(total, most)
    if not rows.filter(pk=image.pk).exists():
        return None, total, has_more
    way = tuple(turned(field) for field in order)
    before = rows.filter(beyond(way, [getattr(image, field.lstrip("-")) for field in way]))
    place = before.order_by(*way)[:most].count() + 1
    return place if most is None or place <= most else None, total, has_more


def known_queue(queue: str) -> str:
    if queue not in QUEUES:
        raise Invalid("There is no such queue.", {"queue": f"expected one of {', '.join(QUEUES)}"})
    return queue


def ordering(order: str) -> tuple[str, ...]:
    if order not in ORDERS:
        raise Invalid("There is no such order.", {"order": f"expected one of {', '.join(ORDERS)}"})
    return ORDERS[order]


def _image(project: Project, image: str, field: str) -> Image:
    found = Image.objects.filter(project=project, pk=int(image)).first() if DIGITS.match(image) else None
    if found is None:
        raise Invalid("There is no such image.", {field: "expected the id of an image of this project"})
    return found

"""What a team may hold, and have going on at once. A limit of 0 is none.

Usage is a sum over the team's projects, whose counters are kept by delta; what lies in a Trash counts until it is
deleted for good. Whoever adds something asks in the transaction that adds it, before it locks anything else: the team's
row makes those who ask together take turns.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from boxwright import limits
from boxwright.errors import OverQuota
from boxwright.jobs import ACTIVE, Job, job_models
from boxwright.projects.models import QUEUES, Project
from boxwright.statements import Rows
from boxwright.teams.models import Team


@dataclass(frozen=True, slots=True)
class Usage:
    """`limit` is None where there is no quota."""

    used: int
    limit: int | None


def usage_of(team_id: int) -> dict[str, Usage]:
    """`images`; `bytes` of their original files, as each project counts them; `jobs` queued or running."""
    used = {**_held(team_id), "jobs": _active_jobs(team_id)}
    return {name: Usage(used[name], limit or None) for name, limit in _limits().items()}


def expect_room(team_id: int, *, images: int, size: int) -> None:
    """For so many more images of `size` bytes together; inside a transaction. Raises OverQuota."""
    wanted = {"images": images, "bytes": size}
    limited = {name: limit for name, limit in _limits().items() if limit and wanted.get(name)}
    if not limited:
        return
    _take_turn(team_id)
    held = _held(team_id)
    for name, limit in limited.items():
        if (over := held[name] + wanted[name] - limit) > 0:
            raise OverQuota(_too_much(name, limit, over), quota=name, limit=limit, used=held[name], over=over)


def expect_slot(team_id: int, *, more: int = 1) -> None:
    """For one more import, snapshot, run or artifact (0: it is queued already); inside a transaction.

    Raises OverQuota.
    """
    limit = limits.TEAM_JOBS
    if not limit:
        return
    _take_turn(team_id)
    used = _active_jobs(team_id)
    if (over := used + more - limit) > 0:
        what = f"The team may have {limit:,} imports, snapshots, runs and artifacts queued or running"
        raise OverQuota(f"{what}; wait until one has ended.", quota="jobs", limit=limit, used=used, over=over)


def _limits() -> dict[str, int]:
    return {"images": limits.TEAM_IMAGES, "bytes": limits.TEAM_BYTES, "jobs": limits.TEAM_JOBS}


def _too_much(name: str, limit: int, over: int) -> str:
    if name == "images":
        return f"The team may hold {limit:,} images; this would be {over:,} too many."
    return f"The team's images may take {_mb(limit)}; this would be {_mb(over)} too much."


def _mb(size: int) -> str:
    return f"{size / limits.MIB:,.1f} MB"


def _take_turn(team_id: int) -> None:
    """SQLite's writers take turns anyway."""
    Team.objects.select_for_update().filter(pk=team_id).first()


def _held(team_id: int) -> dict[str, int]:
    images = sum((F(f"{queue}_count") for queue in QUEUES), F("trashed_count"))
    size = F("byte_count") + F("trashed_byte_count")
    mine = Project.objects.filter(team_id=team_id, deleted_at=None)
    return mine.aggregate(images=Coalesce(Sum(images), 0), bytes=Coalesce(Sum(size), 0))


def _active_jobs(team_id: int) -> int:
    return sum(_active_by_kind(team_id))


@Rows
def _active_by_kind(team_id: int) -> QuerySet[Any, int]:
    first, *others = (_active(model, team_id) for model in job_models())
    return first.union(*others, all=True)


def _active(model: type[Job], team_id: int) -> QuerySet[Any, int]:
    mine = model._default_manager.order_by().filter(status__in=ACTIVE, **{model.team_path(): team_id})
    counts: QuerySet[Any, int] = (
        mine.values(model.team_path()).annotate(count=Count("pk")).values_list("count", flat=True)
    )
    return counts

"""Archives that arrive in parts, over lines that break: begun, added to, given up.

Each part is an object in the store before the row's offset moves: any process goes on from what the row says.
"""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Now

from annotations.file_names import file_name
from annotations.models import ArchiveUpload, Import, UploadPart
from annotations.object_keys import part_key, upload_folder
from boxwright import limits
from boxwright.errors import Conflict, Invalid, NoRoom, NotFound, TooLarge, TooMany
from boxwright.jobs import OPEN
from boxwright.projects.models import Project
from boxwright.projects.quotas import expect_room, expect_slot
from boxwright.storage import registry, store
from boxwright.teams.models import Team, User

AT_ONCE = 10
"""Uploads deleted in one pass of housekeeping."""


def begin_upload(*, project: Project, author: User, name: str, length: int) -> ArchiveUpload:
    """Raises Invalid, TooLarge, TooMany, OverQuota or NoRoom, with no row written."""
    if length < 1:
        raise Invalid("An archive has at least one byte.", {"Upload-Length": "must be 1 or more"})
    if length > limits.ARCHIVE_BYTES:
        raise TooLarge(f"An archive may have {limits.ARCHIVE_BYTES / 2**20:.0f} MB.")
    _expect_disk(length)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=author.pk)  # those who begin two at once take turns
        expect_room(project.team_id, images=1, size=1)
        expect_slot(project.team_id)
        if waiting().filter(author=author, job=None).count() >= limits.UPLOADS_A_PERSON:
            raise TooMany(f"You are sending {limits.UPLOADS_A_PERSON} archives already; finish or cancel one.")
        made = ArchiveUpload.objects.create(
            project=project, author=author, name=file_name(name), length=length, expires_at=_in_time()
        )
        made.refresh_from_db()
        return made


def upload_for(author: Any, project: Project, upload_id: int) -> ArchiveUpload:
    """Only whoever began it finds it, and only until it expires. Raises NotFound."""
    found = waiting().filter(pk=upload_id, project=project, author_id=author.pk).first()
    if found is None:
        raise NotFound("There is no such upload.")
    return found


def add_part(upload: ArchiveUpload, offset: int, data: bytes) -> ArchiveUpload:
    """Keep `data` as the bytes from `offset` on. Raises Conflict where others are expected; then nothing changed."""
    _expect_next(upload, offset, len(data))
    sha256 = hashlib.sha256(data).hexdigest()
    key = part_key(upload.project_id, upload.pk, offset, uuid.uuid4().hex)
    registry.keep(key, data, "application/octet-stream")
    with transaction.atomic():
        mine = waiting().filter(pk=upload.pk, offset=offset)
        moved = {"offset": F("offset") + len(data), "part_count": F("part_count") + 1, "expires_at": _in_time()}
        if not mine.update(**moved):
            raise Conflict("Another part came first; ask for the offset again.")
        UploadPart.objects.create(upload=upload, start=offset, size=len(data), key=key, sha256=sha256)
        registry.confirm([key])
    upload.refresh_from_db()
    return upload


def _expect_next(upload: ArchiveUpload, offset: int, size: int) -> None:
    if offset != upload.offset:
        raise Conflict(f"The next byte is number {upload.offset}, not {offset}.", offset=upload.offset)
    if not size:
        raise Invalid("The part is empty.")
    if offset + size > upload.length:
        raise Invalid(f"Only {upload.length - offset} bytes are left to send.")
    if upload.part_count >= limits.UPLOAD_PARTS:
        raise TooLarge(f"An archive may come in {limits.UPLOAD_PARTS:,} parts; send larger ones.")


def delete_upload(upload: ArchiveUpload) -> None:
    """Raises Conflict while it is imported."""
    with transaction.atomic():
        ArchiveUpload.objects.select_for_update().filter(pk=upload.pk).first()
        if Import.objects.filter(upload=upload, status__in=OPEN).exists():
            raise Conflict("This archive is being imported; cancel the import.")
        _discard(upload)


def delete_uploads_of(*, team: Team, user: User) -> None:
    """Whoever may not import any more sends nothing on."""
    for upload in ArchiveUpload.objects.filter(project__team=team, author=user, job=None):
        delete_upload(upload)


def delete_ended_uploads() -> None:
    """Those that expired unused, and those whose import has ended."""
    is_open = Exists(Import.objects.filter(upload=OuterRef("pk"), status__in=OPEN))
    ended = ArchiveUpload.objects.filter(~is_open & (Q(expires_at__lte=Now()) | Q(job__isnull=False)))
    for upload in ended.order_by("pk")[:AT_ONCE]:
        delete_upload(upload)


def waiting() -> QuerySet[ArchiveUpload]:
    """Not expired."""
    return ArchiveUpload.objects.filter(expires_at__gt=Now())


def _discard(upload: ArchiveUpload) -> None:
    folder = upload_folder(upload.project_id, upload.pk)
    upload.delete()
    registry.release_folder(folder)


def _expect_disk(length: int) -> None:
    """Beside what the other uploads will still bring. Raises NoRoom."""
    free = store().free()
    if free is None:
        return
    coming = waiting().aggregate(sum=Sum(F("length") - F("offset")))["sum"] or 0
    if coming + length + limits.SPARE_DISK > free:
        raise NoRoom("The server's disk has no room for this archive.")


def _in_time() -> Any:
    """When an upload expires to which no further part comes."""
    return Now() + timedelta(hours=limits.UPLOAD_HOURS)

"""Files of weights that a team uploads for its runs to begin with: kept as they came, read by a run's child alone."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.db import transaction

from annotations.file_names import file_name
from boxwright import limits
from boxwright.errors import Conflict, Invalid, NotFound, TooLarge
from boxwright.jobs import OPEN
from boxwright.storage import registry
from boxwright.storage.named import sha256_of
from boxwright.teams import audit
from boxwright.teams.models import Team, User
from training import object_keys
from training.models import NAME_OF_BASE, BaseFile, Run
from training.queries import base_files_of

HEAD_BYTES = 64
SAFETENSORS_LENGTH = struct.Struct("<Q")
DARKNET_VERSION = struct.Struct("<3i")
UNDERSTOOD = "safetensors, a checkpoint or state dict as torch saves it, .tflite, or darknet's .weights"


@dataclass(frozen=True, slots=True)
class Kind:
    """What the engine reads. A file of another ending gets the first of `endings`: readers go by it."""

    endings: tuple[str, ...]
    begins: Callable[[bytes, int], bool]
    """Of a file's first HEAD_BYTES and its size."""


def _is_safetensors(head: bytes, size: int) -> bool:
    if len(head) <= SAFETENSORS_LENGTH.size:
        return False
    (length,) = SAFETENSORS_LENGTH.unpack_from(head)
    return head[SAFETENSORS_LENGTH.size :].startswith(b"{") and 2 <= length <= size - SAFETENSORS_LENGTH.size


def _is_darknet(head: bytes, _size: int) -> bool:
    return len(head) > DARKNET_VERSION.size and DARKNET_VERSION.unpack_from(head)[:2] in ((0, 1), (0, 2))


KINDS = (
    Kind((".safetensors",), _is_safetensors),
    Kind((".pth", ".pt", ".ckpt", ".tar", ".zip"), lambda head, _: head.startswith(b"PK\x03\x04")),
    # torch before 1.6: its magic number, pickled
    Kind(
        (".pth", ".pt", ".ckpt", ".tar"), lambda head, _: head.startswith(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")
    ),
    Kind((".tflite",), lambda head, _: head[4:8] == b"TFL3"),
    Kind((".weights",), _is_darknet),
)


def add_base_file(*, team: Team, author: User, name: str, file: BinaryIO) -> tuple[BaseFile, bool]:
    """Keep the file for the team: its row, and whether it is new; the same bytes again are the same row.

    Raises Invalid, TooLarge, Conflict, or Unavailable, with no row written.
    """
    size = file.seek(0, 2)
    if size > limits.BASE_FILE_BYTES:
        raise TooLarge(f"A file of weights may have {limits.BASE_FILE_BYTES / limits.MIB:.0f} MB.")
    name = _name_of(file, name, size)
    file.seek(0)
    sha256 = sha256_of(file)
    with transaction.atomic():
        if known := _known(team, sha256):
            return known, False
    key = object_keys.base_file(team, sha256)
    file.seek(0)
    registry.keep(key, file, "application/octet-stream")
    with transaction.atomic():
        if known := _known(team, sha256):
            return known, False
        made = BaseFile.objects.create(team=team, name=name, size=size, sha256=sha256, key=key, created_by=author)
        audit.record(team, "uploaded weights", name, sha256=sha256)
        registry.confirm([key])
    return made, True


def delete_base_file(file: BaseFile) -> None:
    """Runs that began with it keep what they learned. Raises Conflict while one that has not ended needs it."""
    with transaction.atomic():
        _take_turn(file.team)
        if not BaseFile.objects.select_for_update().filter(pk=file.pk).exists():
            return
        waiting = Run.objects.filter(base_file=file, status__in=OPEN).select_related("project").order_by("pk").first()
        if waiting is not None:
            raise Conflict(
                f"Run {waiting.number} of {waiting.project.name} begins with {file.name}; cancel it, or let it end."
            )
        BaseFile.objects.filter(pk=file.pk).delete()
        audit.record(file.team, "deleted weights", file.name, sha256=file.sha256)
        registry.release([file.key])


def _known(team: Team, sha256: str) -> BaseFile | None:
    """The team's file of these bytes. Raises Conflict where there is none and no room for one more."""
    _take_turn(team)
    mine = base_files_of(team)
    known = mine.filter(sha256=sha256).first()
    if known is None and mine.count() >= limits.BASE_FILES_A_TEAM:
        raise Conflict(f"The team keeps {limits.BASE_FILES_A_TEAM} files of weights already: delete one first.")
    return known


def _take_turn(team: Team) -> None:
    """Who upload or delete at once come one after the other. Raises NotFound where the team was deleted meanwhile."""
    if Team.objects.select_for_update().filter(pk=team.pk).first() is None:
        raise NotFound("There is no such team.")


def _name_of(file: BinaryIO, name: str, size: int) -> str:
    """As rows, folders and sentences have it: with an ending of its kind. Raises Invalid where no reader knows it."""
    said = file_name(name)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    kind = next((kind for kind in KINDS if kind.begins(head, size)), None)
    if kind is None:
        is_what = "is empty" if not size else "is no file of weights that is understood here"
        raise Invalid(f"{said} {is_what}.", {"file": f"expected {UNDERSTOOD}"})
    ending = PurePath(said).suffix
    is_known = ending.lower() in kind.endings
    stem, ending = (said.removesuffix(ending), ending.lower()) if is_known else (said, kind.endings[0])
    return stem[: NAME_OF_BASE - len(ending)] + ending

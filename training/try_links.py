"""Links by which people without an account try a model: they end, can be revoked, and open one artifact's files alone.

A link is worth what its author is worth when it is used: an author who may make artifacts no more has no link that
works. Its secret opens a folder whose address is signed and ends within the hour, since addresses are in logs.
"""

import io
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright import limits
from boxwright.api.auth import digest, new_secret
from boxwright.errors import Conflict, Invalid, NotFound
from boxwright.jobs import Status
from boxwright.teams import attempts, audit
from boxwright.teams.models import Role, User
from boxwright.teams.queries import is_at_least, membership_of
from training.artifacts import downloadable, expect_web_file, file_name, open_web_file
from training.models import Artifact, TryLink

SALT = "boxwright.try"
NETWORK = "model.json"
PLAIN, RUN = {"contract.json", NETWORK, "sample.png"}, {".js", ".wasm", ".bin"}
ENDED = "This link does not work, or no longer."
"""Of one that never was, has expired, was revoked, or whose author left: nobody can tell which."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """`address` can't be shown again: only the hash of its secret is kept."""

    link: TryLink
    address: str


def make_link(*, artifact: Artifact, author: User, days: int, site: str) -> MadeLink:
    """Raises Conflict unless the artifact can be downloaded or where it has links enough, Invalid where no browser
    runs it."""
    if downloadable(artifact).target != "tfjs":
        raise Invalid("Only a TF.js artifact can be tried in a browser.", {"artifact": "expected one of target tfjs"})
    secret = new_secret()
    with transaction.atomic():
        Artifact.objects.select_for_update(of=("self",)).get(pk=artifact.pk)  # two at once count one another
        TryLink.objects.filter(artifact=artifact, expires_at__lte=Now()).delete()
        if links_of(artifact).count() >= limits.TRY_LINKS:
            raise Conflict(f"There are {limits.TRY_LINKS} links to this artifact; revoke one first.")
        link = TryLink.objects.create(
            artifact=artifact, token_hash=digest(secret), created_by=author, expires_at=Now() + timedelta(days=days)
        )
        audit.record(artifact.run.project.team, "shared", file_name(artifact), days=str(days))
    link.refresh_from_db()
    # Behind #: what a browser sends to no server, so that the secret is in no log.
    return MadeLink(link, f"{site}/try#{secret}")


def links_of(artifact: Artifact) -> QuerySet[TryLink]:
    """Those that have not expired."""
    return TryLink.objects.filter(artifact=artifact, expires_at__gt=Now()).select_related("created_by")


@transaction.atomic
def revoke(link: TryLink) -> None:
    TryLink.objects.filter(pk=link.pk).delete()
    audit.record(link.artifact.run.project.team, "revoked link", file_name(link.artifact))


def open_link(secret: str) -> tuple[TryLink, str]:
    """The link, and the ticket that its files' addresses carry. Raises NotFound, TooOften."""
    with attempts.at_links():
        link = _live(token_hash=digest(secret))
    attempts.open_try_link(link.pk)
    audit.record_download(link.artifact.run.project.team, f"{file_name(link.artifact)} by a link")
    return link, signing.dumps(link.pk, salt=SALT)


def artifact_by(ticket: str) -> Artifact:
    """Of a ticket whose link still works. Raises NotFound."""
    try:
        pk = signing.loads(ticket, salt=SALT, max_age=timedelta(minutes=limits.LINK_MINUTES))
    except signing.BadSignature as error:
        raise NotFound(ENDED) from error
    return _live(pk=pk).artifact


def open_shared_file(artifact: Artifact, name: str) -> BinaryIO:
    """A file that running the model needs: cards and lineage tell of the project. The network's own notes, which hold
    the lineage too, are left out. Raises NotFound, ObjectMissing, ObjectDamaged."""
    if not (name in PLAIN or PurePosixPath(name).suffix in RUN):
        raise NotFound(ENDED)
    expect_web_file(artifact, name)
    file = open_web_file(artifact, name)
    if name != NETWORK:
        return file
    document = json.load(file)
    document.pop("userDefinedMetadata", None)
    return io.BytesIO(json.dumps(document, separators=(",", ":")).encode())


def _live(**named: object) -> TryLink:
    """Raises NotFound."""
    rows = TryLink.objects.filter(expires_at__gt=Now(), created_by__is_active=True, **named)
    rows = rows.filter(artifact__status=Status.SUCCEEDED, artifact__run__project__deleted_at=None)
    link = rows.select_related("created_by", "artifact__run__project__team").first()
    author = membership_of(link.created_by, link.artifact.run.project.team) if link else None
    if link is None or author is None or not is_at_least(author.role, Role.MANAGER):
        raise NotFound(ENDED)
    return link

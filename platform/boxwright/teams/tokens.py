"""Keys of scripts: made with a name, scopes and an end; listed; revoked."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from boxwright import limits
from boxwright.api.auth import digest, new_secret
from boxwright.api.scopes import SCOPES
from boxwright.errors import NotFound
from boxwright.teams import audit
from boxwright.teams.models import Token, User

DEFAULT_NAME = "Script"
DEFAULT_DAYS = 90


@transaction.atomic
def new_token(
    user: User, *, name: str = DEFAULT_NAME, scopes: Sequence[str] = tuple(SCOPES), days: int | None = DEFAULT_DAYS
) -> tuple[Token, str]:
    """A token and its key, which is shown once and kept as its hash. `days`: None lasts until it is revoked.

    The oldest beyond limits.TOKENS_A_PERSON stop working.
    """
    key = new_secret()
    token = Token.objects.create(
        user=user,
        name=name.strip() or DEFAULT_NAME,
        scopes=[scope for scope in SCOPES if scope in scopes],
        key_hash=digest(key),
        expires_at=None if days is None else Now() + timedelta(days=days),
    )
    token.refresh_from_db()
    kept = tokens_of(user).order_by("-id").values_list("id", flat=True)[: limits.TOKENS_A_PERSON]
    Token.objects.filter(user=user).exclude(id__in=list(kept)).delete()
    audit.record_own(user, audit.MADE_TOKEN, token.name, scopes=", ".join(token.scopes))
    return token, key


def tokens_of(user: User) -> QuerySet[Token]:
    return Token.objects.live().filter(user=user)


@transaction.atomic
def revoke(user: User, token_id: int) -> None:
    token = tokens_of(user).filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    token.delete()
    audit.record_own(user, "revoked token", token.name)

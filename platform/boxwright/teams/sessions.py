"""Sessions of browsers: Django's store with the person, the last use, the address and the browser in columns.

It is the SESSION_ENGINE. A session ends when its owner ends it, when nobody used it for a while, and when it is old.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import BooleanField, Case, QuerySet, When
from django.db.models.functions import Now

from boxwright.api.auth import SEEN_EVERY
from boxwright.errors import NotFound
from boxwright.statements import Rows
from boxwright.teams import audit
from boxwright.teams.models import Session, User

USER, ADDRESS, BROWSER = "_auth_user_id", "address", "browser"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Django's, by the database's clock; notes the use, at most once in a few minutes."""
        row = _live.first(self.session_key) if self.session_key else None
        if row is None:
            self._session_key = None
        elif row.unseen:
            Session.objects.filter(pk=row.pk).update(seen_at=Now())
        found: Session | None = row
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[USER]) if USER in data else None
        row.address, row.browser = data.get(ADDRESS), data.get(BROWSER, "")
        made: Session = row
        return made


@Rows
def _live(session_key: str) -> QuerySet[Any, Any]:
    unseen = Case(When(seen_at__lt=Now() - SEEN_EVERY, then=True), default=False, output_field=BooleanField())
    rows: QuerySet[Any] = Session.objects.live().annotate(unseen=unseen)
    return rows.filter(session_key=session_key)


def about(address: str | None, agent: str) -> dict[str, Any]:
    """What a session keeps of the browser that began it."""
    return {ADDRESS: address, BROWSER: "".join(c for c in agent if c.isprintable())[:200]}


def sessions_of(user: User) -> QuerySet[Session]:
    return Session.objects.live().filter(user=user)


def end_session(user: User, public_id: str) -> None:
    ended, _ = sessions_of(user).filter(public_id=public_id).delete()
    if not ended:
        raise NotFound("There is no such session.")
    audit.record_own(user, "ended session")


def end_others(user: User, keep: str | None) -> None:
    """All sessions of the user but the one with the key `keep`."""
    Session.objects.filter(user=user).exclude(session_key=keep or "").delete()


def prune() -> None:
    """Forget sessions that can't be used any more."""
    Session.objects.exclude(pk__in=Session.objects.live().values("pk")).delete()

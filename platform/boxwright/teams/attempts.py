"""How often people may try: counted in the database, so that all processes count together, by its clock.

Secrets can be guessed at an account (login, token, password) and at links (invitation, reset, setup code). Tries at an
account are counted strictly for each address, so that a stranger elsewhere can't lock its owner out; all tries from
one address loosely; all tries at one account very loosely, and only addresses from which nobody ever logged in to it
are then refused. A try that succeeds does not count.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from boxwright import limits
from boxwright.api import origin
from boxwright.errors import TooOften
from boxwright.teams import audit
from boxwright.teams.models import Attempt, AuditEntry, Team, User

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PRUNED_AT_ONCE = 200


@dataclass(frozen=True)
class Allowance:
    what: str
    most: int
    window: timedelta = MINUTE

    @property
    def key(self) -> str:
        return hashlib.sha256(self.what.encode()).hexdigest()


@contextmanager
def at_account(email: str) -> Iterator[None]:
    """One try at an account's password; raises TooOften. Outside a transaction: a failure must not undo the count."""
    email, place = email.strip().lower(), _place()
    tries = [
        Allowance(f"account {email} from {place}", limits.LOGIN_TRIES),
        Allowance(f"address {place}", limits.ADDRESS_TRIES),
    ]
    if not _logged_in_before(email):
        tries.append(Allowance(f"account {email}", limits.ACCOUNT_TRIES, HOUR))
    take(tries)
    yield
    _give_back(tries)


@contextmanager
def at_links() -> Iterator[None]:
    """One try at the secret of a link; raises TooOften. Outside a transaction, too."""
    tries = [Allowance(f"address {_place()}", limits.ADDRESS_TRIES)]
    take(tries)
    yield
    _give_back(tries)


def ask_reset() -> None:
    """One request for a mail, to whatever address; it counts. Raises TooOften."""
    take([Allowance(f"address {_place()}", limits.ADDRESS_TRIES)])


def invite(person: User, team: Team) -> None:
    """Raises TooOften."""
    take(
        [
            Allowance(f"invitations by {person.pk}", limits.INVITATIONS_A_PERSON, HOUR),
            Allowance(f"invitations to {team.pk}", limits.INVITATIONS_A_TEAM, HOUR),
        ]
    )


def mail_reset(person: User) -> None:
    """Raises TooOften."""
    take([Allowance(f"resets of {person.pk}", limits.RESETS_AN_HOUR, HOUR)])


def send_picture(person: User, project_id: int) -> None:
    """One picture that a model sends: whoever films must choose frames. Raises TooOften."""
    take([Allowance(f"pictures of {person.pk} to {project_id}", limits.INGESTS_A_MINUTE)])


def open_try_link(link_id: int) -> None:
    """One opening of a link to a model; it counts. Raises TooOften."""
    take([Allowance(f"try link {link_id}", limits.TRY_OPENINGS, HOUR)])


def take(wanted: Sequence[Allowance]) -> None:
    """Count one try at each. Raises TooOften, with nothing counted, where one is used up."""
    wanted = sorted(wanted, key=lambda one: one.key)
    _expect_left(wanted, _rows(wanted))  # whoever is refused writes nothing
    with transaction.atomic():
        new = [Attempt(key=one.key, until=Now()) for one in wanted]
        Attempt.objects.bulk_create(new, ignore_conflicts=True)
        rows = list(_rows(wanted).select_for_update().order_by("key"))
        _expect_left(wanted, rows)
        for one, row in zip(wanted, rows, strict=True):
            mine = Attempt.objects.filter(pk=row.pk)
            if row.until <= row.now:
                mine.update(count=1, until=Now() + one.window)
            else:
                mine.update(count=F("count") + 1)
    if any(row.until <= row.now for row in rows):
        _prune()


def _give_back(taken: Sequence[Allowance]) -> None:
    Attempt.objects.filter(pk__in=[one.key for one in taken], count__gt=0).update(count=F("count") - 1)


def _expect_left(wanted: Sequence[Allowance], rows: "QuerySet[Any] | list[Any]") -> None:
    most = {one.key: one.most for one in wanted}
    waits = [row.until - row.now for row in rows if row.until > row.now and row.count >= most[row.key]]
    if waits:
        seconds = ceil(max(waits).total_seconds())
        raise TooOften(f"Too many tries; try again in {seconds} s.", seconds)


def _rows(wanted: Sequence[Allowance]) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Attempt.objects.annotate(now=Now())
    return rows.filter(pk__in=[one.key for one in wanted])


def _prune() -> None:
    with transaction.atomic():
        over = Attempt.objects.select_for_update(skip_locked=True).filter(until__lt=Now() - HOUR)
        Attempt.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:PRUNED_AT_ONCE])).delete()


def _logged_in_before(email: str) -> bool:
    own = AuditEntry.objects.filter(actor__email=email, team_slug="", action__in=audit.PROVED)
    return own.filter(address=origin.current().address).exists()


def _place() -> str:
    """The client's address; of IPv6 the network, since one client has as many addresses as it likes."""
    address = origin.current().address
    if address is None:
        return "unknown"
    parsed = ip_address(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address

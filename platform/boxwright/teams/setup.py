"""The first visit: one account and its team, for whoever has the setup code. There is no default password anywhere.

The code follows from the installation's secret key, so that all processes know it and none keeps it; it is worth
nothing once there is an account. `make run` and the log of production show it as a link.
"""

import base64
import hmac

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.crypto import constant_time_compare

from boxwright.errors import Conflict, NotAllowed
from boxwright.teams import attempts
from boxwright.teams.accounts import create_account
from boxwright.teams.models import Team, User
from boxwright.teams.teams import create_team

BYTES = 15


def is_set_up() -> bool:
    return User.objects.exists()


def code_of(secret_key: str) -> str:
    """24 letters and digits: 120 bits."""
    mac = hmac.digest(secret_key.encode(), b"boxwright setup code", "sha256")
    return base64.b32encode(mac[:BYTES]).decode().lower()


def link() -> str:
    """Opens the page that makes the first account. What stands behind # is sent to no server and in no log."""
    return f"{settings.PUBLIC_URL}/setup#{code_of(settings.SECRET_KEY)}"


def set_up(*, code: str, email: str, name: str, password: str, team_name: str) -> tuple[User, Team]:
    """Raises Conflict once there is an account, NotAllowed for a wrong code, TooOften."""
    if is_set_up():
        raise Conflict("Boxwright is set up already; log in.")
    with attempts.at_links():
        if not constant_time_compare(code.strip().lower(), code_of(settings.SECRET_KEY)):
            raise NotAllowed("The setup code is wrong; open the link that the server shows, or ask whoever runs it.")
    return _make_first(email=email, name=name, password=password, team_name=team_name)


@transaction.atomic
def _make_first(*, email: str, name: str, password: str, team_name: str) -> tuple[User, Team]:
    # A row that every database has, as a lock: of two first visitors one comes first.
    ContentType.objects.select_for_update().get(app_label="teams", model="user")
    if is_set_up():
        raise Conflict("Boxwright is set up already; log in.")
    user = create_account(email=email, name=name, password=password, is_staff=True, is_superuser=True)
    return user, create_team(owner=user, name=team_name)

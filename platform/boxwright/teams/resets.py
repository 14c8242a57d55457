"""A forgotten password: a link by mail, or from whoever runs the server, that sets a new one once."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models.functions import Now

from boxwright.api.auth import digest, new_secret
from boxwright.errors import Conflict, NotFound, TooOften
from boxwright.jobs import enqueue
from boxwright.teams import attempts, audit
from boxwright.teams.accounts import set_password
from boxwright.teams.models import PasswordReset, User

log = logging.getLogger(__name__)

VALID = timedelta(hours=1)
MAIL = "boxwright.teams.tasks.mail_reset"
SUBJECT = "Your password on Boxwright"
TEXT = """Set a new password: {link}

The link works once, for one hour. Setting a new password signs all browsers out and ends all tokens.
If you did not ask for it, leave it: nothing has changed.
"""


def ask(email: str) -> None:
    """Queue a mail with a link, if there is such an account: nobody can tell. Raises Conflict, TooOften."""
    if not settings.MAIL_ENABLED:
        raise Conflict("This server sends no mail; whoever runs it can make you a link: manage.py resetpassword.")
    attempts.ask_reset()
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    enqueue(MAIL, user.pk if user else 0)


def mail(user_id: int) -> None:
    """The worker's part: a link that never was in a message of the queue."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    try:
        attempts.mail_reset(user)
    except TooOften:
        log.warning("too many resets of the account %s", user.pk)
        return
    try:
        send_mail(SUBJECT, TEXT.format(link=new_link(user)), None, [user.email])
    except (SMTPException, OSError) as error:
        log.warning("the reset of the account %s was not mailed: %s", user.pk, error)


@transaction.atomic
def new_link(user: User) -> str:
    """Earlier links of this account stop working."""
    token = new_secret()
    PasswordReset.objects.filter(user=user).delete()
    PasswordReset.objects.create(user=user, token_hash=digest(token), expires_at=Now() + VALID)
    audit.record_own(user, "asked for password reset")
    return f"{settings.PUBLIC_URL}/reset#{token}"


def set_new(*, token: str, password: str) -> User:
    """The user, with a new password; everything that was open is closed. Raises NotFound, Invalid, TooOften."""
    with attempts.at_links(), transaction.atomic():
        rows = PasswordReset.objects.filter(token_hash=digest(token), expires_at__gt=Now(), user__is_active=True)
        reset = rows.select_related("user").first()
        if reset is None:
            raise NotFound("This link was used already or has expired; ask for a new one.")
        user = User.objects.select_for_update().get(pk=reset.user_id)
        if not PasswordReset.objects.filter(pk=reset.pk).delete()[0]:
            raise NotFound("This link was used already or has expired; ask for a new one.")
        set_password(user, password)
        return user

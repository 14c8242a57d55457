"""Accounts: made, known by email and password; passwords changed and set anew."""

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from boxwright.errors import Conflict, Invalid
from boxwright.teams import attempts, audit, sessions
from boxwright.teams.models import PasswordReset, Token, User


def create_account(*, email: str, name: str, password: str, is_staff: bool = False, is_superuser: bool = False) -> User:
    check_password(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email, password, name=name.strip(), is_staff=is_staff, is_superuser=is_superuser
            )
    except IntegrityError as error:
        raise Conflict("There is an account with this email already; log in first.") from error


def user_of(email: str, password: str) -> User:
    """The active user with this email and password. Raises TooOften, or Invalid, which says not which was wrong."""
    with attempts.at_account(email):
        user = authenticate(username=email.strip().lower(), password=password)
        if not isinstance(user, User):
            raise Invalid("Email or password is wrong.")
        return user


def change_password(user: User, *, current: str, new: str, session_key: str | None) -> None:
    """Every session but the one named and every token of the user ends with the old password."""
    with attempts.at_account(user.email):
        if not user.check_password(current):
            raise Invalid("The current password is wrong.", {"current": "wrong"})
    set_password(user, new, field="new", keep_session=session_key)


@transaction.atomic
def set_password(user: User, password: str, *, field: str = "password", keep_session: str | None = None) -> None:
    """Whoever came in with the old password, or could with an open link, is out."""
    check_password(password, user, field=field)
    user.set_password(password)
    user.save(update_fields=["password"])
    Token.objects.filter(user=user).delete()
    PasswordReset.objects.filter(user=user).delete()
    sessions.end_others(user, keep_session)
    audit.record_own(user, "changed password")


def rename(user: User, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


def check_password(password: str, user: User, field: str = "password") -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("This password is too easy to guess.", {field: " ".join(error.messages)}) from error

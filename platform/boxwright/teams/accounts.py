"""Accounts: the first one, logging in, tokens of scripts, passwords."""

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from boxwright.api.auth import digest, new_secret
from boxwright.errors import Conflict, Invalid
from boxwright.teams.models import Team, Token, User
from boxwright.teams.teams import create_team

TOKENS_A_USER = 20


def is_set_up() -> bool:
    return User.objects.exists()


@transaction.atomic
def set_up(*, email: str, name: str, password: str, team_name: str) -> tuple[User, Team]:
    """The first account of an installation, with its first team. There is no default password anywhere."""
    # A row that every database has, as a lock: of two first visitors one comes first.
    ContentType.objects.select_for_update().get(app_label="teams", model="user")
    if is_set_up():
        raise Conflict("Boxwright is set up already; log in.")
    user = create_account(email=email, name=name, password=password, is_staff=True, is_superuser=True)
    return user, create_team(owner=user, name=team_name)


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
    """The active user with this email and password. One sentence for every way of being wrong."""
    user = authenticate(username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        raise Invalid("Email or password is wrong.")
    return user


@transaction.atomic
def new_token(user: User) -> str:
    """A key for scripts; shown once, kept as its hash. The oldest beyond twenty stop working."""
    key = new_secret()
    Token.objects.create(user=user, key_hash=digest(key))
    kept = Token.objects.filter(user=user).order_by("-id").values_list("id", flat=True)[:TOKENS_A_USER]
    Token.objects.filter(user=user).exclude(id__in=list(kept)).delete()
    return key


@transaction.atomic
def change_password(user: User, *, current: str, new: str) -> None:
    """Every other session and every token of the user ends with the old password."""
    if not user.check_password(current):
        raise Invalid("The current password is wrong.", {"current": "wrong"})
    check_password(new, user, field="new")
    user.set_password(new)
    user.save(update_fields=["password"])
    Token.objects.filter(user=user).delete()


def rename(user: User, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


def check_password(password: str, user: User, field: str = "password") -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("This password is too easy to guess.", {field: " ".join(error.messages)}) from error

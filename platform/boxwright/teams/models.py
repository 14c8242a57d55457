"""People who share projects: users, teams, memberships, invitations; how people come in; what they did."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from boxwright import limits


class Role(models.TextChoices):
    OWNER = "owner"
    MANAGER = "manager"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


RANK: dict[str, int] = {Role.VIEWER: 0, Role.ANNOTATOR: 1, Role.MANAGER: 2, Role.OWNER: 3}


class UserQuerySet(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One person. The email, in lower case, is the name to log in with."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserQuerySet] = UserQuerySet()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.email


class Team(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_a_team")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}: {self.role}"


class Invitation(models.Model):
    """A link that lets one person join. Only the hash of its token is kept."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role} in {self.team_id}"


class Demotion(models.Model):
    """When somebody last removed this person from the team, or took a part of their role."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_demotion_a_team")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self) -> TokenQuerySet:
        """Those that still open the API. The database's clock decides, as everywhere here."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), user__is_active=True)


class Token(models.Model):
    """A key for scripts, sent as "Authorization: Token …". Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list, help_text="names of boxwright.api.scopes")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token of {self.user_id}"


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Those that are neither too old nor unused for too long."""
        idle, oldest = timedelta(hours=limits.SESSION_IDLE_HOURS), timedelta(days=limits.SESSION_DAYS)
        return self.filter(seen_at__gt=Now() - idle, created_at__gt=Now() - oldest)


class Session(AbstractBaseSession):
    """A browser that is logged in. `public_id` names it in lists: the key itself opens the account."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), db_index=True)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    # The base class has another manager, for stores that know no user.
    objects = SessionQuerySet.as_manager()  # type: ignore[misc,assignment]

    def save(self, *args: Any, force_update: bool = False, **options: Any) -> None:
        """Django's store saves a new instance each time: an update leaves out the columns that it does not know."""
        if force_update:
            options["update_fields"] = ["session_data", "expire_date", "user", "address", "browser"]
        super().save(*args, force_update=force_update, **options)


class PasswordReset(models.Model):
    """A link that lets one person set a new password once. Only the hash of its token is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"for {self.user_id}"


class Attempt(models.Model):
    """How often something was tried since a window of time began; `key` is a hash of what and by whom."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


class AuditEntry(models.Model):
    """One deed, written in the transaction of the deed and never changed. Without a team it is a person's own.

    The names stay when a team or a person is gone.
    """

    # No index of their own where an index below begins with the column.
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="audit", db_index=False)
    team_slug = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="audit", db_index=False)
    actor_name = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="audit_by_team"),
            models.Index(fields=["actor", "team_slug", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target}"

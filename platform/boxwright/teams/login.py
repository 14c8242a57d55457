"""Django's logins, with the person of a session found by one prepared statement: every request of a page asks."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from boxwright.statements import Rows
from boxwright.teams.models import User


class Login(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        user = _by_id.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


@Rows
def _by_id(pk: int) -> QuerySet[Any, User]:
    return User.objects.filter(pk=pk)

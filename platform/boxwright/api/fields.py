"""Fields of requests that several endpoints share, each with its bounds."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from boxwright import limits
from boxwright.api.text import is_plain

MAX_EMAIL = 254


def time_json(moment: datetime | None) -> str | None:
    """As DRF writes a moment in UTC."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


class CountedListField(serializers.ListField):
    """A list whose rows are counted before one is read; DRF's own reads them all first."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.most = max_length

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.most:
            raise serializers.ValidationError(f"{len(data)} rows; at most {self.most}.")
        rows: list[Any] = super().to_internal_value(data)
        return rows


class LineField(serializers.CharField):
    """One line, without control characters."""

    what = "This"

    def to_internal_value(self, data: Any) -> str:
        line: str = super().to_internal_value(data)
        if not is_plain(line):
            raise serializers.ValidationError(f"{self.what} is one line, without control characters.")
        return line


class NameField(LineField):
    """What people are called, and their teams and projects: one line of at most 100 characters."""

    what = "A name"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 100, **options})


class IdField(serializers.IntegerField):
    """The id of a row: what a database can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, **options})


class PasswordField(serializers.CharField):
    """Taken as typed, spaces too, and never sent back."""

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, write_only=True, **options)


class NewPasswordField(PasswordField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=limits.PASSWORD_CHARACTERS, **options)

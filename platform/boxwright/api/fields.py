"""Fields of requests that DRF has not."""

from typing import Any

from rest_framework import serializers


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

"""`dataset.split.place_of` as the databases compute it, so that a list can ask for a split without a column."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, IntegerField

from annotations.dataset.split import PLACES, place_of

HASH = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
HIGH, LOW = (f"('x' || substr({HASH}, {start}, 8))::bit(32)::bigint" for start in (1, 9))


class PlaceOf(Func):
    """Of one text."""

    function = "boxwright_place_of"
    arity = 1
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **more: Any) -> tuple[str, Any]:
        template = f"mod(mod({HIGH}, {PLACES}) * {2**32 % PLACES} + {LOW}, {PLACES})"
        sql, values = self.as_sql(compiler, connection, template=template, **more)
        return sql, (*values, *values)


def teach(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """A new connection of SQLite."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(PlaceOf.function, 1, place_of, deterministic=True)

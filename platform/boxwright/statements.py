"""Statements of the busiest requests: the ORM writes each once a thread, a call only fills in its values.

The ORM takes about a millisecond to write one that SQLite runs in a twentieth of it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row")
Value = int | str
Change = tuple[QuerySet[Any], Mapping[str, Any]]
"""Rows, and the new values of their columns."""
FIRST_NUMBER = 2_000_000_000
BEYOND = 2**63
"""No column holds a number from here on."""


class Rows(Generic[Row]):
    """Called with numbers and texts: the rows of the query set that `build` makes of them."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._here = threading.local()

    def __call__(self, *values: Value) -> list[Row]:
        if _are_beyond(values):
            return []
        made: tuple[Any, Any, _Statement] | None = getattr(self._here, "made", None)
        if made is None:
            made = self._here.made = self._written(values)
        rows, compiler, statement = made
        compiler.execute_sql = lambda *_, **__: [statement.rows(values)]
        return list(rows._iterable_class(rows))

    def first(self, *values: Value) -> Row | None:
        return next(iter(self(*values)), None)

    def _written(self, values: tuple[Value, ...]) -> "tuple[Any, Any, _Statement]":
        rows: Any = self._build(*_stand_ins(values))
        compiler = rows.query.get_compiler(using=rows.db)
        statement = _Statement(compiler, values)
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda _columns: converters
        rows.query.get_compiler = lambda *_, **__: compiler
        return rows, compiler, statement


class _Writing:
    """A change that `build` makes of numbers and texts."""

    def __init__(self, build: Callable[..., Change], returned: Sequence[str] = ()) -> None:
        self._build, self._returned = build, returned
        self._here = threading.local()

    def _statement(self, values: tuple[Value, ...]) -> "_Statement":
        statement: _Statement | None = getattr(self._here, "statement", None)
        if statement is None:
            statement = self._here.statement = self._written(values)
        return statement

    def _written(self, values: tuple[Value, ...]) -> "_Statement":
        rows, changes = self._build(*_stand_ins(values))
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        query.clear_ordering(force=True)
        columns = ", ".join(map(connection.ops.quote_name, self._returned))
        return _Statement(query.get_compiler(connection=connection), values, columns and f" RETURNING {columns}")


class Update(_Writing):
    """Called with numbers and texts: makes the change that `build` makes of them; answers how many rows."""

    def __call__(self, *values: Value) -> int:
        return 0 if _are_beyond(values) else self._statement(values).changed(values)


class Returning(_Writing):
    """The same; answers columns of each row that it changed, numbers or texts, with their new values."""

    def __call__(self, *values: Value) -> list[tuple[Any, ...]]:
        return [] if _are_beyond(values) else self._statement(values).rows(values)


def returning(*columns: str) -> Callable[[Callable[..., Change]], Returning]:
    return lambda build: Returning(build, columns)


class Insert:
    """Called with the values of a row of this model, by the names of its fields: writes it, and nothing comes back."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model
        self._fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
        columns = ", ".join(field.column for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        self._sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})"  # noqa: S608 - names of ours

    def __call__(self, **values: Any) -> None:
        row = self._model(**values)
        params = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in self._fields]
        with prepared_cursor() as cursor:
            cursor.execute(self._sql, params)


class _Statement:
    """A statement's text, and its parameters with the places of a call's values among them."""

    def __init__(self, compiler: Any, values: tuple[Value, ...], more: str = "") -> None:
        sql, params = compiler.as_sql()
        self._sql = sql + more
        self._params = tuple(params)
        places = {stand_in: place for place, stand_in in enumerate(_stand_ins(values))}
        self._places = [(at, places[one]) for at, one in enumerate(params) if one in places]
        if {place for _, place in self._places} != set(places.values()):
            raise ValueError("A value does not reach the database as it is: it can't be filled in.")

    def rows(self, values: tuple[Value, ...]) -> list[tuple[Any, ...]]:
        with prepared_cursor() as cursor:
            cursor.execute(self._sql, self._with_values(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def changed(self, values: tuple[Value, ...]) -> int:
        with prepared_cursor() as cursor:
            cursor.execute(self._sql, self._with_values(values))
            return int(cursor.rowcount)

    def _with_values(self, values: tuple[Value, ...]) -> tuple[Any, ...]:
        params = list(self._params)
        for at, place in self._places:
            params[at] = values[place]
        return tuple(params)


def prepared_cursor() -> CursorWrapper:
    """For a statement that comes again and again: PostgreSQL parses and plans it once a connection.

    Values travel beside the text. Django's own cursor writes them into it: that one is taken where queries are logged.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from psycopg import Cursor

    connection.ensure_connection()
    own: Any = connection
    made: CursorWrapper = own._prepare_cursor(Cursor(connection.connection))
    return made


def _stand_ins(values: tuple[Value, ...]) -> list[Value]:
    """What builders get in place of values: numbers and texts that none of them says by itself."""
    if any(not isinstance(value, Value) for value in values):
        raise TypeError("A statement takes numbers and texts.")
    return [f"value {n}" if isinstance(value, str) else FIRST_NUMBER + n for n, value in enumerate(values)]


def _are_beyond(values: tuple[Value, ...]) -> bool:
    return any(isinstance(value, int) and not -BEYOND <= value < BEYOND for value in values)

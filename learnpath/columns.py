"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles

from .fields import MODULE_ID_MAX, PATH_SLUG_MAX, rfc3339

# SQLite hands out ids only to a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Slugs sort by their bytes everywhere, whatever the locale of the server.
PathSlug = sa.String(PATH_SLUG_MAX).with_variant(
    postgresql.VARCHAR(PATH_SLUG_MAX, collation="C"), "postgresql"
)
ModuleSlug = sa.String(MODULE_ID_MAX).with_variant(
    postgresql.VARCHAR(MODULE_ID_MAX, collation="C"), "postgresql"
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment: timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a naive time, which would be a different moment on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def is_one_of(column: Any, constants: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return `column IN ('a', 'b')` with words of our own.

    `in_` would write its list anew for every execution, and the database compare parameters.
    """
    return column.in_([sa.literal_column(f"'{word}'") for word in constants])  # type: ignore[no-any-return]


class Words(sa.TypeDecorator[list[str]]):
    """A list of words as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Name the type that each database knows."""
        is_array = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text()) if is_array else sa.Text())

    def process_bind_param(self, value: list[str] | None, dialect: Any) -> Any:
        """Hand the driver what it takes for a list."""
        return json.dumps(value) if dialect.name == "sqlite" else value


class is_among(sa.sql.functions.FunctionElement[bool]):  # noqa: N801 - reads as SQL
    """`is_among(column, words("name"))`: the column is one of the words in that parameter.

    However many there are, the statement stays the same and can be prepared, unlike with `in_`.
    """

    name = "is_among"
    type = sa.Boolean()
    inherit_cache = True


def words(name: str) -> sa.BindParameter[list[str]]:
    """Return the bind parameter `name` for a list of words."""
    return sa.bindparam(name, type_=Words())


@compiles(is_among, "postgresql")
def _postgresql_is_among(element: Any, compiler: Any, **kw: Any) -> str:
    column, among = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({among})"


@compiles(is_among, "sqlite")
def _sqlite_is_among(element: Any, compiler: Any, **kw: Any) -> str:
    column, among = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({among}))"  # noqa: S608 - compiled already


class JsonText(sa.TypeDecorator[orjson.Fragment]):
    """A column of an SQL function that makes JSON; answers carry it as it is, unread."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Any) -> orjson.Fragment | None:
        """Return the JSON as the database wrote it."""
        return None if value is None else orjson.Fragment(value)


class Rfc3339(sa.TypeDecorator[str]):
    """A stored moment as answers show it. On SQLite its text needs no reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Take the text that SQLite keeps for a moment."""
        is_text = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.String() if is_text else self.impl)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Return RFC 3339 text."""
        if value is None:
            return None
        return f"{value.replace(' ', 'T')}Z" if isinstance(value, str) else rfc3339(value)


def shown(column: Any) -> sa.ColumnElement[str]:
    """Return the `column` of a moment, to be selected as answers show it."""
    return sa.type_coerce(column, Rfc3339).label(column.key)


class json_map(sa.sql.functions.FunctionElement[orjson.Fragment]):  # noqa: N801 - reads as SQL
    """Aggregate rows: `json_map(key, truth)` is a JSON object of booleans, `{}` for no rows."""

    name = "json_map"
    type = JsonText()
    inherit_cache = True


@compiles(json_map, "postgresql")
def _postgresql_json_map(element: Any, compiler: Any, **kw: Any) -> str:
    return f"coalesce(json_object_agg({compiler.process(element.clauses, **kw)})::text, '{{}}')"


@compiles(json_map, "sqlite")
def _sqlite_json_map(element: Any, compiler: Any, **kw: Any) -> str:
    key, truth = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_group_object({key}, json(CASE WHEN {truth} THEN 'true' ELSE 'false' END))"

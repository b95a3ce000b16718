"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles

from .fields import MODULE_ID_MAX, PATH_SLUG_MAX

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


@dataclass(frozen=True, slots=True)
class Json:
    """JSON that the database made; answers carry it as it is, unread."""

    text: str


class JsonText(sa.TypeDecorator[Json]):
    """A column of an SQL function that makes JSON."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Any) -> Json | None:
        """Return the JSON as the database wrote it."""
        return None if value is None else Json(value)


class json_map(sa.sql.functions.GenericFunction[Json]):  # noqa: N801 - reads as SQL
    """Aggregate rows: `json_map(key, truth)` is a JSON object of booleans, `{}` for no rows."""

    type = JsonText()
    inherit_cache = True


@compiles(json_map, "postgresql")
def _postgresql_json_map(element: Any, compiler: Any, **kw: Any) -> str:
    return f"coalesce(json_object_agg({compiler.process(element.clauses, **kw)})::text, '{{}}')"


@compiles(json_map, "sqlite")
def _sqlite_json_map(element: Any, compiler: Any, **kw: Any) -> str:
    key, truth = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_group_object({key}, json(CASE WHEN {truth} THEN 'true' ELSE 'false' END))"

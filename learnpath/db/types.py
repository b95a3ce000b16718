"""Column types that mean the same on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ..clock import rfc3339
from ..slugs import MODULE_ID_MAX, PATH_SLUG_MAX

# SQLite generates ids only for a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Slugs sort by their bytes, whatever the locale of the server.
PathSlug = sa.String(PATH_SLUG_MAX).with_variant(
    postgresql.VARCHAR(PATH_SLUG_MAX, collation="C"), "postgresql"
)
ModuleSlug = sa.String(MODULE_ID_MAX).with_variant(
    postgresql.VARCHAR(MODULE_ID_MAX, collation="C"), "postgresql"
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime: timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Convert to UTC. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StringArray(sa.TypeDecorator[list[str]]):
    """A list of strings as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return TEXT[] or TEXT."""
        is_array = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text()) if is_array else sa.Text())

    def process_bind_param(self, value: list[str] | None, dialect: Any) -> Any:
        """Write JSON for SQLite."""
        return json.dumps(value) if dialect.name == "sqlite" else value


class JsonText(sa.TypeDecorator[orjson.Fragment]):
    """The result of an SQL function that makes JSON; a response contains it unparsed."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Any) -> orjson.Fragment | None:
        """Return the JSON as the database wrote it."""
        return None if value is None else orjson.Fragment(value)


class Rfc3339(sa.TypeDecorator[str]):
    """A stored datetime as RFC 3339 text. SQLite's own text needs no parsing for that."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Read a datetime as text on SQLite."""
        is_text = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.String() if is_text else self.impl)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Return RFC 3339 text."""
        if value is None:
            return None
        return f"{value.replace(' ', 'T')}Z" if isinstance(value, str) else rfc3339(value)

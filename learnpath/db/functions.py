"""SQL expressions that mean the same on SQLite and on PostgreSQL."""

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from .types import JsonText, Rfc3339, StringArray


def in_literals(column: Any, constants: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return `column IN ('a', 'b')` for constants of the code.

    `in_` with plain strings makes bind parameters, whose list is rendered at each execution.
    """
    return column.in_([sa.literal_column(f"'{value}'") for value in constants])  # type: ignore[no-any-return]


def array_param(name: str) -> sa.BindParameter[list[str]]:
    """Return the bind parameter `name` for a list of strings."""
    return sa.bindparam(name, type_=StringArray())


class any_of(sa.sql.functions.FunctionElement[bool]):  # noqa: N801 - reads as SQL
    """`any_of(column, array_param("name"))`: the column equals one of the strings in the list.

    Unlike with `in_`, the text of the statement does not depend on the length of the list.
    """

    name = "any_of"
    type = sa.Boolean()
    inherit_cache = True


@compiles(any_of, "postgresql")
def _postgresql_any_of(element: Any, compiler: Any, **kw: Any) -> str:
    column, array = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({array})"


@compiles(any_of, "sqlite")
def _sqlite_any_of(element: Any, compiler: Any, **kw: Any) -> str:
    column, array = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({array}))"  # noqa: S608 - compiled already


def as_rfc3339(column: Any) -> sa.ColumnElement[str]:
    """Return a datetime `column`, to be selected as RFC 3339 text."""
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

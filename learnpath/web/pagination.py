"""Keyset pagination: cursor and page size in; items, X-Pagination and Link out.

A page starts after the last key of the previous page, so the last page of a million rows
costs as much as the first one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import validate
from sqlalchemy.orm import Session

from ..db import reads
from ..db.query import Query
from ..db.types import UtcDateTime
from ..errors import InvalidInput
from .fields import QueryBoolean, QueryInteger

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 100


class PageQuerySchema(ma.Schema):
    """The query parameters of every list; a list with filters adds its own."""

    class Meta:
        unknown = ma.EXCLUDE

    cursor = ma.fields.String(
        load_default=None,
        validate=validate.Length(max=1000),
        metadata={"description": "`next_cursor` of the previous page; omit it for the first"},
    )
    page_size = QueryInteger(
        load_default=PAGE_SIZE_DEFAULT, validate=validate.Range(min=1, max=PAGE_SIZE_MAX)
    )
    count = QueryBoolean(
        load_default=False, metadata={"description": "also count all items (slow on long lists)"}
    )

    @ma.post_load
    def make_page_params(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Move the pagination parameters into one `paging`, beside the filters."""
        paging = {name: data.pop(name) for name in ("cursor", "page_size", "count")}
        return {**data, "paging": PageParams(**paging)}


@dataclass(frozen=True)
class PageParams:
    """The requested page."""

    cursor: str | None = None
    page_size: int = PAGE_SIZE_DEFAULT
    count: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list; `next_cursor` is None on the last one."""

    items: Sequence[Any]
    page_size: int
    next_cursor: str | None
    total: int | None

    def map(self, function: Callable[[Any], Any]) -> Page:
        """Return the same page with `function` applied to each item."""
        return replace(self, items=[function(item) for item in self.items])

    def headers(self, path: str, query: Mapping[str, str]) -> dict[str, str]:
        """Return X-Pagination and Link (RFC 8288) for a request of `path` with `query`."""
        summary: dict[str, Any] = {"page_size": self.page_size, "next_cursor": self.next_cursor}
        if self.total is not None:
            summary["total"] = self.total
        filters = {key: value for key, value in query.items() if key != "cursor"}
        links = [_link("first", path, filters)]
        if self.next_cursor:
            links.insert(0, _link("next", path, {**filters, "cursor": self.next_cursor}))
        return {"X-Pagination": json.dumps(summary), "Link": ", ".join(links)}


DOCUMENTED_HEADERS = {
    "X-Pagination": {
        "description": "`page_size`, `next_cursor` and, with `count=true`, `total`, as JSON",
        "schema": {"type": "string", "contentMediaType": "application/json"},
    },
    "Link": {
        "description": "RFC 8288 links with rel `next` and `first`",
        "schema": {"type": "string"},
    },
}


def paginate(
    select: sa.Select[*tuple[Any, ...]],
    keys: Sequence[Any],
    paging: PageParams,
    *,
    cursor_scope: str,
    descending: bool = False,
    cacheable: bool = False,
) -> Page:
    """Return the page of `select` that `paging` asks for, ordered by the columns `keys`.

    `keys` must be unique together and among the selected columns. A cursor is only valid for
    the list with its `cursor_scope`: raises InvalidInput for any other. `cacheable` is for a
    `select` of columns that is a constant: its pages are compiled once.
    """
    values = _read_cursor(paging.cursor, cursor_scope, keys) if paging.cursor else {}
    page_query: Callable[..., Any] = _cached_page_query if cacheable else _page_query
    statement = page_query(select, tuple(keys), descending, has_cursor=bool(values))
    values["size"] = paging.page_size + 1
    if _selects_entities(select):
        with reads.connect() as connection, Session(connection) as session:
            rows = session.scalars(statement, values).all()  # detached afterwards
    else:
        rows = reads.all(statement, **values)
    items = rows[: paging.page_size]
    has_more = len(rows) > len(items)
    next_cursor = _write_cursor(items[-1], cursor_scope, keys) if has_more else None
    total = None
    if paging.count:
        total = reads.scalar(sa.select(sa.func.count()).select_from(select.subquery()))
    return Page(items, paging.page_size, next_cursor, total)


def _page_query(
    select: sa.Select[*tuple[Any, ...]],
    keys: tuple[Any, ...],
    descending: bool,
    *,
    has_cursor: bool,
) -> sa.Select[*tuple[Any, ...]]:
    if has_cursor:
        key, last = sa.tuple_(*keys), sa.tuple_(*map(_after, keys))
        select = select.where(key < last if descending else key > last)
    order = [key.desc() for key in keys] if descending else keys
    return select.order_by(*order).limit(sa.bindparam("size", type_=sa.Integer()))


@lru_cache(maxsize=100)
def _cached_page_query(*page: Any, has_cursor: bool) -> Query:
    return Query(_page_query(*page, has_cursor=has_cursor))


def _after(key: Any) -> Any:
    return sa.bindparam(f"after_{key.key}", type_=key.type)


def _write_cursor(item: Any, scope: str, keys: Sequence[Any]) -> str:
    values = [getattr(item, key.key) for key in keys]
    values = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return str(_signer(scope).dumps(values))


def _selects_entities(select: sa.Select[*tuple[Any, ...]]) -> bool:
    first, *others = select.column_descriptions
    return not others and first["expr"] is first["entity"]


def _read_cursor(cursor: str, scope: str, keys: Sequence[Any]) -> dict[str, Any]:
    """Return the values of a cursor by the names of their bind parameters."""
    try:
        values = _signer(scope).loads(cursor)
    except BadSignature:
        raise InvalidInput(errors={"cursor": ["Not a cursor of this list."]}) from None
    return {
        _after(key).key: datetime.fromisoformat(last) if isinstance(key.type, UtcDateTime) else last
        for last, key in zip(values, keys, strict=True)
    }


def _signer(scope: str) -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_PREVIOUS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=f"cursor:{scope}")


def _link(relation: str, path: str, query: Mapping[str, str]) -> str:
    target = f"{path}?{urlencode(query)}" if query else path
    return f'<{target}>; rel="{relation}"'

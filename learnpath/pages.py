"""Keyset paging: cursor and size in; items, X-Pagination and Link out.

A page starts after the last key of the page before it, so the last page of a million
rows costs what the first one does.
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

from .columns import UtcDateTime
from .errors import InvalidInput
from .extensions import reads
from .fields import QueryBoolean, QueryInteger
from .prepared import Prepared

SIZE_DEFAULT = 50
SIZE_MAX = 100


class PageQuerySchema(ma.Schema):
    """What every list takes; a list with filters inherits this and adds its own."""

    class Meta:
        """Unknown query parameters are ignored."""

        unknown = ma.EXCLUDE

    cursor = ma.fields.String(
        load_default=None,
        validate=validate.Length(max=1000),
        metadata={"description": "`next_cursor` of the page before; leave out for the first"},
    )
    page_size = QueryInteger(
        load_default=SIZE_DEFAULT, validate=validate.Range(min=1, max=SIZE_MAX)
    )
    count = QueryBoolean(
        load_default=False, metadata={"description": "also count all items (slow on long lists)"}
    )

    @ma.post_load
    def gather_paging(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put the three paging values into one `paging`, beside the filters."""
        names = ("cursor", "page_size", "count")
        paging = Paging(**{name: data.pop(name) for name in names})
        return {**data, "paging": paging}


@dataclass(frozen=True)
class Paging:
    """Which page is asked for."""

    cursor: str | None = None
    page_size: int = SIZE_DEFAULT
    count: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a list; `next_cursor` is None on the last one."""

    items: Sequence[Any]
    page_size: int
    next_cursor: str | None
    total: int | None

    def map(self, show: Callable[[Any], Any]) -> Page:
        """Return the same page with each item as `show` makes it."""
        return replace(self, items=[show(item) for item in self.items])

    def headers(self, path: str, query: Mapping[str, str]) -> dict[str, str]:
        """Return X-Pagination and Link (RFC 8288) for a request of `path` with `query`."""
        about: dict[str, Any] = {"page_size": self.page_size, "next_cursor": self.next_cursor}
        if self.total is not None:
            about["total"] = self.total
        kept = {key: value for key, value in query.items() if key != "cursor"}
        links = [_link("first", path, kept)]
        if self.next_cursor:
            links.insert(0, _link("next", path, {**kept, "cursor": self.next_cursor}))
        return {"X-Pagination": json.dumps(about), "Link": ", ".join(links)}


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


def take(
    select: sa.Select[*tuple[Any, ...]],
    keys: Sequence[Any],
    paging: Paging,
    *,
    of: str,
    descending: bool = False,
    is_fixed: bool = False,
) -> Page:
    """Return the page of `select` that `paging` asks for, ordered by the columns `keys`.

    `keys` must be unique together and among the selected columns; `of` names the list, so that
    a cursor of one list is refused by another. A `select` of columns that is one object, made
    once, is fixed: its pages are prepared. Raises InvalidInput for a cursor that this service
    did not make.
    """
    values = _read_cursor(paging.cursor, of, keys) if paging.cursor else {}
    statement_for: Callable[..., Any] = _prepared_page_of if is_fixed else _page_of
    statement = statement_for(select, tuple(keys), descending, goes_on=bool(values))
    read = reads.entities if _selects_entities(select) else reads.all
    rows = read(statement, **values, size=paging.page_size + 1)
    items = rows[: paging.page_size]
    next_cursor = _write_cursor(items[-1], of, keys) if len(rows) > len(items) else None
    total = None
    if paging.count:
        total = reads.scalar(sa.select(sa.func.count()).select_from(select.subquery()))
    return Page(items, paging.page_size, next_cursor, total)


def _page_of(
    select: sa.Select[*tuple[Any, ...]], keys: tuple[Any, ...], descending: bool, *, goes_on: bool
) -> sa.Select[*tuple[Any, ...]]:
    if goes_on:
        here, there = sa.tuple_(*keys), sa.tuple_(*map(_after, keys))
        select = select.where(here < there if descending else here > there)
    order = [key.desc() for key in keys] if descending else keys
    return select.order_by(*order).limit(sa.bindparam("size", type_=sa.Integer()))


@lru_cache(maxsize=100)
def _prepared_page_of(*page: Any, goes_on: bool) -> Prepared:
    return Prepared(_page_of(*page, goes_on=goes_on))


def _after(key: Any) -> Any:
    return sa.bindparam(f"after_{key.key}", type_=key.type)


def _write_cursor(item: Any, of: str, keys: Sequence[Any]) -> str:
    values = [getattr(item, key.key) for key in keys]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return str(_signer(of).dumps(plain))


def _selects_entities(select: sa.Select[*tuple[Any, ...]]) -> bool:
    first, *others = select.column_descriptions
    return not others and first["expr"] is first["entity"]


def _read_cursor(cursor: str, of: str, keys: Sequence[Any]) -> dict[str, Any]:
    """Return the values of a cursor, by the names that they have in the statement."""
    try:
        values = _signer(of).loads(cursor)
    except BadSignature:
        raise InvalidInput(errors={"cursor": ["Not a cursor of this list."]}) from None
    return {
        _after(key).key: datetime.fromisoformat(value) if _is_moment(key) else value
        for value, key in zip(values, keys, strict=True)
    }


def _is_moment(key: Any) -> bool:
    return isinstance(key.type, UtcDateTime)


def _signer(of: str) -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_PREVIOUS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=f"cursor:{of}")


def _link(relation: str, path: str, query: Mapping[str, str]) -> str:
    target = f"{path}?{urlencode(query)}" if query else path
    return f'<{target}>; rel="{relation}"'

"""A storage for the library `limits` in the service's own database."""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from limits.storage import Storage

from ..db import reads, separate_transaction, upsert
from ..db.query import Query
from .models import RateLimitCounter as Counter


class DatabaseStorage(Storage):
    """One upsert per hit, committed at once: a hit outlives the request that it refuses."""

    @property
    def base_exceptions(self) -> type[Exception]:
        """The exceptions of a storage that fails."""
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` hits in a window of `expiry` seconds; return the hits so far."""
        now = time.time()
        is_open = Counter.expires_at > now
        row = {"key": key, "hits": amount, "expires_at": now + expiry}
        statement = upsert.insert(Counter).values(row)
        statement = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "hits": sa.case((is_open, Counter.hits + amount), else_=amount),
                "expires_at": sa.case((is_open, Counter.expires_at), else_=now + expiry),
            },
        ).returning(Counter.hits)
        with separate_transaction() as connection:
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """Return the hits in the current window."""
        return self.get_all([key])[0]

    def get_all(self, keys: Sequence[str]) -> list[int]:
        """Return the hits of several counters, with one statement."""
        values = {f"key_{index}": key for index, key in enumerate(keys)}
        hits = dict(reads.all(_hits_query(len(keys)), now=time.time(), **values))
        return [hits.get(key, 0) for key in keys]

    def get_expiry(self, key: str) -> float:
        """Return the end of the current window, in seconds since the epoch."""
        expires_at = reads.scalar(sa.select(Counter.expires_at).where(Counter.key == key))
        return expires_at or time.time()

    def check(self) -> bool:
        """Return True; `/health/ready` checks the database."""
        return True

    def reset(self) -> int | None:
        """Delete every counter."""
        with separate_transaction() as connection:
            return int(connection.execute(sa.delete(Counter)).rowcount)

    def clear(self, key: str) -> None:
        """Delete one counter."""
        with separate_transaction() as connection:
            connection.execute(sa.delete(Counter).where(Counter.key == key))


@cache
def _hits_query(count: int) -> Query:
    keys: list[Any] = [sa.bindparam(f"key_{index}") for index in range(count)]
    is_open = Counter.expires_at > sa.bindparam("now")
    return Query(sa.select(Counter.key, Counter.hits).where(Counter.key.in_(keys), is_open))

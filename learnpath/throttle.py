"""Counting what could be abuse, over all workers and nodes, and refusing what is too much."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import ip_address, ip_network
from operator import methodcaller
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from sqlalchemy.orm import Mapped, mapped_column

from . import audit, database, metrics
from .errors import Refusal
from .extensions import Model, db
from .prepared import Prepared

logger = logging.getLogger(__name__)


class TooManyRequests(Refusal):
    """You have tried this too often. Wait a while; `Retry-After` says how long."""

    status = 429
    described_headers = {
        "Retry-After": "seconds to wait",
        "RateLimit-Limit": "how often this may be tried in one window of time",
        "RateLimit-Remaining": "how often it may still be tried in this one",
        "RateLimit-Reset": "seconds until the next window",
    }


class Counter(Model):
    """How often something happened in the present window of time."""

    __tablename__ = "throttle_counters"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)  # seconds since the epoch


Bound = tuple[str, ...]  # the setting that holds a rate, and the keys that are counted by it


class DatabaseStorage(Storage):
    """A storage for `limits` in the service's own database: one upsert per hit."""

    def __init__(self, app: Flask) -> None:
        """Keep the counters in the database of `app`."""
        super().__init__()
        with app.app_context():
            self.engine = database.autocommitting(db.engine)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a broken storage raises."""
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in a window of `expiry` seconds; return the hits so far."""
        now = time.time()
        is_open = Counter.expires_at > now
        hit = database.insert_into(self.engine, Counter).values(
            key=key, hits=amount, expires_at=now + expiry
        )
        hit = hit.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "hits": sa.case((is_open, Counter.hits + amount), else_=amount),
                "expires_at": sa.case((is_open, Counter.expires_at), else_=now + expiry),
            },
        ).returning(Counter.hits)
        with self.engine.begin() as connection:
            return int(connection.execute(hit).scalar_one())

    def get(self, key: str) -> int:
        """Return the hits in the present window."""
        return self.get_all([key])[0]

    def get_all(self, keys: Sequence[str]) -> list[int]:
        """Return the same for several counters, in one statement."""
        values = {f"key_{place}": key for place, key in enumerate(keys)}
        with self.engine.connect() as connection:
            found = dict(_hits_of(len(keys)).rows(connection, {"now": time.time(), **values}))
        return [found.get(key, 0) for key in keys]

    def get_expiry(self, key: str) -> float:
        """Return when the present window ends, in seconds since the epoch."""
        with self.engine.connect() as connection:
            found = connection.scalar(sa.select(Counter.expires_at).where(Counter.key == key))
        return found or time.time()

    def check(self) -> bool:
        """Tell whether the storage works; the database is checked elsewhere."""
        return True

    def reset(self) -> int | None:
        """Forget every counter."""
        with self.engine.begin() as connection:
            return int(connection.execute(sa.delete(Counter)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self.engine.begin() as connection:
            connection.execute(sa.delete(Counter).where(Counter.key == key))


def init_app(app: Flask) -> None:
    """Attach the counters: the database, and Redis before it where one is configured."""
    storages: list[Any] = [DatabaseStorage(app)]
    if url := app.config["RATELIMIT_STORAGE_URL"]:
        storages.insert(0, storage_from_string(url, socket_connect_timeout=1, socket_timeout=1))
    app.extensions["throttle"] = storages


def refuse_if_exhausted(*bounds: Bound) -> None:
    """Raise TooManyRequests where the rate of one of `bounds` is used up; count nothing."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    keys = [_key(bound) for bound in bounds]
    for bound, hits in zip(bounds, _ask(lambda storage: _hits(storage, keys)), strict=True):
        if hits >= _rate(bound).amount:
            raise _refusal(bound)


def count(*bounds: Bound) -> None:
    """Count one more for each of `bounds`; raise TooManyRequests where that exceeds its rate."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    for bound in bounds:
        rate = _rate(bound)
        if _ask(methodcaller("incr", _key(bound), rate.get_expiry())) > rate.amount:
            raise _refusal(bound)


def address() -> str:
    """Return where the request comes from; an IPv6 client counts by its /64 network."""
    given = request.remote_addr or ""
    try:
        parsed = ip_address(given)
    except ValueError:  # a unix socket
        return given
    if parsed.version == 6 and parsed.ipv4_mapped:  # a socket for both shows IPv4 so
        return str(parsed.ipv4_mapped)
    if parsed.version == 4:
        return given
    return str(ip_network((parsed, 64), strict=False))


def purge() -> int:
    """Forget the windows that are over; return how many. Commits as it goes."""
    return database.delete_in_batches(db.session, Counter, Counter.expires_at < time.time())


def _refusal(bound: Bound) -> TooManyRequests:
    window_ends_at = _ask(methodcaller("get_expiry", _key(bound)))
    wait = max(1, round(window_ends_at - time.time()))
    audit.note("throttled", setting=bound[0])
    metrics.count("throttled", bound[0])
    return TooManyRequests(
        headers={
            "Retry-After": str(wait),
            "RateLimit-Limit": str(_rate(bound).amount),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(wait),
        }
    )


def _ask(question: Callable[[Storage], Any]) -> Any:
    """Ask Redis, and the database where Redis does not answer."""
    *faster, in_the_database = current_app.extensions["throttle"]
    for storage in faster:
        try:
            return question(storage)
        except storage.base_exceptions as error:
            reason = type(error).__name__  # no traceback: there may be many of these
            logger.error("the rate limit storage is gone, counting in the database: %s", reason)
    return question(in_the_database)


def _hits(storage: Storage, keys: Sequence[str]) -> list[int]:
    if isinstance(storage, DatabaseStorage):
        return storage.get_all(keys)
    return [storage.get(key) for key in keys]


@cache
def _hits_of(count: int) -> Prepared:
    keys: list[Any] = [sa.bindparam(f"key_{place}") for place in range(count)]
    is_open = Counter.expires_at > sa.bindparam("now")
    return Prepared(sa.select(Counter.key, Counter.hits).where(Counter.key.in_(keys), is_open))


def _key(bound: Bound) -> str:
    """Return where a bound is counted; what it is counted by is kept as a digest."""
    setting, *counted_by = bound
    return _rate(bound).key_for(setting, *map(audit.digest, counted_by))


def _rate(bound: Bound) -> RateLimitItem:
    return _parsed(current_app.config[bound[0]])


@cache
def _parsed(rate: str) -> RateLimitItem:
    return parse(rate)

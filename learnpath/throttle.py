"""Counting what could be abuse, over all workers and nodes, and refusing what is too much."""

from __future__ import annotations

import logging
import time
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
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


HITS = Prepared(
    sa.select(Counter.hits).where(
        Counter.key == sa.bindparam("key"), Counter.expires_at > sa.bindparam("now")
    )
)


class DatabaseStorage(Storage):
    """A storage for `limits` in the service's own database: one upsert per hit."""

    def __init__(self, app: Flask) -> None:
        """Keep the counters in the database of `app`."""
        super().__init__()
        with app.app_context():
            self.engine = db.engine
            self.reading = database.reading(db.engine)

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
        with self.reading.connect() as connection:
            found = HITS.rows(connection, {"key": key, "now": time.time()})
        return found[0].hits if found else 0

    def get_expiry(self, key: str) -> float:
        """Return when the present window ends, in seconds since the epoch."""
        with self.reading.connect() as connection:
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
    counters = [FixedWindowRateLimiter(DatabaseStorage(app))]
    if url := app.config["RATELIMIT_STORAGE_URL"]:
        redis = storage_from_string(url, socket_connect_timeout=1, socket_timeout=1)
        counters.insert(0, FixedWindowRateLimiter(redis))
    app.extensions["throttle"] = counters


def refuse_if_exhausted(setting: str, *keys: str) -> None:
    """Raise TooManyRequests where the rate in `setting` is used up for `keys`; count nothing."""
    if current_app.config["RATELIMIT_ENABLED"] and not _ask("test", setting, keys):
        raise _refusal(setting, keys)


def count(setting: str, *keys: str) -> None:
    """Count one more for `keys`; raise TooManyRequests where that exceeds the rate in `setting`."""
    if current_app.config["RATELIMIT_ENABLED"] and not _ask("hit", setting, keys):
        raise _refusal(setting, keys)


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


def _refusal(setting: str, keys: tuple[str, ...]) -> TooManyRequests:
    window = _ask("get_window_stats", setting, keys)
    wait = max(1, round(window.reset_time - time.time()))
    audit.note("throttled", setting=setting)
    metrics.count("throttled", setting)
    return TooManyRequests(
        headers={
            "Retry-After": str(wait),
            "RateLimit-Limit": str(_rate(setting).amount),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(wait),
        }
    )


def _ask(question: str, setting: str, keys: tuple[str, ...]) -> Any:
    """Ask Redis, and the database where Redis does not answer. Keys are kept as digests."""
    digests = [audit.digest(key) for key in keys]
    *faster, database_counters = current_app.extensions["throttle"]
    for counters in faster:
        try:
            return getattr(counters, question)(_rate(setting), setting, *digests)
        except counters.storage.base_exceptions as error:
            reason = type(error).__name__  # no traceback: there may be many of these
            logger.error("the rate limit storage is gone, counting in the database: %s", reason)
    return getattr(database_counters, question)(_rate(setting), setting, *digests)


def _rate(setting: str) -> RateLimitItem:
    return _parsed(current_app.config[setting])


@cache
def _parsed(rate: str) -> RateLimitItem:
    return parse(rate)

"""Check and count what could be abuse; refuse it above a rate."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import ip_address, ip_network
from operator import methodcaller
from typing import Any

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string

from ..db.purge import delete_in_batches
from ..errors import Problem
from ..observability import audit, metrics
from .limits import RATES
from .models import RateLimitCounter
from .storage import DatabaseStorage

logger = logging.getLogger(__name__)

Limit = tuple[str, ...]  # the name of a rate, and the values by which it is counted


class TooManyRequests(Problem):
    """You have tried this too often. Wait a while; `Retry-After` says how long."""

    status = 429
    documented_headers = {
        "Retry-After": "seconds to wait",
        "RateLimit-Limit": "how often this may be tried in one window of time",
        "RateLimit-Remaining": "how often it may still be tried in this one",
        "RateLimit-Reset": "seconds until the next window",
    }


def init_app(app: Flask) -> None:
    """Attach the storages: Redis if REDIS_URL is set, and the database as its fallback."""
    for name, rate, _ in RATES:
        app.config.setdefault(name, rate)
    storages: list[Any] = [DatabaseStorage()]
    if url := app.config["REDIS_URL"]:
        storages.insert(0, storage_from_string(url, socket_connect_timeout=1, socket_timeout=1))
    app.extensions["rate_limits"] = storages


def check(*limits: Limit) -> None:
    """Raise TooManyRequests if one of `limits` is used up; count nothing."""
    if not current_app.config["RATE_LIMIT_FACTOR"]:
        return
    keys = [_key(limit) for limit in limits]
    hits = _with_fallback(lambda storage: _hits(storage, keys))
    for limit, count in zip(limits, hits, strict=True):
        if count >= _rate(limit).amount:
            raise _too_many_requests(limit)


def hit(*limits: Limit) -> None:
    """Count one more for each of `limits`; raise TooManyRequests if that exceeds its rate."""
    if not current_app.config["RATE_LIMIT_FACTOR"]:
        return
    for limit in limits:
        rate = _rate(limit)
        if _with_fallback(methodcaller("incr", _key(limit), rate.get_expiry())) > rate.amount:
            raise _too_many_requests(limit)


def client_ip() -> str:
    """Return the client's IP address, or for IPv6 its /64 network."""
    remote_addr = request.remote_addr or ""
    try:
        ip = ip_address(remote_addr)
    except ValueError:  # a unix socket
        return remote_addr
    if ip.version == 6 and ip.ipv4_mapped:  # a dual-stack socket shows IPv4 like this
        return str(ip.ipv4_mapped)
    if ip.version == 4:
        return remote_addr
    return str(ip_network((ip, 64), strict=False))


def purge() -> int:
    """Delete the counters of past windows; return how many. Commits after each batch."""
    return delete_in_batches(RateLimitCounter, RateLimitCounter.expires_at < time.time())


def _too_many_requests(limit: Limit) -> TooManyRequests:
    window_ends_at = _with_fallback(methodcaller("get_expiry", _key(limit)))
    wait = max(1, round(window_ends_at - time.time()))
    audit.log("throttled", setting=limit[0])
    metrics.count("throttled", limit[0])
    return TooManyRequests(
        headers={
            "Retry-After": str(wait),
            "RateLimit-Limit": str(_rate(limit).amount),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(wait),
        }
    )


def _with_fallback(ask: Callable[[Storage], Any]) -> Any:
    """Call `ask` with Redis, and with the database if Redis fails."""
    *redis, database = current_app.extensions["rate_limits"]
    for storage in redis:
        try:
            return ask(storage)
        except storage.base_exceptions as error:
            reason = type(error).__name__  # no traceback: there may be many of these
            logger.error("the rate limit storage is gone, counting in the database: %s", reason)
    return ask(database)


def _hits(storage: Storage, keys: Sequence[str]) -> list[int]:
    if isinstance(storage, DatabaseStorage):
        return storage.get_all(keys)
    return [storage.get(key) for key in keys]


def _key(limit: Limit) -> str:
    """Return the key of a counter, with digests of the values by which it is counted."""
    name, *values = limit
    return _rate(limit).key_for(name, *map(audit.digest, values))


def _rate(limit: Limit) -> RateLimitItem:
    return _parse(current_app.config[limit[0]], current_app.config["RATE_LIMIT_FACTOR"])


@cache
def _parse(rate: str, factor: float) -> RateLimitItem:
    item = parse(rate)
    return type(item)(max(1, round(item.amount * factor)), item.multiples)

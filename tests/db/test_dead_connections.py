"""A connection that the server has ended is replaced before a request gets 503."""

import pytest
import sqlalchemy as sa

from learnpath.db import db, reads, transaction
from learnpath.db.upsert import upsert
from learnpath.rate_limits.models import RateLimitCounter


@pytest.fixture
def end_all_sessions(app, postgresql):
    """What a restart of the server does to the connections in the pool."""
    if app.config["DATABASE_URL"].get_backend_name() == "sqlite":
        pytest.skip("SQLite has no server")

    def end():
        others = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
        )
        elsewhere = sa.create_engine(postgresql.admin_url)
        with elsewhere.connect() as connection:
            ended = connection.scalars(
                sa.text(others), {"name": app.config["DATABASE_URL"].database}
            ).all()
        elsewhere.dispose()
        assert ended

    return end


def test_reads_and_writes_go_on_after_the_server_ended_every_session(api, alice, end_all_sessions):
    mine = api.as_(alice)
    mine.get("/users/me", expect=200)
    end_all_sessions()
    mine.get("/users/me", expect=200)
    end_all_sessions()
    mine.post("/users/me/progress", {"module_id": "loops", "completed": True}, expect=200)


def test_a_read_opens_no_transaction(app, end_all_sessions):
    with app.app_context():
        times = [reads.scalar(sa.select(sa.func.now())) for _ in range(2)]
        assert times[0] < times[1]
        assert reads.scalar(sa.text("SELECT txid_current_if_assigned() IS NULL"))


def test_the_session_has_one(app, end_all_sessions):
    with app.app_context():
        times = [db.session.scalar(sa.select(sa.func.now())) for _ in range(2)]
    assert times[0] == times[1]


def test_a_transaction_that_cannot_begin_has_lost_its_connection(app, end_all_sessions):
    with app.app_context(), db.engine.connect() as held:
        end_all_sessions()
        with pytest.raises(sa.exc.OperationalError) as refused:
            held.execute(sa.text("CREATE TABLE unfinished (id INTEGER)"))
        assert refused.value.connection_invalidated
        assert "server closed the connection" in str(refused.value)


def test_what_was_left_unfinished_is_undone_when_the_connection_comes_back(app):
    """The table does not exist on either database, so the transaction was rolled back."""
    with app.app_context():
        left = db.engine.raw_connection()
        left.cursor().execute("BEGIN")
        left.cursor().execute("CREATE TABLE unfinished (id INTEGER)")
        left.close()
        with db.engine.connect() as connection:
            assert "unfinished" not in sa.inspect(connection).get_table_names()


def test_a_savepoint_takes_back_what_was_done_since(app):
    row = {"hits": 1, "expires_at": 0.0}
    with app.app_context():
        upsert(RateLimitCounter, row | {"key": "before"})
        savepoint = db.session.begin_nested()
        upsert(RateLimitCounter, row | {"key": "since"})
        savepoint.rollback()
        db.session.commit()
        assert reads.all(sa.select(RateLimitCounter.key)) == [("before",)]


def test_after_a_commit_and_after_a_rollback_the_next_transaction_begins(app):
    with app.app_context():
        for end in (db.session.commit, db.session.rollback, db.session.remove):
            assert transaction.first(sa.select(sa.literal(1).label("one"))).one == 1
            end()
            assert not db.session().in_transaction()

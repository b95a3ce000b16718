"""A connection that the server has ended is replaced before anybody is asked to wait."""

import pytest
import sqlalchemy as sa

from learnpath.extensions import db, reads


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

"""Throwing away what has expired, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from learnpath.auth.models import Session
from learnpath.clock import now
from learnpath.db import db

from ..apps import run_command


@pytest.fixture
def purge(cli):
    """Run `flask purge`; return the lines that it prints."""

    def purge():
        return cli("purge").output.splitlines()

    return purge


@pytest.fixture
def old_sessions(app, alice):
    """Copy the session of Alice `count` times, with copies that expired `age` ago."""

    def old_sessions(count, age):
        with app.app_context():
            live = db.session.execute(sa.select(Session.__table__)).first()._asdict()
            old = {**live, "expires_at": now() - age}
            del old["id"]
            db.session.execute(sa.insert(Session), [old] * count)
            db.session.commit()

    return old_sessions


def count_sessions(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Session))


def test_an_operator_throws_away_expired_sessions_only(app, api, alice, old_sessions, purge):
    old_sessions(3, age=timedelta(seconds=1))
    assert count_sessions(app) == 4
    assert "3 expired sessions" in purge()
    assert count_sessions(app) == 1
    api.as_(alice).get("/users/me")
    assert "0 expired sessions" in purge()


def test_nothing_is_thrown_away_during_maintenance(app, make_app, old_sessions):
    old_sessions(3, age=timedelta(seconds=1))
    result = run_command(make_app(READ_ONLY=True), "purge", "--json")
    assert result.stdout == "{}\n"
    assert result.stderr == "Nothing is thrown away while READ_ONLY is set.\n"
    assert count_sessions(app) == 4


def test_people_and_their_progress_stay(api, alice, ada, old_sessions, purge):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    before = api.as_(ada).get("/users"), api.as_(ada).get("/modules")
    old_sessions(1, age=timedelta(days=365))
    purge()
    assert (api.as_(ada).get("/users"), api.as_(ada).get("/modules")) == before


def test_many_go_in_batches_so_that_nobody_waits(app, old_sessions, purge, queries):
    old_sessions(2500, age=timedelta(days=1))
    queries.clear()
    assert "2500 expired sessions" in purge()
    assert len([query for query in queries if query.startswith("DELETE FROM sessions")]) == 3
    assert count_sessions(app) == 1

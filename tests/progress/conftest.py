"""Fixtures that several tests of progress use."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from learnpath.db import db

from ..apps import SETTINGS
from .concurrent_clients import Processes, Threads


@pytest.fixture(scope="session")
def concurrent_clients(session_app, backend):
    """Clients that send requests at the same instant: threads, or processes on SQLite."""
    with session_app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    clients = (
        Threads(session_app)
        if backend == "postgresql"
        else Processes({**SETTINGS, "DATABASE_URL": url, "RATE_LIMIT_FACTOR": 0})
    )
    yield clients
    clients.close()


@pytest.fixture
def count_rows(app):
    """Return how many rows of a table match."""

    def count_rows(table, *where):
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where))

    return count_rows


@pytest.fixture
def loops(make):
    """A module that is reported."""
    return make.module("loops")


@pytest.fixture
def put(api, alice):
    """Report the module as Alice."""

    def put(expect=200, **body):
        return api.as_(alice).put("/users/me/progress/loops", body, expect=expect)

    return put


@pytest.fixture
def events(api, alice):
    """Return the kinds of what happened to Alice, newest first."""

    def events():
        return [event["kind"] for event in api.as_(alice).get("/users/me/progress/events")]

    return events


@pytest.fixture(params=["admin", "instructor", "machine"])
def staff(request, ada, grace, make):
    """A caller who may report for others, once Grace is an author of a path that they follow."""
    if request.param == "machine":
        return make.key("progress:write")
    return {"admin": ada, "instructor": grace}[request.param]

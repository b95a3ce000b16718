"""What several tests of progress look at, and how they do things at the same instant."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from learnpath.extensions import db

from ..conftest import SETTINGS
from .crowd import Processes, Threads


@pytest.fixture(scope="session")
def everybody(the_app, backend):
    """A crowd that asks at the same instant: threads, or processes on SQLite."""
    with the_app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    crowd = (
        Threads(the_app)
        if backend == "postgresql"
        else Processes({**SETTINGS, "DATABASE_URL": url, "RATELIMIT_ENABLED": False})
    )
    yield crowd
    crowd.close()


@pytest.fixture
def count(app):
    """How many rows of a table match."""

    def look(table, *where):
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where))

    return look


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
    """Somebody who may report for others, once Grace looks after a path that they follow."""
    if request.param == "machine":
        return make.key("progress:write")
    return {"admin": ada, "instructor": grace}[request.param]

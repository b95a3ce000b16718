"""The stage of every test: two databases, the app and the cast. `guards.py` watches each test."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from learnpath import create_app
from learnpath.extensions import db

from .api import Api
from .cast import CAST, SECRET_KEY, Person
from .guards import logged, no_lost_writes, no_undocumented_answers  # noqa: F401 - fixtures
from .letters import Letterbox
from .make import Make
from .postgres import Databases, find_programs

BACKENDS = ("sqlite", "postgresql")
EMPTY_EVERY_TABLE = "; ".join(
    f"DELETE FROM {table.name}" for table in reversed(db.metadata.sorted_tables)
)
MEMORY = Path("/dev/shm")  # where syncing a file costs nothing; elsewhere SQLite waits for the disk

if "PYTEST_XDIST_WORKER" in os.environ:
    # What this process starts is not measured: a start under coverage takes half as long again.
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)

SETTINGS = {
    "ENVIRONMENT": "testing",
    "SECRET_KEY": SECRET_KEY,
    "SECRET_KEY_PREVIOUS": [],
    "LOG_LEVEL": "DEBUG",  # so that the guard against leaks hears everything
    "PASSWORD_HASH_MEMORY_KIB": 8,  # the cheapest that argon2 allows
    "PASSWORD_HASH_PASSES": 1,
    "SLOW_QUERY_MS": 0,  # who times a statement has executed it, and no other listener hears of it
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the fuzzing alone where it would only be deselected: making it takes ten seconds."""
    is_unwanted = "not exhaustive" in config.option.markexpr
    return True if is_unwanted and collection_path.name == "test_fuzzing.py" else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on SQLite and on PostgreSQL."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, scope="session")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """A PostgreSQL server that makes databases."""
    if not os.environ.get("TEST_DATABASE_URL") and find_programs() is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is required here and there is none")
        pytest.skip("no wheel of PostgreSQL for this platform; set TEST_DATABASE_URL")
    databases = Databases()
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def empty_database(
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[str], str]]:
    """Make the URL of a new database without any tables, on the backend asked for."""
    numbers = count()
    folder = Path(tempfile.mkdtemp(prefix="learnpath-", dir=MEMORY if MEMORY.exists() else None))

    def make(backend: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{folder / f'{next(numbers)}.db'}"
        url = request.getfixturevalue("postgresql").make()
        return url.render_as_string(hide_password=False)

    yield make
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def app_on(empty_database: Callable[[str], str]) -> Iterator[Callable[[str], Flask]]:
    """Give the app of a backend: one for the whole run, with the newest schema."""

    @cache
    def app_on(backend: str) -> Flask:
        app = create_app({**SETTINGS, "DATABASE_URL": empty_database(backend)})
        with app.app_context():
            upgrade()
        apps.append(app)
        return app

    apps: list[Flask] = []
    yield app_on
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def the_app(backend: str, app_on: Callable[[str], Flask]) -> Flask:
    """The app of the backend on which a test runs now."""
    return app_on(backend)


@pytest.fixture
def app(the_app: Flask) -> Iterator[Flask]:
    """The app over an empty database. No app context is open between requests."""
    yield the_app
    with the_app.app_context(), db.engine.begin() as connection:
        driver = connection.connection.driver_connection
        # One round trip for all tables: there are thousands of tests.
        getattr(driver, "executescript", driver.execute)(EMPTY_EVERY_TABLE)


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for one test: `settings(REGISTRATION_OPEN=False)`."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    return change


@pytest.fixture
def another(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Make a service of its own on the same database: `another(THREADS=1)`."""
    made: list[Flask] = []

    def another(**settings: Any) -> Flask:
        url = app.config["DATABASE_URL"].render_as_string(hide_password=False)
        handlers = logging.root.handlers[:]
        made.append(create_app({**SETTINGS, "DATABASE_URL": url, **settings}))
        logging.root.handlers[:] = handlers  # each app sets the log up anew
        return made[-1]

    yield another
    for service in made:
        with service.app_context():
            db.engine.dispose()


@pytest.fixture
def api(app: Flask) -> Api:
    """A client that sends no credentials; `api.as_(alice)` speaks as Alice."""
    return Api(app)


@pytest.fixture
def make(app: Flask) -> Make:
    """Makes users, modules and paths."""
    return Make(app)


@pytest.fixture
def alice(make: Make) -> Person:
    """Alice learns."""
    return make.user("alice", CAST["alice"])


@pytest.fixture
def grace(make: Make) -> Person:
    """Grace teaches."""
    return make.user("grace", CAST["grace"])


@pytest.fixture
def ada(make: Make) -> Person:
    """Ada administers."""
    return make.user("ada", CAST["ada"])


@pytest.fixture
def mallory(make: Make) -> Person:
    """Mallory has no rights to anything of the others."""
    return make.user("mallory", CAST["mallory"])


@pytest.fixture
def letterbox(app: Flask, settings: Callable[..., None]) -> Letterbox:
    """A service that sends mail, and what it sent. Letters leave when somebody looks."""
    settings(MAIL_URL="console:", MAIL_SENDER="command")
    return Letterbox(app)


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements that were sent to the database, in order."""
    sent: list[str] = []

    def note(_cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    for name in ("do_execute", "do_executemany"):
        event.listen(engine, name, note)
    yield sent
    for name in ("do_execute", "do_executemany"):
        event.remove(engine, name, note)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Where README.md and setup.cfg stand."""
    return Path(__file__).resolve().parent.parent

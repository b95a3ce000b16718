"""Fixtures of all tests: two databases, the app and the users. `guards.py` checks every test."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event

from learnpath.db import db

from .apps import open_app, open_migrated_app, run_command
from .cast import CAST, Person
from .client import Api
from .factories import Factory
from .guards import logged, no_lost_writes, no_undocumented_answers  # noqa: F401 - fixtures
from .mailbox import Mailbox
from .postgres import Databases, find_programs

BACKENDS = ("sqlite", "postgresql")
EMPTY_EVERY_TABLE = "; ".join(
    f"DELETE FROM {table.name}" for table in reversed(db.metadata.sorted_tables)
)
MEMORY = Path("/dev/shm")  # SQLite syncs files, which is fast here

if "PYTEST_XDIST_WORKER" in os.environ:
    # Subprocesses are not measured: under coverage, they take 50 % longer to start.
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not collect the fuzzing where it would be deselected: that takes ten seconds."""
    is_deselected = "not exhaustive" in config.option.markexpr
    return True if is_deselected and collection_path.name == "test_fuzzing.py" else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that touches the database on SQLite and on PostgreSQL."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, scope="session")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """A PostgreSQL server that creates databases."""
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
    """Return a function that creates an empty database on a backend and returns its URL."""
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
    """Return the app of a backend: one for the whole run, with the newest schema."""

    with ExitStack() as apps:

        @cache
        def app_on(backend: str) -> Flask:
            return apps.enter_context(open_migrated_app(empty_database(backend)))

        yield app_on


@pytest.fixture(scope="session")
def session_app(backend: str, app_on: Callable[[str], Flask]) -> Flask:
    """The app of the backend of this test."""
    return app_on(backend)


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The app, on an empty database. No app context is open between requests."""
    yield session_app
    with session_app.app_context(), db.engine.begin() as connection:
        driver = connection.connection.driver_connection
        # One round trip for all tables, since there are thousands of tests.
        getattr(driver, "executescript", driver.execute)(EMPTY_EVERY_TABLE)


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for one test: `settings(REGISTRATION_OPEN=False)`."""

    def change(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    return change


@pytest.fixture
def make_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Make another app on the same database, or on `DATABASE_URL`: `make_app(THREADS=1)`."""
    with ExitStack() as apps:

        def make_app(**settings: Any) -> Flask:
            url = app.config["DATABASE_URL"].render_as_string(hide_password=False)
            handlers = logging.root.handlers[:]
            made = apps.enter_context(open_app(**{"DATABASE_URL": url, **settings}))
            logging.root.handlers[:] = handlers  # each app configures the log again
            return made

        yield make_app


@pytest.fixture
def api(app: Flask) -> Api:
    """A client without credentials; `api.as_(alice)` sends requests as Alice."""
    return Api(app)


@pytest.fixture
def cli(app: Flask) -> Callable[..., Result]:
    """Run a command: `cli("users", "list", expect=0)` returns its result."""
    return partial(run_command, app)


@pytest.fixture
def make(app: Flask) -> Factory:
    """Creates users, modules and paths."""
    return Factory(app)


@pytest.fixture
def alice(make: Factory) -> Person:
    """Alice learns."""
    return make.user("alice", CAST["alice"])


@pytest.fixture
def grace(make: Factory) -> Person:
    """Grace teaches."""
    return make.user("grace", CAST["grace"])


@pytest.fixture
def ada(make: Factory) -> Person:
    """Ada administers."""
    return make.user("ada", CAST["ada"])


@pytest.fixture
def mallory(make: Factory) -> Person:
    """Mallory has no rights to anything of the others."""
    return make.user("mallory", CAST["mallory"])


@pytest.fixture
def mailbox(app: Flask, settings: Callable[..., None]) -> Mailbox:
    """A service that sends email, and the emails. They are sent when the mailbox is read."""
    settings(MAIL_URL="console:", MAIL_SENDER="command")
    return Mailbox(app)


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent to the database, in order."""
    sent: list[str] = []

    def record(_cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    for name in ("do_execute", "do_executemany"):
        event.listen(engine, name, record)
    yield sent
    for name in ("do_execute", "do_executemany"):
        event.remove(engine, name, record)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of README.md and setup.cfg."""
    return Path(__file__).resolve().parent.parent

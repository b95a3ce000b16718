"""The settings of the tests, and apps for tests that need their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from click.testing import Result
from flask import Flask
from flask_migrate import upgrade

from learnpath import create_app
from learnpath.db import db

from .cast import SECRET_KEY

SETTINGS = {
    "ENVIRONMENT": "testing",
    "SECRET_KEY": SECRET_KEY,
    "SECRET_KEY_PREVIOUS": [],
    "LOG_LEVEL": "DEBUG",  # the guard against leaks reads every line
    "PASSWORD_HASH_MEMORY_KIB": 8,  # the cheapest that argon2 allows
    "PASSWORD_HASH_PASSES": 1,
    "SLOW_QUERY_MS": 0,  # timing executes the statement, so that other listeners do not see it
}


@contextmanager
def open_app(**settings: Any) -> Iterator[Flask]:
    """Make an app with these settings; close its database connections afterwards."""
    app = create_app({**SETTINGS, **settings})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def open_migrated_app(url: object, **settings: Any) -> Iterator[Flask]:
    """Make an app on a database that gets the newest schema first."""
    with open_app(DATABASE_URL=str(url), **settings) as app:
        with app.app_context():
            upgrade()
        yield app


def migrate(url: object) -> None:
    """Give a database the newest schema."""
    with open_migrated_app(url):
        pass


def run_command(app: Flask, *words: object, expect: int | None = 0, **options: Any) -> Result:
    """Run `flask WORDS`; return its result, and check the exit status unless it is None."""
    result = app.test_cli_runner().invoke(args=[str(word) for word in words], **options)
    if expect is not None:
        assert result.exit_code == expect, result.output
        assert "Traceback" not in result.output
    return result

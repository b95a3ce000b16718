"""Services with little patience, on the database of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from learnpath import create_app
from learnpath.extensions import db
from tests.conftest import SETTINGS


@pytest.fixture
def another(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Make a service of its own on the same database: `another(THREADS=1)`."""
    made: list[Flask] = []

    def another(**settings: Any) -> Flask:
        url = app.config["DATABASE_URL"].render_as_string(hide_password=False)
        made.append(create_app({**SETTINGS, "DATABASE_URL": url, **settings}))
        return made[-1]

    yield another
    for service in made:
        with service.app_context():
            db.engine.dispose()


@pytest.fixture
def someone_else(app: Flask, backend: str) -> Iterator[Any]:
    """Another program's connection to the same PostgreSQL database."""
    if backend != "postgresql":
        pytest.skip("only PostgreSQL has this")
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        yield connection

"""Another program on the same database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from learnpath.db import db


@pytest.fixture
def someone_else(app: Flask, backend: str) -> Iterator[Any]:
    """Another program's connection to the same PostgreSQL database."""
    if backend != "postgresql":
        pytest.skip("only PostgreSQL has this")
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        yield connection

"""The contents of a whole database as text, to search it for a secret or to compare it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from learnpath.db import db


def dump_database(app: Flask) -> str:
    """Return the text of every row of every table."""
    with app.app_context(), db.engine.connect() as connection:
        tables = db.metadata.sorted_tables
        return "\n".join(
            str(row) for table in tables for row in connection.execute(sa.select(table))
        )

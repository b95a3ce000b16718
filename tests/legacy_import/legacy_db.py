"""The customer's earlier service: its database, made by its own schema with raw SQL."""

from __future__ import annotations

import json
from typing import Any

import bcrypt
import sqlalchemy as sa

from learnpath import config
from learnpath.db import engine

SCHEMAS = {
    "sqlite": (
        "CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR, email VARCHAR, password VARCHAR,"
        " learning_path VARCHAR, progress TEXT, created_at DATETIME, updated_at DATETIME,"
        " PRIMARY KEY (id))"
    ),
    "postgresql": (
        "CREATE TABLE users (id SERIAL PRIMARY KEY, name VARCHAR, email VARCHAR, password VARCHAR,"
        " learning_path VARCHAR, progress TEXT, created_at TIMESTAMP, updated_at TIMESTAMP)"
    ),
}
COLUMNS = ("id", "name", "email", "password", "learning_path", "progress", "created_at",
           "updated_at")  # fmt: skip
PASSWORD = "securepassword"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


class Earlier:
    """A database of the earlier service; `add` puts a row into it."""

    def __init__(self, url: str, schema: str | None = None) -> None:
        self.url = url
        parsed = config.normalize_database_url(url)
        self.engine = sa.create_engine(
            parsed, poolclass=sa.NullPool, **engine.driver_options(parsed)
        )
        self.run(schema or SCHEMAS[self.engine.dialect.name])

    def run(self, statement: str, rows: Any = None) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), rows)

    def add(self, *rows: dict[str, Any]) -> None:
        """Add rows; what they leave out is as it would be for a usual learner."""
        names = ", ".join(COLUMNS)
        values = ", ".join(f":{name}" for name in COLUMNS)
        self.run(f"INSERT INTO users ({names}) VALUES ({values})", [usual(**row) for row in rows])

    def rows(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text("SELECT * FROM users ORDER BY id")))


def usual(id: Any, progress: Any = None, **row: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": f"Learner {id}",
        "email": f"learner{id}@example.org",
        "password": HASH,
        "learning_path": None,
        "progress": json.dumps(progress) if isinstance(progress, dict) else progress,
        "created_at": "2024-03-01 08:30:00.123456",
        "updated_at": "2024-04-02 09:45:10.654321",
    } | row

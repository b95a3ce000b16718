"""A migration keeps existing rows, and can be reverted."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from . import task

ROWS = [("loops", "Loops"), ("strings", "Strings")]


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(
            sa.text("CREATE TABLE modules (slug VARCHAR PRIMARY KEY, title VARCHAR NOT NULL)")
        )
        for slug, title in ROWS:
            connection.execute(
                sa.text("INSERT INTO modules VALUES (:slug, :title)"),
                {"slug": slug, "title": title},
            )
        yield connection
    engine.dispose()


@pytest.fixture
def op(connection):
    return Operations(MigrationContext.configure(connection))


def rows(connection):
    result = connection.execute(sa.text("SELECT * FROM modules ORDER BY slug"))
    return [tuple(row) for row in result]


def test_existing_rows_get_their_title_as_the_summary(connection, op):
    task.upgrade(op)
    assert rows(connection) == [(slug, title, title) for slug, title in ROWS]


def test_a_new_row_needs_a_summary(connection, op):
    task.upgrade(op)
    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO modules VALUES ('sets', 'Sets', NULL)"))


def test_the_downgrade_restores_the_table(connection, op):
    task.upgrade(op)
    task.downgrade(op)
    assert rows(connection) == ROWS

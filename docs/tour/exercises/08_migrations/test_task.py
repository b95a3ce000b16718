"""A migration keeps what is there, and can be taken back."""

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
    found = connection.execute(sa.text("SELECT * FROM modules ORDER BY slug"))
    return [tuple(row) for row in found]


def test_what_is_there_gets_its_title_as_the_summary(connection, op):
    task.upgrade(op)
    assert rows(connection) == [(slug, title, title) for slug, title in ROWS]


def test_from_now_on_a_summary_is_needed(connection, op):
    task.upgrade(op)
    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO modules VALUES ('sets', 'Sets', NULL)"))


def test_taking_it_back_leaves_what_was_there_before(connection, op):
    task.upgrade(op)
    task.downgrade(op)
    assert rows(connection) == ROWS

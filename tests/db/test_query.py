"""A Query does what SQLAlchemy would do with its statement, on either database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from learnpath.clock import rfc3339
from learnpath.db import db, reads
from learnpath.db.functions import any_of, array_param, as_rfc3339
from learnpath.db.query import Query
from learnpath.db.types import UtcDateTime

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROWS = sa.Table(
    "query_rows",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime),
    sa.Column("score", sa.Float),
    sa.Column("position", sa.JSON),
    sa.Column("is_done", sa.Boolean),
    sa.Column("author", sa.String, default=lambda: "Python"),
)
EVERY = ("id", "at", "score", "position", "is_done", "author")
SELECT = sa.select(ROWS).where(ROWS.c.id == sa.bindparam("wanted"), ROWS.c.author == "me")
INSERT = sa.insert(ROWS).values({name: sa.bindparam(name) for name in EVERY})
ROW = {"id": 1, "at": NOON, "score": 0.5, "position": {"page": 3}, "is_done": True, "author": "me"}


@pytest.fixture
def connection(app):
    """A connection to a database with a table of all kinds of columns."""
    with app.app_context(), db.engine.connect() as connection:
        ROWS.create(connection)
        yield connection
        connection.rollback()
        ROWS.drop(connection, checkfirst=True)
        connection.commit()


def run(connection, statement, **values):
    return Query(statement).rows(connection, values)


@pytest.mark.parametrize("change", [{}, {"at": None, "score": None, "position": None}])
def test_values_and_rows_are_what_sqlalchemy_makes_of_them(connection, change):
    row = ROW | change
    assert run(connection, INSERT, **row) == []
    (mine,) = run(connection, SELECT, wanted=1)
    assert mine._asdict() == row
    assert tuple(mine) == tuple(connection.execute(SELECT, {"wanted": 1}).one())


def test_a_time_is_stored_as_the_moment_that_it_is(connection):
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    run(connection, INSERT, **ROW | {"at": in_tokyo})
    assert run(connection, SELECT, wanted=1)[0].at == NOON
    with pytest.raises(ValueError, match="must be aware"):
        run(connection, INSERT, **ROW | {"id": 2, "at": NOON.replace(tzinfo=None)})


def test_nothing_is_found_where_nothing_is(connection):
    assert run(connection, SELECT, wanted=7) == []


def test_it_may_be_run_again_with_other_values(connection):
    insert, select = Query(INSERT), Query(SELECT)
    for number in (1, 2, 3):
        insert.rows(connection, ROW | {"id": number})
    assert [select.rows(connection, {"wanted": n})[0].id for n in (3, 1, 2)] == [3, 1, 2]


def test_a_missing_value_is_loud(connection):
    with pytest.raises(KeyError, match="wanted"):
        run(connection, SELECT)


@pytest.mark.parametrize("among", [[], ["me"], ["you", "me", "O'Hara"]])
def test_a_list_of_any_length_is_one_parameter(connection, among):
    for number, maker in enumerate(("me", "you", "O'Hara", "nobody")):
        run(connection, INSERT, **ROW | {"id": number, "author": maker})
    chosen = sa.select(ROWS.c.author).where(any_of(ROWS.c.author, array_param("makers")))
    found = run(connection, chosen, makers=among)
    assert sorted(row.author for row in found) == sorted(among)


@pytest.mark.parametrize("moment", [NOON, NOON.replace(microsecond=7), None])
def test_a_moment_can_be_selected_as_answers_show_it(connection, moment):
    run(connection, INSERT, **ROW | {"at": moment})
    (row,) = run(connection, sa.select(as_rfc3339(ROWS.c.at)))
    assert row.at == (rfc3339(moment) if moment else None)
    assert connection.execute(sa.select(as_rfc3339(ROWS.c.at))).one().at == row.at


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(ROWS).where(ROWS.c.id.in_(sa.bindparam("ids", expanding=True))),
        sa.insert(ROWS).values(id=sa.bindparam("id")),  # author would be computed in Python
    ],
)
def test_a_statement_whose_text_varies_is_refused(connection, statement):
    with pytest.raises(ValueError, match="vary"):
        run(connection, statement, ids=[1], id=1)


def test_an_error_of_the_driver_is_sqlalchemys_and_tells_no_values(connection):
    run(connection, INSERT, **ROW)
    with pytest.raises(sa.exc.IntegrityError) as caught:
        run(connection, INSERT, **ROW | {"author": "secret"})
    assert "secret" not in str(caught.value).partition("DETAIL")[0]
    assert "INSERT INTO query_rows" in caught.value.statement


def test_a_write_is_part_of_the_transaction(connection):
    ROWS.metadata.create_all(connection)
    connection.commit()
    with connection.begin():
        connection.execute(INSERT, ROW)
        run(connection, INSERT, **ROW | {"id": 2})
    connection.begin()
    run(connection, INSERT, **ROW | {"id": 3})
    connection.rollback()
    assert [run(connection, SELECT, wanted=number) != [] for number in (1, 2, 3)] == [1, 1, 0]


def test_a_connection_that_dies_meanwhile_is_replaced(app, postgresql):
    if app.config["DATABASE_URL"].get_backend_name() == "sqlite":
        pytest.skip("SQLite has no server")
    one = Query(sa.select(sa.literal(1).label("one")))
    with app.app_context():
        with db.engine.connect() as connection:
            itself = sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid()).label("done"))
            with pytest.raises(sa.exc.OperationalError) as caught:
                run(connection, itself)
            assert caught.value.connection_invalidated
            assert connection.invalidated
        assert reads.first(one).one == 1

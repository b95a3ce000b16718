"""The table of a path's learners: safe in a spreadsheet, and streamed."""

from __future__ import annotations

import csv
import io
import re

import psycopg
import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.reports.csv_export import to_csv
from learnpath.users.models import User

URL = "/api/v1/paths/python/learners"
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t1",
    "\r1",
    "\n1",
    "＝1+1",
    '=cmd|"/c calc"!A1',
    '=HYPERLINK("http://example.org?x="&A1)',
    'said "hi", twice',
    "two\r\nlines",
    '"',
    ",,,",
    "\u202eevil",
    "مرحبا",
    "'already",
    "-",
    "1-2",
    "a=b",
]
RUNS = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")  # what a spreadsheet takes as more than text


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture
def learners(app, api, make):
    """Let people of these names follow a path, whatever names may come into the database."""

    def learners(*names):
        make.path("python", ["loops"])
        people = [make.user(f"learner{number}") for number in range(len(names))]
        for person in people:
            api.as_(person).post("/paths/python/enrollments", {}, expect=201)
        with app.app_context():
            for person, name in zip(people, names, strict=True):
                db.session.execute(sa.update(User).where(User.id == person.id).values(name=name))
            db.session.commit()
        return people

    return learners


@pytest.fixture
def table(app, ada):
    """Ask for the table; return the answer, not read yet."""

    def table(query=""):
        headers = {"Accept": "text/csv", "Authorization": f"Bearer {ada.token}"}
        return app.test_client().get(URL + query, headers=headers)

    return table


@pytest.fixture
def many(app, learners):
    """1,200 learners of a path, who are one person in the database of a test."""
    learners("One")
    with app.app_context():
        statement = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
            "INSERT INTO {} SELECT {} FROM n, {}"
        )
        people = "name, email, password_hash, role, status, timezone, email_verified, created_at"
        copied = people.replace("email,", "'x' || i || '@example.org',")
        db.session.execute(
            sa.text(
                statement.format(
                    f"users ({people}, updated_at)",
                    f"{copied}, updated_at",
                    "users WHERE email = 'learner0@example.org'",
                )
            )
        )
        db.session.execute(
            sa.text(
                "INSERT INTO enrollments (user_id, path_slug, status, enrolled_at) SELECT users.id,"
                " 'python', 'active', users.created_at FROM users WHERE users.email LIKE 'x%'"
            )
        )
        db.session.commit()


def test_a_csv_reader_reads_every_name_back_and_a_spreadsheet_runs_none(learners, table):
    learners(*HOSTILE)
    answer = table()
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = read(answer.text)
    assert [row["name"].removeprefix("'") for row in rows] == [
        name.removeprefix("'") for name in HOSTILE
    ]
    for row, name in zip(rows, HOSTILE, strict=True):
        assert not any(RUNS.match(cell) for cell in row.values()), row
        assert row["name"] == (f"'{name}" if RUNS.match(name) else name)


@pytest.mark.parametrize(
    "name",
    [
        "a;=1+1",
        "a; =1+1",
        'a;"=1+1"',
        'a;""=1+1',
        "\t=1",
        "\r=1",
        "a\n=1+1",
        "a\t=1+1",
        "a;\r\n-1",
        "a;＝1",
        "a;;@b",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("separator", [";", "\t"], ids=ascii)
def test_a_spreadsheet_that_separates_otherwise_runs_none_either(name, separator):
    table = "".join(to_csv(["id", "name"], [{"id": 1, "name": name}]))
    (row,) = read(table)
    assert row["name"].replace("'", "") == name
    for cells in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
        assert not any(RUNS.match(cell.lstrip()) for cell in cells), cells


@pytest.mark.parametrize("name", ["Ada; Bob", "two; lines\r\nof text", "1;2"], ids=ascii)
def test_a_semicolon_alone_changes_nothing(name):
    (row,) = read("".join(to_csv(["name"], [{"name": name}])))
    assert row["name"] == name


def test_the_table_says_what_the_pages_say(api, ada, learners, table):
    learners("One", "Two")
    pages = api.as_(ada).get("/paths/python/learners")
    assert read(table().text) == [
        {name: "" if value is None else str(value) for name, value in page.items()}
        for page in pages
    ]
    assert read(table("?status=withdrawn").text) == []
    assert table("?status=withdrawn").text.count("\r\n") == 1  # the columns still
    assert table("?status=gone").status_code == 422


def test_a_name_with_nul_is_refused_long_before(api):
    new = {"name": "a\0b", "email": "a@example.org", "password": "a long password"}
    api.post("/users/register", new, expect=422)


def test_rows_go_out_while_others_are_still_to_come():
    asked = []

    def rows():
        for number in range(5000):
            asked.append(number)
            yield {"name": f"Learner {number}", "email": f"learner{number}@example.org"}

    chunks = to_csv(["name", "email"], rows())
    assert next(chunks).startswith("name,email\r\nLearner 0,")
    assert len(asked) < 1000
    assert len(list(chunks)) > 5


@pytest.fixture
def fetched(monkeypatch):
    """How many rows PostgreSQL was asked for each time; its driver tells, that of SQLite not."""
    asked = []
    fetchmany = psycopg.ServerCursor.fetchmany

    def fetch(cursor, size=0):
        rows = fetchmany(cursor, size)
        asked.append(len(rows))
        return rows

    monkeypatch.setattr(psycopg.ServerCursor, "fetchmany", fetch)
    return asked


@pytest.mark.usefixtures("many")
def test_the_first_rows_go_out_before_the_last_are_read(table, fetched, backend):
    chunks = table().iter_encoded()
    next(chunks)
    assert sum(fetched) < 1201
    b"".join(chunks)
    assert sum(fetched) == (1201 if backend == "postgresql" else 0)


@pytest.mark.usefixtures("many")
def test_a_stream_has_a_connection_of_its_own_and_gives_it_back(app, table):
    with app.app_context():
        pool = db.engine.pool
    before = pool.checkedout()
    answer = table()
    chunks = answer.iter_encoded()
    first = next(chunks)
    assert first.count(b"\r\n") < 600  # and not all 1,201
    assert pool.checkedout() == before + 1
    with app.app_context():  # others write at the same time
        db.session.execute(sa.update(User).values(name="Changed"))
        db.session.commit()
    assert len(read((first + b"".join(chunks)).decode())) == 1201
    assert pool.checkedout() == before
    answer.close()


@pytest.mark.usefixtures("many")
def test_who_hangs_up_gives_the_connection_back(app, table):
    with app.app_context():
        pool = db.engine.pool
    before = pool.checkedout()
    answer = table()
    next(answer.iter_encoded())
    assert pool.checkedout() == before + 1
    answer.close()  # as a server does when the client has gone
    assert pool.checkedout() == before

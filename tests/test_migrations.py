"""Migrations are numbered, match the models, and lose no data, on both databases."""

import contextlib
import logging
import shutil

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import check, downgrade, migrate, revision, upgrade

from learnpath.db import db

from .apps import open_app
from .factories import Factory


@pytest.fixture
def empty_app(backend, empty_database):
    """An app over a database without any tables."""
    with open_app(DATABASE_URL=empty_database(backend)) as app:
        yield app


@pytest.fixture
def empty(empty_app):
    """An app whose app context is open, as in a migration command."""
    with empty_app.app_context():
        yield empty_app


@pytest.fixture
def copy(project_root, tmp_path):
    """A copy of the migrations that tests may change."""
    shutil.copytree(project_root / "migrations", tmp_path / "migrations")
    return tmp_path / "migrations"


def numbers():
    config = current_app.extensions["migrate"].migrate.get_config()
    script = ScriptDirectory.from_config(config)
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def tables():
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def add_data(app):
    """Insert rows into the tables that users fill."""
    make = Factory(app)
    alice = make.user("alice")
    make.path("python-developer", ["loops", {"slug": "functions", "requires": ["loops"]}])
    report = {"module_id": "loops", "completed": True}
    bearer = {"Authorization": f"Bearer {alice.token}"}
    answer = app.test_client().post("/api/v1/users/me/progress", json=report, headers=bearer)
    assert answer.status_code == 200


def test_migrations_are_numbered_without_a_gap(empty):
    assert numbers() == [str(number) for number in range(1001, 1001 + len(numbers()))]


def test_the_newest_schema_is_what_the_models_say(empty):
    upgrade()
    check()
    assert tables() == set(db.metadata.tables)


def test_a_change_of_the_models_would_be_noticed(empty):
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE users DROP COLUMN timezone"))
    with pytest.raises(SystemExit):
        check()


def test_every_step_can_be_taken_back_and_again(empty):
    upgrade()
    for _ in numbers():
        downgrade()
    assert tables() == set()
    for number in numbers():
        upgrade(revision=number)
    check()


def test_going_back_to_the_first_schema_and_on_again_keeps_its_data(empty):
    upgrade(revision="1001")
    first = {name: columns_of(name) for name in tables()}
    upgrade()
    add_data(empty)
    before = rows_of(first)
    downgrade(revision="1001")
    upgrade()
    assert rows_of(first) == before
    assert before["users"]


def columns_of(table):
    return [column["name"] for column in sa.inspect(db.engine).get_columns(table)]


def rows_of(columns):
    """Return the rows of tables, with the given columns."""
    with db.engine.connect() as connection:
        return {
            table: sorted(
                map(repr, connection.execute(sa.text(f"SELECT {', '.join(names)} FROM {table}")))
            )
            for table, names in columns.items()
        }


REBUILD_A_TABLE = """
def upgrade():
    with op.batch_alter_table("users") as users:
        users.alter_column("name", type_=sa.String(200))


def downgrade():
    with op.batch_alter_table("users") as users:
        users.alter_column("name", type_=sa.String(120))
"""
LEAVE_ORPHANS = """
def upgrade():
    op.add_column("users", sa.Column("nickname", sa.String(10)))
    op.execute("DELETE FROM modules")


def downgrade():
    pass
"""


def write_next(copy, body):
    """Write a migration after the newest one."""
    newest = numbers()[-1]
    header = (
        f"import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{int(newest) + 1:04d}"\ndown_revision = "{newest}"\n'
    )
    (copy / "versions" / "next.py").write_text(header + body)


@pytest.mark.exhaustive
def test_a_rebuilt_table_keeps_the_rows_that_point_to_it(empty, copy):
    upgrade()
    add_data(empty)
    columns = {name: columns_of(name) for name in tables()}
    before = rows_of(columns)
    write_next(copy, REBUILD_A_TABLE)
    upgrade(directory=str(copy))
    assert rows_of(columns) == before
    downgrade(directory=str(copy))
    assert rows_of(columns) == before


@pytest.mark.exhaustive
def test_a_migration_that_would_leave_orphans_changes_nothing(empty, copy):
    upgrade()
    add_data(empty)
    columns = {name: columns_of(name) for name in tables()}
    before = rows_of(columns)
    write_next(copy, LEAVE_ORPHANS)
    with pytest.raises((SystemExit, sa.exc.IntegrityError)):
        upgrade(directory=str(copy))
    assert rows_of(columns) == before
    assert "nickname" not in columns_of("users")
    check()


@pytest.mark.exhaustive
def test_a_new_migration_gets_the_next_number(empty, copy):
    upgrade()
    revision(directory=str(copy), message="fill in time zones")
    number = f"{int(numbers()[-1]) + 1:04d}"
    names = [path.name for path in copy.glob("versions/*zones.py")]
    assert names == [f"{number}_fill_in_time_zones.py"]


@pytest.mark.exhaustive
def test_a_migration_is_written_for_what_has_changed(empty, copy):
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE users DROP COLUMN timezone"))
    migrate(directory=str(copy), message="add time zones")
    (written,) = (copy / "versions").glob("*_add_time_zones.py")
    assert "add_column" in written.read_text()
    assert "learnpath" not in written.read_text(), "a migration imports no model"


@pytest.mark.exhaustive
def test_no_migration_is_written_where_nothing_has_changed(empty, copy):
    upgrade()
    before = sorted(copy.glob("versions/*.py"))
    migrate(directory=str(copy), message="nothing")
    assert sorted(copy.glob("versions/*.py")) == before


@pytest.mark.exhaustive
def test_the_printed_statements_make_the_same_schema(empty_app, capsys):
    with empty_app.app_context():
        upgrade(sql=True)
        statements = capsys.readouterr().out
        assert "CREATE TABLE users" in statements
        assert tables() == set(), "printing changes nothing"
        run_script(statements)
        check()
        assert tables() == set(db.metadata.tables)


def run_script(statements):
    with contextlib.closing(db.engine.raw_connection()) as connection:
        if db.engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(statements)
        else:
            connection.driver_connection.autocommit = True
            connection.driver_connection.execute(statements)


def test_the_service_still_writes_its_log_after_a_migration(capsys, empty):
    upgrade()
    for name in ("learnpath", "learnpath.access", "gunicorn.error"):
        assert not logging.getLogger(name).disabled
    logging.getLogger("learnpath").warning("still here")
    assert "still here" in capsys.readouterr().err


@pytest.mark.parametrize("revision", ["0001", "0004"])
def test_a_database_of_an_unreleased_version_is_refused_in_one_sentence(empty, caplog, revision):
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(sa.text(f"INSERT INTO alembic_version VALUES ('{revision}')"))
    with pytest.raises(SystemExit):
        upgrade()
    assert f"This database has an unreleased schema ({revision})" in caplog.text
    assert tables() == set()

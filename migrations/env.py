"""How `flask db …` runs a migration: safely on SQLite, one node at a time on PostgreSQL."""

import logging
import time

import psycopg
import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

logger = logging.getLogger("alembic.env")
db = current_app.extensions["migrate"].db
LOCK = 0x6C6561726E  # any number, as long as every node takes the same one
# Statements that come after a waiting migration wait behind it. The limit is below PostgreSQL's
# deadlock_timeout (1 s), so that in a deadlock the migration fails and not the request.
LOCK_TIMEOUT = "500ms"
UNRELEASED = ("0001", "0002", "0003", "0004")  # these schemas were never released (decision 0033)
PAUSES = (1, 2, 3, 4, 6, 8, 10)  # seconds until it is tried again
GIVES_WAY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def next_number(_context, _revision, directives):
    """Number a new migration after the newest one; write no file if nothing has changed."""
    if not directives:
        return
    script = directives[0]
    is_automatic = getattr(context.config.cmd_opts, "autogenerate", False)
    if is_automatic and script.upgrade_ops.is_empty():
        directives.clear()
        logger.warning("nothing has changed in the models; no migration is needed")
        return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    script.rev_id = f"{int(head) + 1:04d}"


def plain_type(kind, thing, _autogen_context):
    """Write the type beneath our own column types, since a migration imports no model."""
    if kind == "type" and isinstance(thing, sa.TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


OPTIONS = {
    "target_metadata": db.metadata,
    "compare_type": True,
    "render_item": plain_type,
    "process_revision_directives": next_number,
}


def write_sql():
    """Print the statements instead of running them (`flask db upgrade --sql`)."""
    context.configure(
        url=db.engine.url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **OPTIONS
    )
    with context.begin_transaction():
        context.run_migrations()


def refuse_unreleased_schema(connection):
    """Raise RuntimeError for a database of a development version before the first release."""
    present = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if present in UNRELEASED:
        raise RuntimeError(
            f"This database has an unreleased schema ({present}), which cannot be upgraded: "
            "create a new database and run `flask db upgrade` and `flask seed` there."
        )


def migrate_sqlite(connection):
    """Run in one transaction, with foreign keys off.

    Batch mode drops and remakes a table; with foreign keys on, its rows' children would be
    deleted without a word.
    """
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, transactional_ddl=True, **OPTIONS)
    try:
        with context.begin_transaction():
            if not driver.in_transaction:  # the driver opens none before DDL
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"this migration leaves rows without parents: {broken[:5]}")
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def migrate_postgresql(connection):
    """Let one node migrate and the others wait for it, and hold no client up for long.

    The lock belongs to the connection, so this one must not go through PgBouncer.
    """
    wait_for_turn(connection)
    sa.event.listen(connection.engine, "begin", wait_briefly)
    try:
        for pause in PAUSES:
            try:
                return run_missing(connection)
            except sa.exc.OperationalError as error:
                if not isinstance(error.orig, GIVES_WAY):
                    raise
                logger.warning("a table is in use for long; trying again in %s s", pause)
                connection.rollback()
                time.sleep(pause)
        return run_missing(connection)
    finally:
        connection.rollback()
        sa.event.remove(connection.engine, "begin", wait_briefly)
        connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
        connection.commit()


def wait_for_turn(connection):
    """Ask for the lock again and again, instead of waiting inside a statement.

    CREATE INDEX CONCURRENTLY of the node whose turn it is waits for every statement that
    began earlier: for those of the waiting nodes too, in a circle.
    """
    while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(LOCK))):
        connection.commit()
        time.sleep(0.2)
    connection.commit()


def wait_briefly(connection):
    """Limit the waits of a transaction; CREATE INDEX CONCURRENTLY runs in none, and has to wait."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def run_missing(connection):
    """Run each missing migration in a transaction of its own: none keeps the locks of another."""
    context.configure(connection=connection, transaction_per_migration=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    write_sql()
else:
    with db.engine.connect() as connection:
        refuse_unreleased_schema(connection)
        if connection.dialect.name == "sqlite":
            migrate_sqlite(connection)
        else:
            migrate_postgresql(connection)

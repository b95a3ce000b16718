"""The Alembic environment of `flask db …`, for SQLite and PostgreSQL."""

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
ADVISORY_LOCK = 0x6C6561726E  # an arbitrary number, the same on every node
# Statements of requests queue behind a migration that waits for a lock. The limit is below
# PostgreSQL's deadlock_timeout (1 s): in a deadlock the migration fails and not the request.
LOCK_TIMEOUT = "500ms"
UNRELEASED = ("0001", "0002", "0003", "0004")  # these schemas were never released (decision 0033)
RETRY_DELAYS = (1, 2, 3, 4, 6, 8, 10)  # seconds
LOCK_ERRORS = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def number_migration(_context, _revision, directives):
    """Give a new migration the next number; write no file if the models have not changed."""
    if not directives:
        return
    script = directives[0]
    is_automatic = getattr(context.config.cmd_opts, "autogenerate", False)
    if is_automatic and script.upgrade_ops.is_empty():
        directives.clear()
        logger.warning("the models have not changed; no migration is needed")
        return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    script.rev_id = f"{int(head) + 1:04d}"


def render_item(kind, item, _autogen_context):
    """Render the `impl` of our column types, since migrations do not import the models."""
    if kind == "type" and isinstance(item, sa.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


OPTIONS = {
    "target_metadata": db.metadata,
    "compare_type": True,
    "render_item": render_item,
    "process_revision_directives": number_migration,
}


def print_sql():
    """Print the statements and run none (`flask db upgrade --sql`)."""
    context.configure(
        url=db.engine.url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **OPTIONS
    )
    with context.begin_transaction():
        context.run_migrations()


def refuse_unreleased_schema(connection):
    """Raise RuntimeError for a database of a development version before the first release."""
    revision = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if revision in UNRELEASED:
        raise RuntimeError(
            f"This database has an unreleased schema ({revision}), which cannot be upgraded: "
            "create a new database and run `flask db upgrade` and `flask seed` there."
        )


def migrate_sqlite(connection):
    """Migrate in one transaction, without foreign keys.

    Batch mode drops and recreates a table. With foreign keys on, this would delete the rows
    that refer to it.
    """
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, transactional_ddl=True, **OPTIONS)
    try:
        with context.begin_transaction():
            if not driver.in_transaction:  # the driver opens no transaction before DDL
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(
                    f"the migration leaves rows that refer to missing ones: {broken[:5]}"
                )
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def migrate_postgresql(connection):
    """Migrate under an advisory lock, with short waits for the locks of tables.

    The advisory lock belongs to the connection, so this one must not go through PgBouncer.
    """
    acquire_advisory_lock(connection)
    sa.event.listen(connection.engine, "begin", set_lock_timeout)
    try:
        for delay in RETRY_DELAYS:
            try:
                return run_migrations(connection)
            except sa.exc.OperationalError as error:
                if not isinstance(error.orig, LOCK_ERRORS):
                    raise
                logger.warning("a table stays locked; trying again in %s s", delay)
                connection.rollback()
                time.sleep(delay)
        return run_migrations(connection)
    finally:
        connection.rollback()
        sa.event.remove(connection.engine, "begin", set_lock_timeout)
        connection.execute(sa.select(sa.func.pg_advisory_unlock(ADVISORY_LOCK)))
        connection.commit()


def acquire_advisory_lock(connection):
    """Poll for the lock instead of waiting for it in a statement.

    CREATE INDEX CONCURRENTLY on the node that migrates waits for every earlier statement. If
    another node waited in a statement for the lock, the two would deadlock.
    """
    while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(ADVISORY_LOCK))):
        connection.commit()
        time.sleep(0.2)
    connection.commit()


def set_lock_timeout(connection):
    """Set lock_timeout; CREATE INDEX CONCURRENTLY runs in no transaction and has no limit."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def run_migrations(connection):
    """Run each migration in its own transaction, so that its locks are released at the end."""
    context.configure(connection=connection, transaction_per_migration=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    with db.engine.connect() as connection:
        refuse_unreleased_schema(connection)
        if connection.dialect.name == "sqlite":
            migrate_sqlite(connection)
        else:
            migrate_postgresql(connection)

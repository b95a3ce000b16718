"""The checks behind `/health/ready`."""

from concurrent.futures import Future
from functools import cache
from threading import Lock, Thread

import sqlalchemy as sa
from flask import current_app

from ..db import db
from ..db.migrate import MIGRATIONS
from ..errors import Unavailable
from . import shutdown

OK = "ok"


class NotReady(Unavailable):
    """This process cannot serve requests at the moment.

    `checks` names the failed check: `serving`, `database` or `migrations`. A load balancer checks
    again later; the process does not need a restart.
    """

    example = {"checks": {"serving": "ok", "database": "cannot be reached"}}


def check_readiness() -> dict[str, str]:
    """Return `{check: "ok"}` for each check; raises NotReady at the first that fails."""
    if shutdown.has_begun():
        raise NotReady(checks={"serving": "shutting down"})
    timeout = current_app.config["HEALTH_TIMEOUT"]
    checks = {"serving": OK}
    try:
        migration = _probe.run(db.engine, timeout)
    except TimeoutError:
        raise NotReady(checks=checks | {"database": f"no answer within {timeout} s"}) from None
    except sa.exc.SQLAlchemyError:
        raise NotReady(checks=checks | {"database": "cannot be reached"}) from None
    checks["database"] = OK
    if is_behind(migration):
        raise NotReady(checks=checks | {"migrations": "missing; run: flask db upgrade"})
    return checks | {"migrations": OK}


def is_behind(migration: str | None) -> bool:
    """Tell whether a database at `migration` lacks migrations that this code has.

    An unknown migration is a newer one: during a rolling upgrade the old code keeps serving on
    the schema that the new code has expanded.
    """
    return migration is None or migration < newest_migration()


@cache
def newest_migration() -> str:
    """Return the number of the newest migration file.

    Alembic returns the same, but importing it takes a tenth of the start time of a worker.
    """
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("versions/[0-9]*_*.py"))


def migration_of(connection: sa.Connection) -> str | None:
    """Return the number of the migration of a database; None before the first one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    number: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return number


class Probe:
    """Runs the database check in a thread, because a query that hangs cannot be interrupted.

    Checks at the same time share one thread, so a hanging database costs one connection.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: Future[str | None] = Future()
        self._running.cancel()

    def run(self, engine: sa.Engine, seconds: int) -> str | None:
        """Return the migration of the database; raises TimeoutError after `seconds`."""
        with self._lock:
            if self._running.done():
                self._running = Future()
                Thread(target=_probe_database, args=(engine, self._running), daemon=True).start()
            running = self._running
        return running.result(seconds)


_probe = Probe()


def _probe_database(engine: sa.Engine, result: Future[str | None]) -> None:
    try:
        with engine.connect() as connection:
            present = migration_of(connection)
        result.set_result(present)
    except Exception as error:  # raised in the threads that wait for the result
        result.set_exception(error)

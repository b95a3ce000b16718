"""Is this process able to serve? The questions behind `/health/ready`."""

from __future__ import annotations

from concurrent.futures import Future
from functools import cache
from threading import Lock, Thread

import sqlalchemy as sa
from flask import current_app

from ..errors import Unavailable
from ..extensions import db
from ..migrating import MIGRATIONS
from . import shutdown

OK = "ok"


class NotReady(Unavailable):
    """This process should get no requests just now.

    `checks` says what is wrong: `serving`, `database` or `migrations`. A balancer asks again
    after a while; the process itself needs no restart.
    """

    example = {"checks": {"serving": "ok", "database": "cannot be reached"}}


def examine() -> dict[str, str]:
    """Return `{check: "ok"}`; raises NotReady with the first that is not."""
    if shutdown.has_begun():
        raise NotReady(checks={"serving": "shutting down"})
    limit = current_app.config["HEALTH_TIMEOUT"]
    checks = {"serving": OK}
    try:
        present = _probe.ask(db.engine, limit)
    except TimeoutError:
        raise NotReady(checks=checks | {"database": f"no answer within {limit} s"}) from None
    except sa.exc.SQLAlchemyError:
        raise NotReady(checks=checks | {"database": "cannot be reached"}) from None
    checks["database"] = OK
    if is_behind(present):
        raise NotReady(checks=checks | {"migrations": "missing; run: flask db upgrade"})
    return checks | {"migrations": OK}


def is_behind(present: str | None) -> bool:
    """Tell whether the database at `present` lacks migrations that this code has.

    A migration that this code does not know is a newer one: in a rolling upgrade the old
    code serves on, on the schema that the new code has expanded.
    """
    known = _migrations()
    return present is None or (present in known and present != newest_migration())


def newest_migration() -> str:
    """Return the number of the newest migration that this code has."""
    return _migrations()[0]


@cache
def _migrations() -> tuple[str, ...]:
    """Return the migrations on disk, the newest first: the names of their files are numbered.

    Alembic would tell the same, but nobody who only serves shall have to load it.
    """
    names = (file.name for file in MIGRATIONS.glob("versions/[0-9]*_*.py"))
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def migration_of(connection: sa.Connection) -> str | None:
    """Return the number of the migration that the database is at; None before the first."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    number: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return number


class Probe:
    """Asks the database in a thread of its own, since a hanging one cannot be interrupted.

    Questions at the same time share one thread: a hanging database costs one connection.
    """

    def __init__(self) -> None:
        self._starting = Lock()
        self._running: Future[str | None] = Future()
        self._running.cancel()

    def ask(self, engine: sa.Engine, seconds: int) -> str | None:
        """Return the migration of the database; raises TimeoutError after `seconds`."""
        with self._starting:
            if self._running.done():
                self._running = Future()
                Thread(target=_look, args=(engine, self._running), daemon=True).start()
            running = self._running
        return running.result(seconds)


_probe = Probe()


def _look(engine: sa.Engine, found: Future[str | None]) -> None:
    try:
        with engine.connect() as connection:
            present = migration_of(connection)
        found.set_result(present)
    except Exception as error:  # whoever waits for the result gets it
        found.set_exception(error)

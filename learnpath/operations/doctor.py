"""Checks of an installation. Each yields a finding, with advice if something needs action."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app

from .. import config
from ..db import db, engine
from ..health.checks import migration_of, newest_migration
from ..permissions import ADMIN
from ..users.models import ACTIVE, User


class Finding(NamedTuple):
    """The result of one check; `advice` is empty if nothing needs action."""

    question: str
    answer: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Yield the findings of all checks."""
    yield _environment()
    yield _secret()
    try:
        with db.engine.connect() as connection:
            yield Finding("database", _describe(connection))
            yield _migrations(connection)
            yield from _pragmas(connection)
            if sa.inspect(connection).has_table(User.__tablename__):
                yield _administrators(connection)
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        yield Finding("database", "cannot be reached", f"Check DATABASE_URL: {reason}")
    yield _registration()
    yield _mail()


def _environment() -> Finding:
    environment = current_app.config["ENVIRONMENT"]
    if environment == "production":
        return Finding("environment", environment)
    return Finding("environment", environment, "Set ENVIRONMENT=production on a public server.")


def _secret() -> Finding:
    weakness = config.secret_weakness(current_app.config["SECRET_KEY"])
    if weakness is None:
        return Finding("secret", "long and random")
    return Finding("secret", weakness, config.SECRET_KEY_HELP)


def _describe(connection: sa.Connection) -> str:
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{connection.dialect.name} {version}"


def _migrations(connection: sa.Connection) -> Finding:
    current, newest = migration_of(connection), newest_migration()
    if current == newest:
        return Finding("migrations", f"at the head, {current}")
    return Finding("migrations", f"at {current}, newest is {newest}", "Run: flask db upgrade")


def _pragmas(connection: sa.Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    for name, expected in {"foreign_keys": 1, "synchronous": 2}.items():
        value = connection.scalar(sa.text(f"PRAGMA {name}"))
        problem = f"{expected} is expected; does another program set it?"
        yield Finding(f"sqlite {name}", str(value), "" if value == expected else problem)
    journal = str(connection.scalar(sa.text("PRAGMA journal_mode")))
    if engine.is_wal_safe():
        yield Finding("sqlite journal_mode", journal)
    else:  # pragma: no cover - depends on the installed SQLite
        advice = "This SQLite can lose data in WAL mode; install the pysqlite3 wheel."
        yield Finding("sqlite journal_mode", journal, advice)


def _administrators(connection: sa.Connection) -> Finding:
    active = sa.select(sa.func.count()).where(User.role == ADMIN, User.status == ACTIVE)
    count = connection.scalar(active)
    advice = "" if count else "Run: flask users create-admin EMAIL"
    return Finding("active administrators", str(count), advice)


def _registration() -> Finding:
    if not current_app.config["REGISTRATION_OPEN"]:
        return Finding("registration", "closed")
    return Finding("registration", "open to anyone; REGISTRATION_OPEN=false closes it")


def _mail() -> Finding:
    if current_app.config["MAIL_URL"]:
        return Finding("mail", f"sent by the {current_app.config['MAIL_SENDER']}")
    return Finding("mail", "none is sent; MAIL_URL turns it on, `flask users reset-link` helps out")

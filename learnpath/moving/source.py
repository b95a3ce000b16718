"""Reading the earlier service's `users` table, and making its rows fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from .. import config, database
from ..clock import now
from ..emails import EMAIL_MAX, canonical
from ..fields import LINE, MODULE_ID_PATTERN, RESERVED_MODULE_IDS
from ..users.models import LEARNING_PATH_MAX, NAME_MAX

HASH = re.compile(r"\$(2[abxy]|argon2id)\$[!-~]{20,117}")  # libsodium reads 127 characters
NO_PASSWORD = "!"  # noqa: S105 - matches nothing; the owner asks for a new password
ID_MAX = 2**31 - 1  # an INTEGER; it leaves room for those who register later

USERS = sa.table(
    "users",
    *(
        sa.column(name)
        for name in (
            "id",
            "name",
            "email",
            "password",
            "learning_path",
            "progress",
            "created_at",
            "updated_at",
        )
    ),
)
TIMES = ("created_at", "updated_at")


@dataclass
class Arrival:
    """One row of the earlier service as it fits here, with what had to be rewritten."""

    account: dict[str, Any]
    progress: dict[str, bool]
    rewritten: list[str] = field(default_factory=list)


class UnusableRowError(Exception):
    """A row that cannot become an account; the message says why."""


class BadSourceError(Exception):
    """The earlier database cannot be read; the message says why."""


def open_source(url: str) -> sa.Connection:
    """Return a connection to the earlier database. Raises BadSourceError."""
    try:
        parsed = config.normalize_database_url(url)
    except config.BadSetting as wrong:
        raise BadSourceError(str(wrong).replace("DATABASE_URL", "--from")) from None
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and not Path(str(parsed.database)).is_file():
        raise BadSourceError(f"There is no file {parsed.database}.")
    engine = sa.create_engine(parsed, poolclass=sa.NullPool, **database.driver_options(parsed))
    event.listen(engine, "connect", _read_sqlite_leniently if is_sqlite else _read_iso_dates)
    try:
        return engine.connect()
    except sa.exc.DBAPIError as error:
        raise BadSourceError(f"The database cannot be opened: {_reason(error)}.") from None


def _read_sqlite_leniently(connection: Any, _record: Any) -> None:
    """Let a text that is not UTF-8 spoil its own row, and not the whole reading."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def _read_iso_dates(connection: Any, _record: Any) -> None:
    connection.execute("SET datestyle = ISO")
    connection.commit()


def _reason(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).splitlines()[0].strip().rstrip(".")


def count_rows(source: sa.Connection) -> int:
    """Return how many users the earlier service had. Raises BadSourceError."""
    try:
        source.execute(sa.select(USERS).limit(0))  # are all the columns there?
        return source.scalar(sa.select(sa.func.count()).select_from(USERS)) or 0
    except sa.exc.DBAPIError as error:
        raise BadSourceError(
            f"There is no readable table `users` there: {_reason(error)}."
        ) from None


def read_rows(source: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the earlier `users` table by id, a thousand at a time.

    Times come as text: a driver refuses some that a database holds, such as `infinity`.
    """
    columns = [
        sa.cast(column, sa.Text).label(column.name) if column.name in TIMES else column
        for column in USERS.c
    ]
    rows = source.execution_options(yield_per=1000).execute(
        sa.select(*columns).order_by(USERS.c.id)
    )
    for row in rows.mappings():
        yield dict(row)


def fit(row: dict[str, Any]) -> Arrival:
    """Return `row` as an account of this service. Raises UnusableRowError."""
    rewritten: list[str] = []
    user_id = row["id"]
    if not is_usable_id(user_id):
        raise UnusableRowError(f"the id is not a whole number from 1 to {ID_MAX}")
    account = {
        "id": user_id,
        "name": _name(row, rewritten),
        "email": _email(row, rewritten),
        "password_hash": _password_hash(row, rewritten),
        "learning_path": _learning_path(row, rewritten),
        "created_at": _moment(row["created_at"], "created_at", rewritten),
        "updated_at": _moment(row["updated_at"] or row["created_at"], "updated_at", rewritten),
    }
    return Arrival(account, _progress(row["progress"], rewritten), rewritten)


def is_usable_id(user_id: Any) -> bool:
    """Tell whether this can be the id of a user."""
    return type(user_id) is int and 1 <= user_id <= ID_MAX


def _name(row: dict[str, Any], rewritten: list[str]) -> str:
    given = _text(row["name"])
    name = _one_line(given)[:NAME_MAX].strip() or f"User {row['id']}"
    if name != given:
        rewritten.append("name")
    return name


def _email(row: dict[str, Any], rewritten: list[str]) -> str:
    given = _text(row["email"])
    email = canonical(given)
    if not email or "@" not in email or len(email) > EMAIL_MAX or email != _one_line(email):
        raise UnusableRowError("there is no usable email address")
    if email != given:
        rewritten.append("email")
    return email


def _password_hash(row: dict[str, Any], rewritten: list[str]) -> str:
    given = _text(row["password"]).strip()
    if HASH.fullmatch(given):
        return given
    rewritten.append("password (no hash that can be checked; the owner must ask for a new one)")
    return NO_PASSWORD


def _learning_path(row: dict[str, Any], rewritten: list[str]) -> str | None:
    given = row["learning_path"]
    if given is None:
        return None
    label = _one_line(_text(given))[:LEARNING_PATH_MAX].strip() or None
    if label != given:
        rewritten.append("learning_path")
    return label


def _moment(given: Any, name: str, rewritten: list[str]) -> datetime:
    """Return a stored time as aware UTC; the earlier service kept naive UTC times."""
    try:
        moment = datetime.fromisoformat(str(given))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        rewritten.append(f"{name} (there was no usable time)")
        return now()


def _progress(given: Any, rewritten: list[str]) -> dict[str, bool]:
    if given is None or given == "":
        return {}
    try:
        found = given if isinstance(given, dict) else json.loads(given)
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        rewritten.append("progress (not a JSON object; dropped)")
        return {}
    kept = {slug: done for slug, done in found.items() if _is_a_report(slug, done)}
    if dropped := [str(slug)[:100] for slug in found if slug not in kept]:
        rewritten.append(f"progress (dropped {', '.join(map(repr, dropped))})")
    return kept


def _is_a_report(slug: str, done: Any) -> bool:
    is_a_slug = re.fullmatch(MODULE_ID_PATTERN, slug) and slug not in RESERVED_MODULE_IDS
    return bool(is_a_slug) and isinstance(done, bool)


def _text(value: Any) -> str:
    """Return what a column holds as text, whatever it holds."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "" if value is None else str(value)


def _one_line(text: str) -> str:
    """Return `text` without the characters that a name may not have."""
    encodable = text.encode("utf-8", "ignore").decode()
    return "".join(char for char in encodable if re.fullmatch(LINE, char)).strip()

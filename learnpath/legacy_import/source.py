"""Read the earlier service's `users` table and convert its rows."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from .. import config
from ..clock import now
from ..db import engine as database
from ..emails import EMAIL_MAX, canonicalize
from ..slugs import MODULE_ID_PATTERN, RESERVED_MODULE_IDS
from ..users.models import LEARNING_PATH_MAX, NAME_MAX
from ..web.fields import SINGLE_LINE

HASH = re.compile(r"\$(2[abxy]|argon2id)\$[!-~]{20,117}")  # libsodium reads up to 127 characters
NO_PASSWORD = "!"  # noqa: S105 - no password verifies; the user has to reset it
ID_MAX = 2**31 - 1  # the maximum of INTEGER; leaves room for later registrations

COLUMNS = "id name email password learning_path progress created_at updated_at".split()
USERS = sa.table("users", *map(sa.column, COLUMNS))
TIMES = ("created_at", "updated_at")


@dataclass
class ImportedUser:
    """A converted row of the earlier service; `rewritten` names the changed fields."""

    account: dict[str, Any]
    progress: dict[str, bool]
    rewritten: list[str]


class UnusableRowError(Exception):
    """A row that cannot become an account; the message is the reason."""


class BadSourceError(Exception):
    """The earlier database cannot be read; the message is the reason."""


def open_source(url: str) -> sa.Connection:
    """Return a connection to the earlier database. Raises BadSourceError."""
    try:
        parsed = config.normalize_database_url(url)
    except config.ConfigError as error:
        raise BadSourceError(str(error).replace("DATABASE_URL", "--from")) from None
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
    """Decode invalid UTF-8 to surrogates, so that it affects one row and not the whole import."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")


def _read_iso_dates(connection: Any, _record: Any) -> None:
    connection.execute("SET datestyle = ISO")
    connection.commit()


def _reason(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).splitlines()[0].strip().rstrip(".")


def count_rows(source: sa.Connection) -> int:
    """Return the number of users in the earlier service. Raises BadSourceError."""
    try:
        source.execute(sa.select(USERS).limit(0))  # fails if a column is missing
        return source.scalar(sa.select(sa.func.count()).select_from(USERS)) or 0
    except sa.exc.DBAPIError as error:
        reason = _reason(error)
        raise BadSourceError(f"There is no readable table `users` there: {reason}.") from None


def read_rows(source: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the earlier `users` table in the order of their ids.

    Times are read as text, since drivers cannot parse all of them, for example `infinity`.
    """
    columns = [
        sa.cast(column, sa.Text).label(column.name) if column.name in TIMES else column
        for column in USERS.c
    ]
    users = sa.select(*columns).order_by(USERS.c.id)
    yield from map(dict, source.execution_options(yield_per=1000).execute(users).mappings())


def convert(row: dict[str, Any]) -> ImportedUser:
    """Convert `row` to an account of this service. Raises UnusableRowError."""
    rewritten: list[str] = []
    if not is_usable_id(row["id"]):
        raise UnusableRowError(f"the id is not a whole number from 1 to {ID_MAX}")
    account = {
        "id": row["id"],
        "name": _name(row, rewritten),
        "email": _email(row, rewritten),
        "password_hash": _password_hash(row, rewritten),
        "learning_path": _learning_path(row, rewritten),
        "created_at": _moment(row["created_at"], "created_at", rewritten),
        "updated_at": _moment(row["updated_at"] or row["created_at"], "updated_at", rewritten),
    }
    return ImportedUser(account, _progress(row["progress"], rewritten), rewritten)


def is_usable_id(user_id: Any) -> bool:
    """Return whether this can be the id of a user."""
    return type(user_id) is int and 1 <= user_id <= ID_MAX


def _name(row: dict[str, Any], rewritten: list[str]) -> str:
    value = _text(row["name"])
    name = _one_line(value)[:NAME_MAX].strip() or f"User {row['id']}"
    if name != value:
        rewritten.append("name")
    return name


def _email(row: dict[str, Any], rewritten: list[str]) -> str:
    value = _text(row["email"])
    email = canonicalize(value)
    if not email or "@" not in email or len(email) > EMAIL_MAX or email != _one_line(email):
        raise UnusableRowError("there is no usable email address")
    if email != value:
        rewritten.append("email")
    return email


def _password_hash(row: dict[str, Any], rewritten: list[str]) -> str:
    value = _text(row["password"]).strip()
    if HASH.fullmatch(value):
        return value
    rewritten.append("password (no hash that can be checked; the owner must ask for a new one)")
    return NO_PASSWORD


def _learning_path(row: dict[str, Any], rewritten: list[str]) -> str | None:
    value = row["learning_path"]
    if value is None:
        return None
    label = _one_line(_text(value))[:LEARNING_PATH_MAX].strip() or None
    if label != value:
        rewritten.append("learning_path")
    return label


def _moment(value: Any, name: str, rewritten: list[str]) -> datetime:
    """Return a stored time as aware UTC; the earlier service stored naive UTC times."""
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        rewritten.append(f"{name} (there was no usable time)")
        return now()


def _progress(value: Any, rewritten: list[str]) -> dict[str, bool]:
    if value in (None, ""):
        return {}
    try:
        progress = value if isinstance(value, dict) else json.loads(value)
    except (TypeError, ValueError, RecursionError):
        progress = None
    if not isinstance(progress, dict):
        rewritten.append("progress (not a JSON object; dropped)")
        return {}
    usable = {slug: done for slug, done in progress.items() if _is_report(slug, done)}
    if dropped := [str(slug)[:100] for slug in progress if slug not in usable]:
        rewritten.append(f"progress (dropped {', '.join(map(repr, dropped))})")
    return usable


def _is_report(slug: str, done: Any) -> bool:
    is_slug = re.fullmatch(MODULE_ID_PATTERN, slug) and slug not in RESERVED_MODULE_IDS
    return bool(is_slug) and isinstance(done, bool)


def _text(value: Any) -> str:
    """Return the value of a column of any type as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "" if value is None else str(value)


def _one_line(text: str) -> str:
    """Return `text` without the characters that are not allowed in a name."""
    encodable = text.encode("utf-8", "ignore").decode()
    return "".join(char for char in encodable if re.fullmatch(SINGLE_LINE, char)).strip()

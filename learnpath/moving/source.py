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

from .. import config, database
from ..clock import now
from ..emails import EMAIL_MAX, canonical
from ..fields import LINE, MODULE_ID_PATTERN, RESERVED_MODULE_IDS
from ..users.models import LEARNING_PATH_MAX, NAME_MAX

HASH = re.compile(r"\$(2[abxy]|argon2id)\$\S{20,250}")
NO_PASSWORD = "!"  # noqa: S105 - matches nothing; the owner asks for a new password
ID_MAX = 9_999_999_999  # what an address can name

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


def open_source(url: str) -> sa.Engine:
    """Return an engine for the earlier database. Raises BadSourceError."""
    try:
        parsed = config.normalize_database_url(url)
    except config.BadSetting as wrong:
        raise BadSourceError(str(wrong).replace("DATABASE_URL", "--from")) from None
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise BadSourceError(f"There is no file {parsed.database}.")
    return sa.create_engine(parsed, **database.driver_options(parsed))


def count_rows(source: sa.Connection) -> int:
    """Return how many users the earlier service had. Raises BadSourceError."""
    try:
        source.execute(sa.select(USERS).limit(0))  # are all the columns there?
        return source.scalar(sa.select(sa.func.count()).select_from(USERS)) or 0
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).splitlines()[0]
        raise BadSourceError(f"There is no readable table `users` there: {reason}.") from None


def read_rows(source: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the earlier `users` table by id, a thousand at a time."""
    rows = source.execution_options(yield_per=1000).execute(sa.select(USERS).order_by(USERS.c.id))
    for row in rows.mappings():
        yield dict(row)


def fit(row: dict[str, Any]) -> Arrival:
    """Return `row` as an account of this service. Raises UnusableRowError."""
    rewritten: list[str] = []
    user_id = row["id"]
    if type(user_id) is not int or not 1 <= user_id <= ID_MAX:
        raise UnusableRowError("the id is not a whole number from 1 on")
    account = {
        "id": user_id,
        "name": _name(row, rewritten),
        "email": _email(row, rewritten),
        "password_hash": _password_hash(row, rewritten),
        "learning_path": _learning_path(row, rewritten),
        "created_at": _moment(row["created_at"], "created_at", rewritten),
        "updated_at": _moment(row["updated_at"], "updated_at", rewritten),
    }
    return Arrival(account, _progress(row["progress"], rewritten), rewritten)


def _name(row: dict[str, Any], rewritten: list[str]) -> str:
    given = str(row["name"] or "")
    name = _one_line(given)[:NAME_MAX].strip() or f"User {row['id']}"
    if name != given:
        rewritten.append("name")
    return name


def _email(row: dict[str, Any], rewritten: list[str]) -> str:
    given = str(row["email"] or "")
    email = canonical(given)
    if not email or "@" not in email or len(email) > EMAIL_MAX or email != _one_line(email):
        raise UnusableRowError("there is no usable email address")
    if email != given:
        rewritten.append("email")
    return email


def _password_hash(row: dict[str, Any], rewritten: list[str]) -> str:
    given = str(row["password"] or "").strip()
    if HASH.fullmatch(given):
        return given
    rewritten.append("password (no hash that can be checked; the owner must ask for a new one)")
    return NO_PASSWORD


def _learning_path(row: dict[str, Any], rewritten: list[str]) -> str | None:
    given = row["learning_path"]
    if given is None:
        return None
    label = _one_line(str(given))[:LEARNING_PATH_MAX].strip() or None
    if label != given:
        rewritten.append("learning_path")
    return label


def _moment(given: Any, name: str, rewritten: list[str]) -> datetime:
    """Return a stored time as aware UTC; the earlier service kept naive UTC times."""
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        rewritten.append(f"{name} (there was no usable time)")
        return now()
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


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


def _one_line(text: str) -> str:
    """Return `text` without the characters that a name may not have."""
    return "".join(char for char in text if re.match(LINE, char)).strip()

"""Reading the settings once at start, and refusing what cannot work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from environs import Env, EnvError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from . import database, postgresql
from .gateways.mail import open_gateway
from .settings import SETTINGS

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "a-default-secret-for-development-only"  # noqa: S105 - refused elsewhere
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the name that prometheus-client reads
SECRET_MIN_BYTES = 32
PLACEHOLDERS = ("secret", "password", "change", "default", "example", "your", "learnpath")


class BadSetting(Exception):
    """The service cannot start with these settings; the message says which and why."""


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return every setting by name: `overrides` before the environment before the defaults.

    Raises BadSetting with one sentence per wrong setting, all at once.
    """
    settings = {**_from_environment(), **(overrides or {})}
    try:
        open_gateway(settings["MAIL_URL"])
    except ValueError as error:
        raise BadSetting(str(error)) from None
    settings["DATABASE_URL"] = normalize_database_url(settings["DATABASE_URL"])
    settings["SECRET_KEY"] = _checked_secret(settings["SECRET_KEY"], settings["ENVIRONMENT"])
    if settings["ENVIRONMENT"] == "production":
        _refuse_weak_older_secrets(settings["SECRET_KEY_PREVIOUS"])
        if settings["METRICS_ENABLED"] and not settings["METRICS_TOKEN"]:
            raise BadSetting("METRICS_TOKEN: missing, and METRICS_ENABLED is on.")
    return settings


def wants_colours() -> bool:
    """Tell whether commands may use colours: NO_COLOR set to anything forbids it (no-color.org)."""
    return not os.environ.get("NO_COLOR")


def metrics_folder() -> str | None:
    """Return where the workers of one gunicorn share their counters; None outside gunicorn."""
    return os.environ.get(METRICS_FOLDER)


def share_metrics(folder: str) -> None:
    """Let this process and its children share their counters in `folder`."""
    os.environ[METRICS_FOLDER] = folder


def _from_environment() -> dict[str, Any]:
    env = Env(eager=False)
    values = {}
    for setting in SETTINGS:
        if os.environ.get(setting.name) == "":  # VAR= in a .env file means "the default"
            values[setting.name] = setting.default
            continue
        values[setting.name] = getattr(env, setting.kind)(
            setting.name, setting.default, validate=setting.validator
        )
    try:
        env.seal()
    except EnvError as error:
        wrong = getattr(error, "error_messages", {})
        raise BadSetting(
            "; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in wrong.items())
        ) from None
    return {name: _without_blanks(value) for name, value in values.items()}


def _without_blanks(value: Any) -> Any:
    """Return a list with its items trimmed and the empty ones gone: `a, b,` names two things."""
    if not isinstance(value, list):
        return value
    return [item.strip() for item in value if item.strip()]


def normalize_database_url(url: str | URL) -> URL:
    """Return `url` with the driver this service ships and an absolute SQLite path.

    `postgres://`, `postgresql://` and any other PostgreSQL driver become psycopg; several
    hosts may stand there, as libpq has them.
    Raises BadSetting for other databases and for SQLite in memory, where every
    connection would see an empty database of its own.
    """
    try:
        parsed = url if isinstance(url, URL) else make_url(postgresql.with_several_hosts(url))
    except (ArgumentError, ValueError):  # ValueError for a port that is no number
        raise BadSetting("DATABASE_URL: not a database URL.") from None
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise BadSetting(f"DATABASE_URL: {backend} is not supported; use SQLite or PostgreSQL.")
    if not parsed.database or ":memory:" in parsed.database:
        raise BadSetting("DATABASE_URL: SQLite needs a file; every connection has its own memory.")
    if parsed.host:
        raise BadSetting("DATABASE_URL: write SQLite with three slashes, sqlite:///file.db.")
    path = PROJECT_ROOT / parsed.database  # an absolute path stays as it is
    return parsed.set(drivername="sqlite", database=str(path.resolve()))


def _checked_secret(secret: str, environment: str) -> str:
    if environment != "production":
        return secret or DEVELOPMENT_SECRET
    if not secret:
        raise BadSetting("SECRET_KEY: missing. " + HOW_TO_MAKE_ONE)
    if weakness := secret_weakness(secret):
        raise BadSetting(f"SECRET_KEY: {weakness}. " + HOW_TO_MAKE_ONE)
    return secret


def _refuse_weak_older_secrets(older: list[str]) -> None:
    """Raise BadSetting where anybody could sign tokens with a secret that is still accepted."""
    for secret in older:
        if weakness := secret_weakness(secret):
            raise BadSetting(f"SECRET_KEY_PREVIOUS: one is {weakness}. Leave it out.")


HOW_TO_MAKE_ONE = 'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'


def secret_weakness(secret: str) -> str | None:
    """Say why `secret` could be guessed, or None if nothing speaks against it."""
    if len(secret.encode()) < SECRET_MIN_BYTES:
        return f"shorter than {SECRET_MIN_BYTES} bytes"
    if any(word in secret.lower() for word in PLACEHOLDERS):
        return "a placeholder, not a random secret"
    if len(set(secret)) < 10:
        return "too regular to be random"
    return None


def for_extensions(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Translate our settings into the names that Flask and its extensions read."""
    return {
        "TESTING": settings["ENVIRONMENT"] == "testing",
        "SECRET_KEY_FALLBACKS": settings["SECRET_KEY_PREVIOUS"],
        "MAX_CONTENT_LENGTH": settings["MAX_BODY_BYTES"],
        "MAX_FORM_MEMORY_SIZE": settings["MAX_BODY_BYTES"],
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings),
        "JWT_ALGORITHM": "HS256",
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings["ACCESS_TOKEN_MINUTES"]),
        "JWT_COOKIE_CSRF_PROTECT": False,  # tokens travel in a header, never in a cookie
        "JWT_ENCODE_ISSUER": "learnpath",
        "JWT_ENCODE_AUDIENCE": "learnpath",
        "API_TITLE": "learnpath",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }

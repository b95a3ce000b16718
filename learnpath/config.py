"""Every setting of the service: its name, type, default and meaning."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from environs import Env, EnvError, ValidationError, validate
from limits import parse as parse_rate
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from . import database
from .gateways.mail import open_gateway

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "testing", "production")
DEVELOPMENT_SECRET = "a-default-secret-for-development-only"  # noqa: S105 - refused elsewhere
SECRET_MIN_BYTES = 32
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
PLACEHOLDERS = ("secret", "password", "change", "default", "example", "your", "learnpath")


class BadSetting(Exception):
    """The service cannot start with these settings; the message says which and why."""


class Setting(NamedTuple):
    """One row of the table: an environment variable and what it means."""

    name: str
    kind: str
    default: Any
    meaning: str
    check: Any = None


def _is_a_rate(value: str) -> None:
    try:
        parse_rate(value)
    except ValueError:
        raise ValidationError("Not a rate; write it like `10 per 15 minutes`.") from None


def _are_origins(values: list[str]) -> None:
    """Refuse `*` and other patterns, and what no browser would ever send as its origin."""
    if wrong := [
        value for value in map(str.strip, values) if value and not ORIGIN.fullmatch(value)
    ]:
        raise ValidationError(f"Not a web origin, such as https://app.example.org: {wrong[0]}")


SETTINGS = (
    Setting(
        "ENVIRONMENT",
        "str",
        "production",
        "`development`, `testing` or `production`; unset means production",
        validate.OneOf(ENVIRONMENTS),
    ),
    Setting(
        "SECRET_KEY",
        "str",
        "",
        "signs tokens and cursors; at least 32 random bytes in production",
    ),
    Setting(
        "SECRET_KEY_PREVIOUS",
        "list",
        [],
        "older secrets, comma-separated; tokens they signed are still accepted",
    ),
    Setting(
        "DATABASE_URL",
        "str",
        "sqlite:///learnpath.db",
        "SQLite or PostgreSQL; a relative SQLite path starts at the project's root",
    ),
    Setting("PORT", "int", 8000, "TCP port that gunicorn listens on"),
    Setting("HOST", "str", "127.0.0.1", "address that gunicorn listens on"),
    Setting("WEB_CONCURRENCY", "int", 0, "gunicorn worker processes; 0 means one per core"),
    Setting("THREADS", "int", 16, "threads per worker, and database connections per worker"),
    Setting(
        "TRUSTED_PROXIES",
        "int",
        0,
        "how many reverse proxies stand in front and set X-Forwarded-* headers",
    ),
    Setting(
        "LOG_FORMAT",
        "str",
        "json",
        "`json` or `plain` log lines",
        validate.OneOf(("json", "plain")),
    ),
    Setting(
        "LOG_LEVEL",
        "str",
        "INFO",
        "`DEBUG`, `INFO`, `WARNING` or `ERROR`",
        validate.OneOf(("DEBUG", "INFO", "WARNING", "ERROR")),
    ),
    Setting("REGISTRATION_OPEN", "bool", True, "whether anyone may create an account"),
    Setting(
        "STRICT_CATALOGUE",
        "bool",
        False,
        "refuse reports of unknown modules and learning paths instead of keeping them",
    ),
    Setting(
        "REQUIRE_VERIFIED_EMAIL",
        "bool",
        False,
        "refuse logins until the email address is confirmed",
    ),
    Setting("ACCESS_TOKEN_MINUTES", "int", 60, "minutes an access token lives"),
    Setting("REFRESH_IDLE_DAYS", "int", 14, "days a session lives without being refreshed"),
    Setting("REFRESH_MAX_DAYS", "int", 30, "days a session lives at most"),
    Setting(
        "REFRESH_GRACE_SECONDS",
        "int",
        10,
        "seconds in which a spent refresh token is answered with the same successor again",
    ),
    Setting("RESET_TOKEN_MINUTES", "int", 10, "minutes a password reset token lives"),
    Setting("VERIFY_TOKEN_HOURS", "int", 24, "hours an email verification token lives"),
    Setting(
        "PASSWORD_RESET_URL",
        "str",
        "",
        "page of your front end for resets, with `{token}` in it; empty: mails carry the token",
    ),
    Setting(
        "EMAIL_VERIFY_URL",
        "str",
        "",
        "page of your front end that confirms addresses, with `{token}` in it",
    ),
    Setting(
        "MAIL_URL",
        "str",
        "",
        "`smtp://user:password@host:587`, `smtps://…`, `console:`, `file:///folder`; "
        "empty: no mail is sent",
    ),
    Setting("MAIL_FROM", "str", "learnpath@localhost", "sender of outgoing mail"),
    Setting(
        "MAIL_SENDER",
        "str",
        "thread",
        "`thread`: every worker sends what is queued; `command`: only `flask mail deliver` does",
        validate.OneOf(("thread", "command")),
    ),
    Setting(
        "CORS_ORIGINS",
        "list",
        [],
        "web origins that may call the API, comma-separated",
        _are_origins,
    ),
    Setting("RATELIMIT_ENABLED", "bool", True, "count failed logins and other abuse, and refuse"),
    Setting(
        "RATELIMIT_STORAGE_URL",
        "str",
        "",
        "`redis://…` keeps the counters there; empty keeps them in the database",
    ),
    Setting(
        "LOGIN_FAILURES_PER_ACCOUNT",
        "str",
        "10 per 15 minutes",
        "failed logins before an account is refused, but not from addresses it knows",
        _is_a_rate,
    ),
    Setting(
        "LOGIN_FAILURES_PER_ADDRESS",
        "str",
        "100 per 15 minutes",
        "failed logins before an IP address is refused",
        _is_a_rate,
    ),
    Setting(
        "REGISTRATIONS_PER_ADDRESS",
        "str",
        "30 per hour",
        "registrations from one IP address",
        _is_a_rate,
    ),
    Setting(
        "RESETS_PER_ACCOUNT",
        "str",
        "5 per hour",
        "password reset and verification mails that may be asked for, per account",
        _is_a_rate,
    ),
    Setting("MAX_BODY_BYTES", "int", 1024 * 1024, "bytes a request body may have"),
    Setting("PASSWORD_HASH_MEMORY_KIB", "int", 19456, "argon2id memory in KiB"),
    Setting("PASSWORD_HASH_PASSES", "int", 2, "argon2id passes over the memory"),
    Setting(
        "PASSWORD_QUEUE",
        "int",
        8,
        "password checks that may wait for their turn, per worker; more are answered 503",
    ),
    Setting("DATABASE_POOL_TIMEOUT", "int", 5, "seconds to wait for a free database connection"),
    Setting("SQLITE_BUSY_TIMEOUT", "int", 10, "seconds SQLite waits for another writer"),
)


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
    return settings


def _from_environment() -> dict[str, Any]:
    env = Env(eager=False)
    values = {}
    for setting in SETTINGS:
        if os.environ.get(setting.name) == "":  # VAR= in a .env file means "the default"
            values[setting.name] = setting.default
            continue
        values[setting.name] = getattr(env, setting.kind)(
            setting.name, setting.default, validate=setting.check
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


def normalize_database_url(url: str) -> URL:
    """Return `url` with the driver this service ships and an absolute SQLite path.

    `postgres://`, `postgresql://` and any other PostgreSQL driver become psycopg.
    Raises BadSetting for other databases and for SQLite in memory, where every
    connection would see an empty database of its own.
    """
    try:
        parsed = make_url(url)
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

"""Read the settings once at start, and refuse those that cannot work."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from environs import Env, EnvError, ValidationError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from .db import engine, postgresql
from .settings import CONSTANTS, PROJECT_ROOT, REMOVED, RENAMED, SETTINGS, TIMEOUTS, Setting

DEVELOPMENT_SECRET = "a-default-secret-for-development-only"  # noqa: S105 - refused elsewhere
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"  # the name that prometheus-client reads
SECRET_MIN_BYTES = 32
SECRET_KEY_HELP = 'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'  # noqa: S105
PLACEHOLDERS = ("secret", "password", "change", "default", "example", "your", "learnpath")


class ConfigError(Exception):
    """The service cannot start with these settings; the message says which and why."""


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return every setting by name: `overrides` before the environment before the defaults.

    Raises ConfigError with one sentence per wrong setting, all at once.
    """
    settings = _read(overrides or {})
    settings["DATABASE_URL"] = normalize_database_url(settings["DATABASE_URL"])
    if settings["ENVIRONMENT"] == "production":
        _refuse_weak_secrets(settings["SECRET_KEY"], settings["SECRET_KEY_PREVIOUS"])
    elif not settings["SECRET_KEY"]:
        settings["SECRET_KEY"] = DEVELOPMENT_SECRET
    return settings


def wants_colours() -> bool:
    """Tell whether commands may use colours: NO_COLOR, if set, forbids it (no-color.org)."""
    return not os.environ.get("NO_COLOR")


def metrics_dir() -> str | None:
    """Return the directory where the workers share their counters; None outside gunicorn."""
    return os.environ.get(METRICS_DIR)


def set_metrics_dir(path: str) -> None:
    """Make this process and its children share their counters in the directory `path`."""
    os.environ[METRICS_DIR] = path


def _read(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constants, the derived timeouts and the settings."""
    removed = (
        name for name in REMOVED if os.environ.get(name) or (name in RENAMED and name in overrides)
    )
    errors = [f"{name}: {REMOVED[name]}." for name in removed]
    settings: dict[str, Any] = {}
    for setting in SETTINGS:
        try:
            settings[setting.name] = _value(setting, overrides)
        except EnvError as error:
            errors.append(f"{setting.name}: {' '.join(getattr(error, 'error_messages', ()))}")
        except ValidationError as error:
            errors.append(f"{setting.name}: {' '.join(error.messages)}")
    if errors:
        raise ConfigError(" ".join(errors))
    constants = {constant.name: constant.value for constant in CONSTANTS}
    base = settings["DATABASE_TIMEOUT"]
    timeouts = {timeout.name: timeout.seconds(base) for timeout in TIMEOUTS}
    return {**constants, **timeouts, **overrides, **settings}


def _value(setting: Setting, overrides: Mapping[str, Any]) -> Any:
    """Return one setting. An empty variable means the default, as `NAME=` in a .env file does."""
    if setting.name in overrides:
        value = overrides[setting.name]
    elif os.environ.get(setting.name):
        value = getattr(Env(), setting.type)(setting.name)
        if isinstance(value, list):  # `a, b,` has two items
            value = [item.strip() for item in value if item.strip()]
    else:
        value = setting.default
    if setting.validate:
        setting.validate(value)
    return value


def normalize_database_url(url: str | URL) -> URL:
    """Return `url` with the driver of this service and an absolute SQLite path.

    `postgres://`, `postgresql://` and any other PostgreSQL driver become psycopg. A URL may
    name several hosts, as in libpq.
    Raises ConfigError for other databases, and for SQLite in memory, where each
    connection has its own empty database.
    """
    try:
        parsed = url if isinstance(url, URL) else make_url(postgresql.multi_host_url(url))
    except (ArgumentError, ValueError):  # ValueError for a port that is no number
        raise ConfigError("DATABASE_URL: not a database URL.") from None
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"DATABASE_URL: {backend} is not supported; use SQLite or PostgreSQL.")
    if not parsed.database or ":memory:" in parsed.database:
        raise ConfigError("DATABASE_URL: SQLite needs a file; every connection has its own memory.")
    if parsed.host:
        raise ConfigError("DATABASE_URL: write SQLite with three slashes, sqlite:///file.db.")
    path = PROJECT_ROOT / parsed.database  # an absolute path stays as it is
    return parsed.set(drivername="sqlite", database=str(path.resolve()))


def _refuse_weak_secrets(secret: str, previous: list[str]) -> None:
    if weakness := secret_weakness(secret) if secret else "missing":
        raise ConfigError(f"SECRET_KEY: {weakness}. {SECRET_KEY_HELP}")
    if weaknesses := list(filter(None, map(secret_weakness, previous))):
        raise ConfigError(f"SECRET_KEY_PREVIOUS: one is {weaknesses[0]}. Leave it out.")


def secret_weakness(secret: str) -> str | None:
    """Return why `secret` could be guessed, or None if it is good."""
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
        "SQLALCHEMY_ENGINE_OPTIONS": engine.engine_options(settings),
        "JWT_ALGORITHM": "HS256",
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings["ACCESS_TOKEN_MINUTES"]),
        "JWT_COOKIE_CSRF_PROTECT": False,  # tokens travel in a header, never in a cookie
        "JWT_ENCODE_ISSUER": "learnpath",
        "JWT_ENCODE_AUDIENCE": "learnpath",
        "API_TITLE": "learnpath",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }

"""Every setting of the service: its name, type, default, unit and meaning."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from environs import ValidationError, validate
from limits import parse as parse_rate

ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
ENVIRONMENTS = ("development", "testing", "production")
MANY = 1_000_000  # no number is greater, so that days end before the year 9999
NOT_ZERO = (
    "THREADS",
    "HEALTH_TIMEOUT",
    "ACCESS_TOKEN_MINUTES",
    "REFRESH_IDLE_DAYS",
    "REFRESH_MAX_DAYS",
    "RESET_TOKEN_MINUTES",
    "VERIFY_TOKEN_HOURS",
    "PASSWORD_HASH_PASSES",
)


class Setting(NamedTuple):
    """One row of the table: an environment variable and what it means."""

    name: str
    kind: str
    default: Any
    meaning: str
    check: Any = None

    @property
    def validator(self) -> Any:
        """Return what refuses a wrong value: no number is negative, and some are bound closer."""
        if self.check or self.kind != "int":
            return self.check
        return validate.Range(min=int(self.name in NOT_ZERO), max=MANY)


def _is_a_rate(value: str) -> None:
    try:
        parse_rate(value)
    except ValueError:
        raise ValidationError("Not a rate; write it like `10 per 15 minutes`.") from None


def _are_origins(values: list[str]) -> None:
    """Refuse `*` and other patterns, and what no browser would ever send as its origin."""
    given = [value.strip() for value in values if value.strip()]
    if wrong := [value for value in given if not ORIGIN.fullmatch(value)]:
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
    Setting("PORT", "int", 8000, "TCP port that gunicorn listens on", validate.Range(0, 65535)),
    Setting("HOST", "str", "127.0.0.1", "address that gunicorn listens on"),
    Setting("WEB_CONCURRENCY", "int", 0, "gunicorn worker processes; 0 means one per core"),
    Setting("THREADS", "int", 16, "threads per worker, and database connections per worker"),
    Setting(
        "PIN_WORKERS",
        "bool",
        True,
        "keep each worker on one core, where there are as many for each of them (Linux)",
    ),
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
    Setting("READ_ONLY", "bool", False, "refuse logins and every write with 503; reads go on"),
    Setting("METRICS_ENABLED", "bool", False, "count what happens, for Prometheus, at `/metrics`"),
    Setting("METRICS_TOKEN", "str", "", "bearer token for `/metrics`; needed in production"),
    Setting(
        "SLOW_QUERY_MS", "int", 500, "milliseconds after which a statement is logged; 0: never"
    ),
    Setting("COMMIT", "str", "", "the commit this was built from, for `/version`"),
    Setting("HEALTH_TIMEOUT", "int", 2, "seconds that `/health/ready` waits for the database"),
    Setting(
        "SHUTDOWN_DELAY",
        "int",
        2,
        "seconds to go on serving after SIGTERM while `/health/ready` already answers 503",
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
    Setting(
        "MAX_BODY_BYTES",
        "int",
        1024 * 1024,
        "bytes a request body may have",
        validate.Range(min=1),
    ),
    Setting(
        "PASSWORD_HASH_MEMORY_KIB",
        "int",
        19456,
        "argon2id memory in KiB; 8 at least",
        validate.Range(min=8),
    ),
    Setting("PASSWORD_HASH_PASSES", "int", 2, "argon2id passes over the memory"),
    Setting(
        "PASSWORD_QUEUE",
        "int",
        8,
        "password checks that may wait for their turn, per worker; more are answered 503",
    ),
    Setting("DATABASE_POOL_TIMEOUT", "int", 5, "seconds to wait for a free database connection"),
    Setting("DATABASE_CONNECT_TIMEOUT", "int", 2, "seconds to wait for PostgreSQL, per host"),
    Setting("DATABASE_STATEMENT_TIMEOUT", "int", 10, "seconds a statement may take; 0: for ever"),
    Setting("DATABASE_LOCK_TIMEOUT", "int", 5, "seconds to wait for a row that others change"),
    Setting("DATABASE_IDLE_TIMEOUT", "int", 30, "seconds a transaction may do nothing"),
    Setting("DATABASE_NETWORK_TIMEOUT", "int", 5, "seconds of silence until a network is given up"),
    Setting("SQLITE_BUSY_TIMEOUT", "int", 10, "seconds SQLite waits for another writer"),
)

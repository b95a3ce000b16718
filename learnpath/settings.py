"""Every setting of the service: its name, type, default, unit and meaning."""

import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from environs import ValidationError
from marshmallow.validate import OneOf, Range

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
BASE_URL = re.compile(ORIGIN.pattern + r"(/[^?#\s]*)?")
ENVIRONMENTS = ("development", "testing", "production")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAIL_SCHEMES = ("smtp", "smtps", "console", "file")
LINK_FIELDS = ("{kind}", "{token}")
INT_MAX = 1_000_000
NOT_NEGATIVE = Range(min=0, max=INT_MAX)
POSITIVE = Range(min=1, max=INT_MAX)


class Setting(NamedTuple):
    """A setting that comes from the environment variable of the same name."""

    name: str
    type: str
    default: Any
    help: str
    validate: Any = None


class Constant(NamedTuple):
    """A value without an environment variable; `create_app` and `app.config` accept another."""

    name: str
    value: int
    unit: str
    reason: str


class Timeout(NamedTuple):
    """A time limit that follows from DATABASE_TIMEOUT: `share` of it, and 1 second at least."""

    name: str
    share: float
    help: str

    def seconds(self, database_timeout: float) -> int:
        """Return the limit in whole seconds."""
        return max(1, round(database_timeout * self.share))


def validate_origins(values: list[str]) -> None:
    """Refuse `*`, other patterns, and everything else that is not a web origin."""
    if wrong := [value for value in values if not ORIGIN.fullmatch(value)]:
        raise ValidationError(f"Not a web origin, such as https://app.example.org: {wrong[0]}")


def validate_public_url(value: str) -> None:
    """Refuse what is not a web address, or has a query or a fragment."""
    if value and not BASE_URL.fullmatch(value):
        raise ValidationError("Not a web address, such as https://learn.example.org.")


def validate_link_url(value: str) -> None:
    """Refuse an address that lacks one of its two placeholders."""
    if missing := [field for field in LINK_FIELDS if value and field not in value]:
        raise ValidationError(
            f"{missing[0]} is missing; write it like https://app.example.org/{{kind}}?token={{token}}."
        )


def validate_mail_url(value: str) -> None:
    """Refuse a scheme without a gateway, and what is not a URL."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises ValueError unless it is a number
    except ValueError as error:
        raise ValidationError(f"{error}.") from None
    if value and parts.scheme not in MAIL_SCHEMES:
        raise ValidationError(
            f"{parts.scheme or value} is not supported; use smtp, smtps, console or file."
        )


def validate_factor(value: float) -> None:
    """Refuse a negative number, `inf` and `nan`."""
    if not 0 <= value <= INT_MAX:
        raise ValidationError(f"Must be a number from 0 to {INT_MAX}.")


# fmt: off
SETTINGS = (
    Setting("ENVIRONMENT", "str", "production",
            "`development`, `testing` or `production`; unset means production",
            OneOf(ENVIRONMENTS)),
    Setting("SECRET_KEY", "str", "",
            "signs tokens and cursors; at least 32 random bytes in production"),
    Setting("SECRET_KEY_PREVIOUS", "list", [],
            "older secrets, comma-separated; tokens that they signed are still accepted"),
    Setting("DATABASE_URL", "str", "sqlite:///learnpath.db",
            "SQLite or PostgreSQL; a relative SQLite path starts at the project's root"),
    Setting("DATABASE_TIMEOUT", "int", 10,
            "seconds that a statement may take, 1 to 3600; the other time limits follow from it",
            Range(min=1, max=3600)),
    Setting("PORT", "int", 8000, "TCP port that gunicorn listens on", Range(min=0, max=65535)),
    Setting("HOST", "str", "127.0.0.1", "address that gunicorn listens on"),
    Setting("WEB_CONCURRENCY", "int", 0,
            "gunicorn worker processes; 0 means one per core", NOT_NEGATIVE),
    Setting("THREADS", "int", 16,
            "threads per worker, and database connections per worker", POSITIVE),
    Setting("TRUSTED_PROXIES", "int", 0,
            "number of reverse proxies in front that set X-Forwarded-* headers", NOT_NEGATIVE),
    Setting("LOG_FORMAT", "str", "json", "`json` or `plain` log lines", OneOf(("json", "plain"))),
    Setting("LOG_LEVEL", "str", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`", OneOf(LOG_LEVELS)),
    Setting("READ_ONLY", "bool", False, "refuse logins and every write with 503; reads go on"),
    Setting("METRICS_TOKEN", "str", "",
            "bearer token for Prometheus at `/metrics`; empty turns metrics off"),
    Setting("SLOW_QUERY_MS", "int", 500,
            "milliseconds after which a statement is logged; 0 means never", NOT_NEGATIVE),
    Setting("GIT_COMMIT", "str", "", "the commit this was built from, for `/version`"),
    Setting("SHUTDOWN_DELAY", "int", 2,
            "seconds to go on serving after SIGTERM while `/health/ready` already answers 503",
            NOT_NEGATIVE),
    Setting("REGISTRATION_OPEN", "bool", True, "whether anyone may create an account"),
    Setting("STRICT_CATALOGUE", "bool", False,
            "refuse reports of unknown modules and learning paths instead of storing them"),
    Setting("REQUIRE_VERIFIED_EMAIL", "bool", False,
            "refuse logins until the email address is confirmed"),
    Setting("PUBLIC_URL", "str", "",
            "address under which users reach the service, such as `https://learn.example.org`",
            validate_public_url),
    Setting("LINK_URL", "str", "",
            "page of your front end for emailed tokens, with `{kind}` (`reset` or `verify`) and "
            "`{token}`; empty: emails carry the token", validate_link_url),
    Setting("MAIL_URL", "str", "",
            "`smtp://user:password@host:587`, `smtps://…`, `console:`, `file:///folder`; "
            "empty: no email is sent", validate_mail_url),
    Setting("MAIL_FROM", "str", "learnpath@localhost", "sender of outgoing email"),
    Setting("MAIL_SENDER", "str", "thread",
            "`thread`: every worker sends queued email; `command`: only `flask mail deliver` does",
            OneOf(("thread", "command"))),
    Setting("CORS_ORIGINS", "list", [],
            "web origins that may call the API, comma-separated", validate_origins),
    Setting("REDIS_URL", "str", "",
            "`redis://…` stores the counters of rate limits; empty stores them in the database"),
    Setting("RATE_LIMIT_FACTOR", "float", 1.0,
            "multiplies every rate limit; 0 turns them off", validate_factor),
    Setting("MAX_BODY_BYTES", "int", 1024 * 1024,
            "bytes that a request body may have", Range(min=1)),
)
TIMEOUTS = (
    Timeout("DATABASE_POOL_TIMEOUT", 1 / 2, "wait for a free connection of the pool"),
    Timeout("DATABASE_CONNECT_TIMEOUT", 1 / 5, "wait for PostgreSQL to accept, per host"),
    Timeout("DATABASE_STATEMENT_TIMEOUT", 1, "run one statement"),
    Timeout("DATABASE_LOCK_TIMEOUT", 1 / 2, "wait for a row that another transaction locks"),
    Timeout("DATABASE_IDLE_TIMEOUT", 3, "keep a transaction open without a statement"),
    Timeout("DATABASE_NETWORK_TIMEOUT", 1 / 2, "get no packet from PostgreSQL"),
    Timeout("SQLITE_BUSY_TIMEOUT", 1, "wait for another writer of SQLite"),
)
CONSTANTS = (
    Constant("HEALTH_TIMEOUT", 2, "seconds",
             "`/health/ready` answers before a load balancer gives up, often after 3 to 5 seconds"),
    Constant("ACCESS_TOKEN_MINUTES", 60, "minutes",
             "a stolen access token expires soon, and clients seldom need to refresh"),
    Constant("REFRESH_IDLE_DAYS", 14, "days",
             "a learner stays logged in over two weeks of holidays"),
    Constant("REFRESH_MAX_DAYS", 30, "days",
             "NIST SP 800-63B asks for a new login after 30 days at AAL1"),
    Constant("REFRESH_GRACE_SECONDS", 10, "seconds",
             "two tabs, or a client that lost the response, use a refresh token twice"),
    Constant("RESET_TOKEN_MINUTES", 10, "minutes",
             "a reset token is as good as a password, and is used at once"),
    Constant("VERIFY_TOKEN_HOURS", 24, "hours",
             "NIST SP 800-63A allows 24 hours for an emailed code"),
    Constant("PASSWORD_HASH_MEMORY_KIB", 19456, "KiB",
             "OWASP's first choice for argon2id: 19 MiB, 2 passes, one lane"),
    Constant("PASSWORD_HASH_PASSES", 2, "passes", "belongs to PASSWORD_HASH_MEMORY_KIB"),
    Constant("PASSWORD_QUEUE_LENGTH", 8, "password checks",
             "a flood of logins leaves threads for other requests; more checks are answered 503"),
)
# fmt: on
RENAMED = {
    "METRICS_ENABLED": "metrics are on when METRICS_TOKEN is set",
    "COMMIT": "renamed to GIT_COMMIT",
    "PASSWORD_RESET_URL": "replaced by LINK_URL, with {kind} and {token}",
    "EMAIL_VERIFY_URL": "replaced by LINK_URL, with {kind} and {token}",
    "RATELIMIT_ENABLED": "replaced by RATE_LIMIT_FACTOR; 0 turns rate limits off",
    "RATELIMIT_STORAGE_URL": "renamed to REDIS_URL",
    "PIN_WORKERS": "removed; workers are pinned where each core gets as many",
    "PASSWORD_QUEUE": "replaced by the constant PASSWORD_QUEUE_LENGTH",
}
# Refused as environment variables only: `create_app` accepts them.
REMOVED = {
    **RENAMED,
    "LOGIN_FAILURES_PER_ACCOUNT": "replaced by RATE_LIMIT_FACTOR",
    "LOGIN_FAILURES_PER_ADDRESS": "replaced by RATE_LIMIT_FACTOR",
    "REGISTRATIONS_PER_ADDRESS": "replaced by RATE_LIMIT_FACTOR",
    "RESETS_PER_ACCOUNT": "replaced by RATE_LIMIT_FACTOR",
    **{timeout.name: "replaced by DATABASE_TIMEOUT" for timeout in TIMEOUTS},
    **{name: f"fixed at {value} {unit}; not a setting" for name, value, unit, _ in CONSTANTS},
}

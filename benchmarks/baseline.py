"""The baseline: the same work, written by hand as a bare WSGI application on a raw driver.

It has four endpoints. For each it does what the service has to do: the token cache, the account
check, the same statements, the same fold, the same JSON and the same headers. `speed.py` compares
its responses with those of the service before it measures. What the service needs beyond the
baseline is the cost of the framework, validation, routing, logging and readable code.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import time
import uuid
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jwt
import orjson
import psycopg
from itsdangerous import URLSafeSerializer
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from learnpath.auth.tokens import key_id
from learnpath.clock import rfc3339
from learnpath.config import normalize_database_url
from learnpath.db.engine import sqlite3
from learnpath.progress.rules.events import (
    COMPLETED,
    REOPENED,
    SATISFYING,
    STARTED,
    ProgressEvent,
    State,
    apply,
)
from learnpath.progress.rules.paths import PathModule, PathOutline, is_complete, locked_modules

SECRET = os.environ["SECRET_KEY"]
URL = normalize_database_url(os.environ["DATABASE_URL"])
IS_SQLITE = URL.get_backend_name() == "sqlite"
STATE = tuple(State.__dataclass_fields__)
PROFILE = (
    "id, name, email, email_verified, role, status, timezone, learning_path, created_at, updated_at"
)
HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]

if IS_SQLITE:
    MAP = """(SELECT json_group_object(module_slug, json(CASE WHEN status IN ('completed',
        'waived') THEN 'true' ELSE 'false' END)) FROM progress WHERE user_id = u.id)"""
    UPDATE, SHARE, KEY_SHARE = "", "", ""
else:
    MAP = """(SELECT coalesce(json_object_agg(module_slug, status IN ('completed', 'waived'))::text,
        '{}') FROM progress WHERE user_id = u.id)"""
    UPDATE, SHARE, KEY_SHARE = " FOR NO KEY UPDATE", " FOR SHARE", " FOR KEY SHARE"

COLUMNS = ", ".join(f"u.{name}" for name in PROFILE.split(", "))
SQL = {
    "caller": """SELECT u.role FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.id = :user
        AND u.status = 'active' AND s.id = :session AND s.expires_at > :moment""",
    "me": f"""SELECT {COLUMNS}, {MAP} FROM users u JOIN sessions s ON s.user_id = u.id
        WHERE u.id = :user AND u.status = 'active' AND s.id = :session
        AND s.expires_at > :moment""",
    "profile": f"SELECT {COLUMNS}, {MAP} FROM users u WHERE u.id = :user",
    "page": f"SELECT {COLUMNS}, {MAP} FROM users u ORDER BY u.id LIMIT :size",
    "lock": f"SELECT id, timezone FROM users WHERE id = :user{UPDATE}",
    "module": f"""SELECT slug, status, revision FROM modules WHERE slug = :module OR slug =
        (SELECT module_slug FROM module_aliases WHERE slug = :module){KEY_SHARE}""",
    "record": f"""SELECT {", ".join(STATE)} FROM progress WHERE user_id = :user
        AND module_slug = :module""",
    "paths": """SELECT p.slug, p.order_policy, m.module_slug, m.required, m.requires,
        o.estimated_minutes FROM paths p JOIN path_modules m ON m.path_slug = p.slug
        JOIN modules o ON o.slug = m.module_slug JOIN enrollments e ON e.path_slug = p.slug
        WHERE o.status = 'published' AND e.user_id = :user AND e.status = 'active'
        ORDER BY p.slug, m.position""",
    "enrollments": f"""SELECT id, path_slug, started_at FROM enrollments WHERE user_id = :user
        AND path_slug = :path AND status = 'active' ORDER BY path_slug{UPDATE}""",
    "event": """INSERT INTO progress_events (id, kind, occurred_at, percent, score, time_spent,
        position, revision, user_id, module_slug, received_at, local_date, reported_by, digest)
        VALUES (:id, :kind, :occurred_at, :percent, :score, :time_spent, :position, :revision,
        :user_id, :module_slug, :received_at, :local_date, :reported_by, :digest)
        ON CONFLICT (user_id, id) DO NOTHING RETURNING user_id""",
    "account": """SELECT u.id, u.password_hash, u.status, u.email_verified, (SELECT k.last_login_at
        FROM known_ips k WHERE k.user_id = u.id AND k.ip_digest = :digest
        AND k.last_login_at > :since) FROM users u WHERE u.email = :email""",
    "hits": """SELECT key, hits FROM rate_limit_counters WHERE key IN (:first, :second)
        AND expires_at > :now""",
    "known": """INSERT INTO known_ips (user_id, ip_digest, last_login_at)
        VALUES (:user, :digest, :moment) ON CONFLICT (user_id, ip_digest)
        DO UPDATE SET last_login_at = excluded.last_login_at""",
    "session": f"""INSERT INTO sessions (user_id, label, seed, counter, created_at,
        last_refreshed_at, expires_at) SELECT id, '', :seed, 0, :moment, :moment, :end FROM users
        WHERE id = :user AND status = 'active' AND password_hash = :hashed{SHARE}
        RETURNING id""",
}
ROW = (*STATE, "user_id", "module_slug", "status", "updated_at")
SQL["upsert"] = (
    f"INSERT INTO progress ({', '.join(ROW)}) VALUES ({', '.join(':' + name for name in ROW)}) "
    "ON CONFLICT (user_id, module_slug) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ROW)
)
if not IS_SQLITE:
    SQL = {name: re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", text) for name, text in SQL.items()}

of_this_thread = threading.local()
one_hash_at_a_time = threading.Lock()


def connection():
    """Return the connection of this thread, in autocommit."""
    if not hasattr(of_this_thread, "connection"):
        of_this_thread.connection = _connect()
    return of_this_thread.connection


def _connect():
    if not IS_SQLITE:
        plain = URL.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)
    connection = sqlite3.connect(URL.database, timeout=10, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def execute(statement, **values):
    return connection().execute(SQL[statement], values)


@contextmanager
def transaction():
    connection().execute("BEGIN IMMEDIATE" if IS_SQLITE else "BEGIN")
    try:
        yield
    except BaseException:
        connection().execute("ROLLBACK")
        raise
    connection().execute("COMMIT")


def to_database(moment):
    """Return a datetime as the driver takes it."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") if IS_SQLITE else moment


def format_timestamp(moment):
    """Return a stored timestamp as clients see it."""
    return moment.replace(" ", "T") + "Z" if IS_SQLITE else rfc3339(moment)


def from_database(moment):
    if moment is None or not IS_SQLITE:
        return moment
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def now():
    return datetime.now(UTC)


class Refused(Exception):
    pass


@lru_cache(maxsize=4096)
def verify_token(token):
    if jwt.get_unverified_header(token).get("kid") != key_id(SECRET):
        raise Refused
    claims = jwt.decode(
        token, SECRET, algorithms=["HS256"], issuer="learnpath", audience="learnpath", leeway=60,
        options={"require": ["exp", "iat", "jti", "type", "iss", "aud", "sub", "sid"]},
    )  # fmt: skip
    if claims["type"] != "access":
        raise Refused
    return int(claims["sub"]), claims["sid"], claims["exp"]


def caller(environ, statement="caller"):
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused
    user, session, expires_at = verify_token(token)
    moment = now()
    if expires_at < moment.timestamp() - 60:
        raise Refused
    row = execute(statement, user=user, session=session, moment=to_database(moment)).fetchone()
    if row is None:
        raise Refused
    return user, row


def user_dict(row):
    return {
        "id": row[0],
        "name": row[1],
        "email": row[2],
        "email_verified": bool(row[3]),
        "role": row[4],
        "status": row[5],
        "timezone": row[6],
        "learning_path": row[7],
        "progress": orjson.Fragment(row[10]),
        "created_at": format_timestamp(row[8]),
        "updated_at": format_timestamp(row[9]),
    }


def me(environ):
    _, row = caller(environ, "me")
    return user_dict(row), []


def login(environ):
    body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    email, password = body.pop("email").strip().lower(), body.pop("password")
    if body or not email.isascii():
        raise Refused
    moment, address = now(), digest(environ["REMOTE_ADDR"])
    since = to_database(moment - timedelta(days=30))
    account = execute("account", email=email, digest=address, since=since).fetchone()
    user, hashed, status, _, seen_at = account
    keys = f"LIMITER/address/{address}", f"LIMITER/account/{digest(email)}"
    first, second = keys
    hits = dict(execute("hits", first=first, second=second, now=time.time()).fetchall())
    if status != "active" or any(hits.get(key, 0) >= 10 for key in keys):
        raise Refused
    with one_hash_at_a_time:
        argon2id.verify(hashed.encode(), password.encode())
    moment, seed = now(), secrets.token_hex(32)
    times = {"moment": to_database(moment), "end": to_database(moment + timedelta(days=14))}
    if seen_at is None:
        execute("known", user=user, digest=address, moment=times["moment"])
    ((session,),) = execute("session", user=user, hashed=hashed, seed=seed, **times).fetchall()
    return issue_tokens(user, session, seed, moment), []


def digest(text):
    return hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256).hex()[:32]


def issue_tokens(user, session, seed, moment):
    message = f"refresh token 0 of session {session} {seed}".encode()
    proof = urlsafe_b64encode(hmac.digest(SECRET.encode(), message, hashlib.sha256))
    begin = int(moment.timestamp())
    claims = {"iat": begin, "nbf": begin, "exp": begin + 3600, "jti": str(uuid.uuid4()),
              "type": "access", "fresh": False, "sub": str(user), "sid": session,
              "iss": "learnpath", "aud": "learnpath"}  # fmt: skip
    return {
        "access_token": jwt.encode(claims, SECRET, headers={"kid": key_id(SECRET)}),
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": f"lr_{session}_0_{proof.decode().rstrip('=')}",
    }


def users(environ):
    _, (role,) = caller(environ)
    size = int(environ["QUERY_STRING"].partition("page_size=")[2])
    if role != "admin" or not 1 <= size <= 100:
        raise Refused
    rows = execute("page", size=size + 1).fetchall()
    page = [user_dict(row) for row in rows[:size]]
    cursor = URLSafeSerializer([SECRET], salt="cursor:users").dumps([page[-1]["id"]])
    first = f"/api/v1/users/?page_size={size}"
    return page, [
        ("X-Pagination", json.dumps({"page_size": size, "next_cursor": cursor})),
        ("Link", f'<{first}&cursor={cursor}>; rel="next", <{first}>; rel="first"'),
    ]


def report(environ):
    user, _ = caller(environ)
    body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    module, completed = body.pop("module_id"), body.pop("completed")
    is_valid = re.fullmatch("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", module)
    if body or not is_valid or completed not in (True, False):
        raise Refused
    changed, unlocked, completed_paths = write(user, module, completed)
    row = execute("profile", user=user).fetchone()
    outcome = {"changed": changed, "unlocked": unlocked, "completed_paths": completed_paths}
    return user_dict(row) | outcome, []


def write(user, module, completed):
    try:
        with transaction():
            return _write(user, module, completed)
    except Unchanged:
        return False, [], []


class Unchanged(Exception):
    pass


def _write(user, module, completed):
    _, timezone = execute("lock", user=user).fetchone()
    slug, _, revision = execute("module", module=module).fetchone()
    row = execute("record", user=user, module=slug).fetchone()
    state = state_of(row)
    paths = active_paths(user)
    statuses = module_statuses(user, paths)
    locked = locked_modules(paths, statuses)
    if slug in locked:
        raise Refused
    kind = COMPLETED if completed else REOPENED if state.is_completed else STARTED
    moment = now()
    last_activity = state.last_activity_at
    event = ProgressEvent(
        id=f"direct:{uuid.uuid4()}",
        kind=kind,
        occurred_at=max(moment, last_activity + timedelta(microseconds=1))
        if last_activity
        else moment,
        revision=revision if completed else None,
    )
    after = apply(state, event)
    if row and after.equivalent_to(state):
        raise Unchanged
    append_event(user, slug, event, timezone)
    values = {**vars(after), "position": position_text(after.position)}
    moments = {
        name: to_database(value) for name, value in values.items() if isinstance(value, datetime)
    }
    execute("upsert", **values | moments, user_id=user, module_slug=slug, status=after.status,
        updated_at=to_database(now()))  # fmt: skip
    still = locked_modules(paths, {**statuses, slug: after.status})
    unlocked = [one for one in locked if one not in still and one != slug]
    return True, unlocked, check_paths(user, paths)


def append_event(user, module, event, timezone):
    values = {key: value for key, value in vars(event).items() if key not in ("id", "revision")}
    values = {
        "module": module,
        **{key: value for key, value in values.items() if value is not None},
    }
    digest = hashlib.sha256(
        json.dumps(values, sort_keys=True, default=datetime.isoformat).encode()
    ).hexdigest()
    values = {**vars(event), "occurred_at": to_database(event.occurred_at)}
    local_date = event.occurred_at.astimezone(ZoneInfo(timezone)).date()
    execute("event", **values, user_id=user, module_slug=module, received_at=to_database(now()),
        local_date=local_date.isoformat() if IS_SQLITE else local_date,
        reported_by=user, digest=digest).fetchone()  # fmt: skip


def check_paths(user, paths):
    """Check which paths are complete now: none, since no user of the benchmark completes one."""
    if not paths:
        return []
    active = [execute("enrollments", user=user, path=path.slug).fetchall() for path in paths]
    again = active_paths(user)
    statuses = module_statuses(user, again)
    if not all(active) or any(is_complete(path, statuses) for path in again):
        raise NotImplementedError("a path of the benchmark was completed")
    return []


def state_of(row):
    if row is None:
        return State()
    values = dict(zip(STATE, row, strict=True))
    moments = {name: from_database(value) for name, value in values.items() if name.endswith("_at")}
    return State(**values | moments)


def active_paths(user):
    modules = {}
    for slug, policy, module, required, requires, minutes in execute("paths", user=user).fetchall():
        needs = tuple(json.loads(requires) if isinstance(requires, str) else requires)
        path_module = PathModule(
            module=module, required=bool(required), requires=needs, minutes=minutes or 0
        )
        modules.setdefault((slug, policy), []).append(path_module)
    return [
        PathOutline(slug=slug, modules=tuple(path_modules), is_sequential=policy == "sequential")
        for (slug, policy), path_modules in modules.items()
    ]


def module_statuses(user, paths):
    modules = [module.module for path in paths for module in path.modules]
    if not modules:
        return {}
    start = "SELECT module_slug, status FROM progress WHERE user_id = "
    if IS_SQLITE:
        text = f"{start}? AND module_slug IN ({', '.join('?' * len(modules))})"
        return dict(connection().execute(text, [user, *modules]).fetchall())
    text = f"{start}%s AND module_slug = ANY(%s)"
    return dict(connection().execute(text, [user, modules]).fetchall())


def position_text(position):
    return None if position is None else json.dumps(position)


ROUTES = {
    ("GET", "/api/v1/users/me"): me,
    ("GET", "/api/v1/users/"): users,
    ("POST", "/api/v1/users/me/progress"): report,
    ("POST", "/api/v1/users/login"): login,
}
assert COMPLETED in SATISFYING


def application(environ, start_response):
    """Respond as the service does; every refusal is 400 here."""
    try:
        data, headers = ROUTES[environ["REQUEST_METHOD"], environ["PATH_INFO"]](environ)
    except (Refused, KeyError, ValueError, jwt.PyJWTError, CryptoError):
        start_response("400 Bad Request", [("Content-Length", "0")])
        return [b""]
    body = orjson.dumps(data)
    request_id = ("X-Request-ID", uuid.uuid4().hex)
    size = ("Content-Length", str(len(body)))
    start_response("200 OK", [*HEADERS, *headers, request_id, size])
    return [body]

"""The audit log: a line for each security event, with actor and user, and without secrets."""

import re

import pytest
import sqlalchemy as sa

from learnpath.db import db

from .actions import log_in
from .cast import PASSWORD

WORD = re.compile(r"[A-Za-z0-9_.:,-]*")


@pytest.fixture
def events(logged):
    """Return what was recorded since the last look: `[("login.ok", {"user_id": 7, …})]`."""
    seen = []

    def look():
        new = logged.records[len(seen) :]
        seen.extend(new)
        return [
            (
                record.fields["event"],
                {name: record.fields[name] for name in FIELDS & record.fields.keys()},
            )
            for record in new
            if record.name == "learnpath.observability.audit"
        ]

    return look


FIELDS = {"user_id", "by", "role", "status", "key_id", "session_id", "scopes", "setting"}


def test_a_login_and_a_failed_login(api, alice, events):
    events()
    log_in(api, alice.email, alice.password)
    log_in(api, alice.email, "not her password", expect=401)
    log_in(api, "nobody@example.org", alice.password, expect=401)
    assert events() == [
        ("login.ok", {"user_id": alice.id}),
        ("login.failed", {"user_id": alice.id}),
        ("login.failed", {"user_id": None}),
    ]


def test_a_login_that_is_not_committed_is_not_recorded(api, alice, events, monkeypatch):
    def fail():
        raise sa.exc.OperationalError("COMMIT", {}, Exception("the connection died"))

    monkeypatch.setattr(db.session, "commit", fail)
    credentials = {"email": alice.email, "password": alice.password}
    assert api.status_of("POST", "/users/login", credentials) == 503
    assert events() == []


def test_where_it_came_from(api, alice, logged):
    log_in(api, alice.email, alice.password)
    (record,) = (
        record for record in logged.records if record.name == "learnpath.observability.audit"
    )
    assert (record.levelname, record.fields["address"]) == ("INFO", "127.0.0.1")


def test_too_many_failures(api, alice, events, settings):
    settings(LOGIN_FAILURES_PER_ACCOUNT="1 per minute")
    for expect in (401, 429):
        log_in(api, alice.email, "not her password", expect=expect)
    assert events()[-1] == ("throttled", {"setting": "LOGIN_FAILURES_PER_ACCOUNT"})


def test_a_reset(api, alice, events, mailbox):
    api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    new = {"token": mailbox.token_for(alice.email), "password": "battery staple horse"}
    api.post("/auth/password/reset", new, expect=204)
    assert events() == [
        ("reset.requested", {}),
        ("password.changed", {"user_id": alice.id}),
        ("reset.done", {"user_id": alice.id}),
    ]


def test_a_reset_by_an_operator(app, alice, events):
    app.test_cli_runner().invoke(args=["users", "reset-link", alice.email])
    assert events() == [("reset.issued", {"user_id": alice.id})]


def test_a_changed_password(api, alice, ada, events):
    api.as_(alice).put(
        "/users/me", {"password": "battery staple horse", "current_password": PASSWORD}
    )
    api.as_(ada).put(f"/users/{alice.id}", {"password": "staple battery horse"})
    assert events() == [
        ("password.changed", {"user_id": alice.id, "by": alice.id}),
        ("password.changed", {"user_id": alice.id, "by": ada.id}),
    ]


def test_a_wrong_current_password(api, alice, events):
    change = {"email": "al@example.org", "current_password": "wrong guess"}
    api.as_(alice).put("/users/me", change, expect=422)
    assert events() == [("password.failed", {"user_id": alice.id, "by": alice.id})]


def test_a_confirmed_address(api, events, mailbox):
    new = {"name": "Eve", "email": "eve@example.org", "password": PASSWORD}
    eve = api.post("/users/register", new, expect=201)
    api.post("/auth/email/verify", {"token": mailbox.token_for(new["email"])}, expect=204)
    assert events()[-1] == ("email.verified", {"user_id": eve["id"]})


def test_a_changed_role_and_status(api, app, alice, ada, events):
    api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "instructor"})
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    app.test_cli_runner().invoke(args=["users", "activate", alice.email])
    assert events() == [
        ("role.changed", {"user_id": alice.id, "role": "instructor", "by": ada.id}),
        ("status.changed", {"user_id": alice.id, "status": "deactivated", "by": ada.id}),
        ("status.changed", {"user_id": alice.id, "status": "active"}),
    ]


def test_a_deletion(api, alice, mallory, ada, events):
    api.as_(alice).delete("/users/me")
    api.as_(ada).delete(f"/users/{mallory.id}")
    assert events() == [
        ("user.removed", {"user_id": alice.id, "by": alice.id}),
        ("user.removed", {"user_id": mallory.id, "by": ada.id}),
    ]


def test_a_refresh_token_that_is_used_again(api, alice, events, settings):
    settings(REFRESH_GRACE_SECONDS=-1)
    spent = log_in(api, alice.email, alice.password)["refresh_token"]
    api.post("/auth/refresh", {"refresh_token": spent})
    events()
    api.post("/auth/refresh", {"refresh_token": spent}, expect=401)
    ((event, fields),) = events()
    assert (event, fields["user_id"]) == ("refresh.reused", alice.id)
    assert fields["session_id"] > 0


def test_the_life_of_a_key(api, alice, ada, events):
    new = {"name": "robot", "scopes": ["users:read"]}
    made = api.as_(ada).post("/api-keys", new, expect=201)
    with_key = {"headers": {"Authorization": f"Bearer {made['key']}"}}
    api.get(f"/users/{alice.id}", **with_key)
    api.delete(f"/users/{alice.id}", **with_key, expect=403)
    api.as_(ada).delete(f"/api-keys/{made['id']}")
    assert events() == [
        ("key.created", {"key_id": made["id"], "scopes": "users:read", "by": ada.id}),
        ("key.used", {"key_id": made["id"]}),
        ("key.used", {"key_id": made["id"]}),
        ("key.revoked", {"key_id": made["id"], "by": ada.id}),
    ]


def test_what_is_refused_is_not_recorded_as_done(api, alice, mallory, ada, events):
    api.as_(mallory).patch(f"/users/{alice.id}/role", {"role": "admin"}, expect=403)
    api.as_(mallory).delete(f"/users/{alice.id}", expect=403)
    api.as_(ada).delete("/users/me", expect=409)
    api.as_(ada).patch("/users/me/role", {"role": "learner"}, expect=409)
    assert events() == []


@pytest.mark.parametrize(
    "forged",
    [
        'alice@example.org\n{"event": "login.ok"}',
        "alice@example.org\r\nlogin.ok user_id=1",
        "\x1b[2Jalice@example.org",
        "alice@example.org user_id=1 role=admin",
        "alice@example.org\u2028login.ok",
    ],
)
def test_nobody_writes_a_line_of_their_own(api, logged, forged):
    """Whatever a stranger sends as address, password, token or device: fields are plain words."""
    headers = {"User-Agent": forged.encode("unicode-escape").decode()}
    for url, body in (
        ("/users/login", {"email": forged, "password": forged}),
        ("/auth/password/forgot", {"email": forged}),
        ("/auth/refresh", {"refresh_token": forged}),
        ("/auth/password/reset", {"token": forged, "password": "battery staple horse"}),
    ):
        api.app.test_client().post(f"/api/v1{url}", json=body, headers=headers)
    records = [
        record for record in logged.records if record.name == "learnpath.observability.audit"
    ]
    for record in records:
        assert record.getMessage().isprintable()
        assert "address" in record.fields
        assert all(WORD.fullmatch(str(value)) for value in record.fields.values())
        assert "alice" not in record.getMessage()

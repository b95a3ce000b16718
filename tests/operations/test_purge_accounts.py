"""`flask purge` of what accounts leave behind: of each kind goes what expired, and only that."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from learnpath.api_keys.models import ApiKey
from learnpath.auth.models import KnownIp, OneTimeToken, Session
from learnpath.clock import now
from learnpath.db import db
from learnpath.mail.models import QueuedEmail
from learnpath.rate_limits.models import RateLimitCounter

A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def store_old(app, alice):
    """Keep rows with nothing in their table before: `keep(Session, label={"seed": …})`."""

    def add(*rows):
        with app.app_context():
            for model in {type(row) for row in rows}:
                db.session.execute(sa.delete(model))
            db.session.add_all(rows)
            db.session.commit()

    return add


@pytest.fixture
def purge(cli):
    """Run `flask purge`; return the lines that it prints."""

    def purge():
        return cli("purge").output.splitlines()

    return purge


def left(app, column):
    with app.app_context():
        return sorted(db.session.scalars(sa.select(column)))


def session(alice, label, expires_in):
    return Session(user_id=alice.id, label=label, seed="0" * 64, expires_at=now() + expires_in)


def test_sessions_that_expired(app, alice, store_old, purge):
    store_old(session(alice, "over", -A_MOMENT), session(alice, "alive", A_MOMENT))
    assert "1 expired sessions" in purge()
    assert left(app, Session.label) == ["alive"]


def token(alice, name, expires_in):
    about = {"purpose": "reset", "bound_to": "0" * 64, "expires_at": now() + expires_in}
    return OneTimeToken(digest=name, user_id=alice.id, **about)


def test_mailed_tokens_that_expired(app, alice, store_old, purge):
    store_old(token(alice, "over", -A_MOMENT), token(alice, "good", A_MOMENT))
    assert "1 expired reset and verification tokens" in purge()
    assert left(app, OneTimeToken.digest) == ["good"]


def address(alice, name, ago):
    return KnownIp(user_id=alice.id, ip_digest=name, last_login_at=now() - ago)


def test_addresses_of_logins_more_than_a_month_ago(app, alice, store_old, purge):
    month = timedelta(days=30)
    store_old(address(alice, "old", month + A_MOMENT), address(alice, "new", month - A_MOMENT))
    assert "1 addresses of old logins" in purge()
    assert left(app, KnownIp.ip_digest) == ["new"]


def test_counters_whose_window_is_over(app, store_old, purge):
    store_old(
        RateLimitCounter(key="over", hits=9, expires_at=time.time() - 60),
        RateLimitCounter(key="open", hits=9, expires_at=time.time() + 60),
    )
    assert "1 counters of failed logins and the like" in purge()
    assert left(app, RateLimitCounter.key) == ["open"]


def email(name, ago, sent=None, attempts=0):
    at = {"created_at": now() - ago, "sent_at": now() - sent if sent else None}
    return QueuedEmail(kind="password-reset", address=name, attempts=attempts, **at)


def test_emails_that_were_sent_or_given_up_a_week_ago(app, store_old, purge):
    week = timedelta(days=7)
    store_old(
        email("sent long ago", 2 * week, sent=week + A_MOMENT, attempts=1),
        email("sent lately", 2 * week, sent=week - A_MOMENT, attempts=1),
        email("given up long ago", week + A_MOMENT, attempts=8),
        email("given up lately", week - A_MOMENT, attempts=8),
        email("still waiting", 2 * week, attempts=7),
    )
    assert "2 sent emails" in purge()
    assert left(app, QueuedEmail.address) == ["given up lately", "sent lately", "still waiting"]


def test_keys_stay_even_where_they_expired(app, make, purge):
    make.key("users:read")
    with app.app_context():
        db.session.execute(sa.update(ApiKey).values(expires_at=now() - timedelta(days=365)))
        db.session.commit()
    purge()
    assert len(left(app, ApiKey.id)) == 1


def test_more_than_one_batch(app, store_old, purge):
    store_old(
        *(RateLimitCounter(key=f"{n}", hits=1, expires_at=time.time() - 1) for n in range(2001))
    )
    assert "2001 counters of failed logins and the like" in purge()
    assert left(app, RateLimitCounter.key) == []


def test_accounts_progress_and_modules_stay(api, alice, purge):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    before = api.as_(alice).get("/users/me/export")
    assert all(line.startswith("0 ") for line in purge())
    assert api.as_(alice).get("/users/me/export") == before

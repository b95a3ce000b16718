"""Where an account was logged in to from: noted once a day, and good for thirty."""

import sqlalchemy as sa

from learnpath.auth.models import KnownIp
from learnpath.db import db

from .time_travel import travel


def logged_lines(app):
    with app.app_context():
        return db.session.scalar(sa.select(KnownIp.last_login_at))


def log_in(api, alice):
    api.post("/users/login", {"email": alice.email, "password": alice.password})


def test_a_login_is_noted_once_a_day(app, api, alice):
    log_in(api, alice)
    first = logged_lines(app)
    with travel(hours=23):
        log_in(api, alice)
    assert logged_lines(app) == first
    with travel(hours=25):
        log_in(api, alice)
    assert logged_lines(app) > first


def test_after_thirty_days_without_a_login_it_is_noted_anew(app, api, alice):
    log_in(api, alice)
    first = logged_lines(app)
    with travel(days=31):
        log_in(api, alice)
    assert logged_lines(app) > first

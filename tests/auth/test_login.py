"""Logging in."""

import re
from collections import Counter

import bcrypt
import pytest
import sqlalchemy as sa
from nacl.pwhash import argon2id

from learnpath.db import db
from learnpath.users import services as users
from learnpath.users.models import User

from ..cast import PASSWORD

LOGIN = "/users/login"


def test_i_log_in_and_get_a_token_that_speaks_for_me(api, alice):
    answer = api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert me(api, answer)["id"] == alice.id


def test_nothing_between_us_keeps_my_token(api, alice):
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert api.last.headers["Cache-Control"] == "no-store"


def test_the_authorize_button_of_the_docs_logs_me_in(api, alice):
    form = {"grant_type": "password", "username": alice.email, "password": PASSWORD}
    assert me(api, api.post(LOGIN, data=form))["id"] == alice.id


def test_what_else_an_oauth2_client_sends_is_ignored(api, alice):
    form = {"username": alice.email, "password": PASSWORD, "scope": "", "client_id": "docs"}
    api.post(LOGIN, data=form)


def test_a_form_of_another_grant_is_refused(api, alice):
    form = {"grant_type": "client_credentials", "username": alice.email, "password": PASSWORD}
    api.post(LOGIN, data=form, expect=400)


@pytest.mark.parametrize(
    ("form", "field"),
    [({"username": "alice@example.org"}, "password"), ({"password": PASSWORD}, "email")],
)
def test_half_a_form_is_refused(api, alice, form, field):
    assert list(api.post(LOGIN, data=form, expect=422)["errors"]) == [field]


@pytest.mark.parametrize("spelling", ["ALICE@example.org", "  alice@Example.ORG\n"])
def test_i_may_spell_my_address_differently(api, alice, spelling):
    assert me(api, api.post(LOGIN, {"email": spelling, "password": PASSWORD}))["id"] == alice.id


def test_each_login_is_a_session_of_its_own(api, alice):
    first = api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    second = api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert first["access_token"] != second["access_token"]
    me(api, first)
    me(api, second)


def test_a_login_from_where_i_am_known_takes_three_statements(api, alice, queries):
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD}, expect=200)
    queries.clear()
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD}, expect=200)
    tables = [re.search("FROM ([a-z_]+)|INTO ([a-z_]+)", sent)[0] for sent in queries]
    assert tables == ["FROM known_ips", "FROM rate_limit_counters", "INTO sessions"]


def test_a_token_that_has_died_does_not_keep_me_out(api, alice):
    stale = {"Authorization": "Bearer dead"}
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD}, headers=stale)


# Refusals


@pytest.mark.parametrize("as_form", [False, True])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(api, alice, as_form):
    wrong = refused(api, alice.email, "not the password", as_form)
    unknown = refused(api, "nobody@example.org", "not the password", as_form)
    no_address = refused(api, "not even an address", "not the password", as_form)
    assert wrong == unknown == no_address
    assert wrong["body"]["type"] == "/problems/wrong-credentials"
    assert wrong["headers"]["WWW-Authenticate"].startswith("Bearer")


def test_whoever_is_deactivated_is_refused_like_a_wrong_password(app, api, alice):
    wrong = refused(api, alice.email, "not the password")
    app.test_cli_runner().invoke(args=["users", "deactivate", alice.email])
    assert refused(api, alice.email, PASSWORD) == wrong
    assert refused(api, alice.email, "not the password") == wrong


def test_every_refusal_takes_one_hash(app, api, alice, mallory, hashing):
    app.test_cli_runner().invoke(args=["users", "deactivate", mallory.email])
    refused(api, "nobody@example.org", PASSWORD)  # the first time, the dummy hash is made
    for email in (alice.email, "nobody@example.org", "no address", mallory.email):
        hashing.clear()
        refused(api, email, "not the password")
        assert hashing == {"verify": 1}


def test_a_login_takes_one_hash_too(api, alice, hashing):
    hashing.clear()
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert hashing == {"verify": 1}


@pytest.mark.parametrize(
    "password",
    ["", " ", PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD} ", PASSWORD[:-1], f"{PASSWORD}\x00"],
)
def test_only_the_exact_password_opens(api, alice, password):
    api.post(LOGIN, {"email": alice.email, "password": password}, expect=401)


@pytest.mark.parametrize(
    "email",
    ["alice", "alice@", "alice@example.com", "%", "' OR 1=1 --", "é@example.org", "*@example.org"],
)
def test_only_the_exact_address_opens(api, alice, email):
    api.post(LOGIN, {"email": email, "password": PASSWORD}, expect=401)
    api.post(LOGIN, data={"username": email, "password": PASSWORD}, expect=401)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", None), ("email", 7), ("email", ""), ("email", "alice@example.org\x00"),
        ("email", "ali\x00ce@example.org"), ("email", "\x1b[2J"),
        ("email", ["alice@example.org"]), ("email", {"$ne": ""}),
        ("email", "a" * 255), ("email", "a" * 500_000), ("password", None), ("password", 7),
        ("password", True), ("password", [PASSWORD]), ("password", "x" * 129),
        ("password", "x" * 500_000), ("remember", True),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(api, alice, field, value):
    body = {"email": alice.email, "password": PASSWORD, field: value}
    assert list(api.post(LOGIN, body, expect=422)["errors"]) == [field]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_in_another_form_is_refused(api, alice, content_type):
    api.post(LOGIN, data=b"email=alice", content_type=content_type, expect=415)


# Hashes that are not of today


def test_a_password_of_the_earlier_service_opens_and_is_hashed_anew(app, api):
    add_hashed(app, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode())
    api.post(LOGIN, {"email": "old@example.org", "password": "not the password"}, expect=401)
    assert stored_hash(app).startswith("$2b$")
    tokens = api.post(LOGIN, {"email": "old@example.org", "password": PASSWORD})
    assert stored_hash(app).startswith("$argon2id$")
    assert me(api, tokens)["updated_at"] == me(api, tokens)["created_at"]
    api.post(LOGIN, {"email": "old@example.org", "password": PASSWORD})
    api.post(LOGIN, {"email": "old@example.org", "password": "not the password"}, expect=401)


def test_a_long_password_of_the_earlier_service_opens(app, api):
    long = "x" * 100
    add_hashed(app, bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode())
    api.post(LOGIN, {"email": "old@example.org", "password": long})
    api.post(LOGIN, {"email": "old@example.org", "password": long[:72]}, expect=401)


def test_a_hash_made_with_weaker_parameters_is_made_anew(app, api, alice, settings):
    settings(PASSWORD_HASH_PASSES=2)
    assert ",t=1," in stored_hash(app)
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert ",t=2," in stored_hash(app)


def test_a_hash_of_today_is_left_alone(app, api, alice):
    before = stored_hash(app)
    api.post(LOGIN, {"email": alice.email, "password": PASSWORD})
    assert stored_hash(app) == before


@pytest.mark.parametrize(
    "broken", ["", "plain text", "$2b$", "$argon2id$", "$argon2id$v=19$x", "!"]
)
def test_a_hash_that_is_none_opens_to_nobody(app, api, broken):
    add_hashed(app, broken)
    for password in (PASSWORD, broken):
        api.post(LOGIN, {"email": "old@example.org", "password": password}, expect=401)


@pytest.fixture
def hashing(monkeypatch):
    """Count what argon2 is asked to do."""
    asked = Counter()
    for name in ("str", "verify"):
        monkeypatch.setattr(argon2id, name, counted(asked, name))
    return asked


def counted(asked, name):
    really = getattr(argon2id, name)

    def count_and_do(*arguments, **options):
        asked[name] += 1
        return really(*arguments, **options)

    return count_and_do


def refused(api, email, password, as_form=False):
    if as_form:
        body = api.post(LOGIN, data={"username": email, "password": password}, expect=401)
    else:
        body = api.post(LOGIN, {"email": email, "password": password}, expect=401)
    headers = dict(api.last.headers)
    headers.pop("X-Request-ID")
    return {"body": body, "headers": headers}


def me(api, tokens):
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return api.get("/users/me", headers=bearer)


def add_hashed(app, password_hash):
    with app.app_context():
        users.add_account("Old", "old@example.org", password_hash)
        db.session.commit()


def stored_hash(app):
    """Return the hash of the only account."""
    with app.app_context():
        return db.session.scalars(sa.select(User.password_hash)).one()

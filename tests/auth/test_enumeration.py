"""An attacker cannot find out by trying who has an account. (Times: benchmarks/enumeration.py)"""

import pytest
import time_machine
from nacl.pwhash import argon2id

WRONG = "wrong guess"


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords are checked: a list that grows, one entry for each."""
    counted = []
    check = argon2id.verify
    monkeypatch.setattr(argon2id, "verify", lambda *given: counted.append(1) or check(*given))
    return counted


@pytest.fixture
def log_in(api, queries, hashes):
    """Try to log in, and return all that can be noticed of the answer."""

    def attempt(email, password=WRONG):
        queries.clear()
        hashes.clear()
        body = api.post("/users/login", {"email": email, "password": password}, expect=401)
        headers = [item for item in api.last.headers.items() if item[0] != "X-Request-ID"]
        return body, headers, list(queries), len(hashes)

    with time_machine.travel(0, tick=True):
        yield attempt


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(log_in, alice):
    log_in(alice.email)  # once, so that the dummy hash exists already
    log_in("nobody@example.org")
    known, unknown = log_in(alice.email), log_in("nobody@example.org")
    assert known == unknown
    assert known[-1] == 1  # one hash each


def test_a_deactivated_account_is_refused_alike_even_with_its_password(api, log_in, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    log_in("nobody@example.org")
    assert log_in(alice.email, alice.password) == log_in("nobody@example.org")


def test_where_somebody_has_logged_in_their_account_is_refused_alike(api, log_in, alice):
    api.post("/users/login", {"email": alice.email, "password": alice.password})
    log_in(alice.email)
    log_in("nobody@example.org")
    assert log_in(alice.email) == log_in("nobody@example.org")


@pytest.mark.parametrize("email", ["nobody", "no one@example.org", "nobody@localhost"])
def test_what_is_no_address_is_refused_alike(log_in, email):
    log_in("nobody@example.org")
    assert log_in(email) == log_in("nobody@example.org")

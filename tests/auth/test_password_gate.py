"""A flood of logins does not keep the others from being answered."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from learnpath import passwords
from learnpath.db import db

from ..cast import PASSWORD
from ..concurrency import run_concurrently


@contextmanager
def hashing(app):
    """A password is being hashed for the time of the block."""
    with passwords._limiter.acquire(app.config["PASSWORD_QUEUE_LENGTH"]):
        yield


def wait_until_present(count):
    deadline = time.monotonic() + 10
    while passwords._limiter._threads < count:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.005)


def connections_in_use(app):
    with app.app_context():
        return db.engine.pool.checkedout()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(12) as pool:
        yield pool


def log_in(api, person):
    credentials = {"email": person.email, "password": person.password}
    return api.app.test_client().post("/api/v1/users/login", json=credentials)


def test_one_password_is_hashed_at_a_time(app):
    turns = passwords.HashLimiter()
    busy, at_most = [], []

    def hash_one(number):
        with turns.acquire(20):
            busy.append(number)
            at_most.append(len(busy))
            time.sleep(0.002)
            busy.remove(number)

    run_concurrently(*[partial(hash_one, number) for number in range(12)])
    assert at_most == [1] * 12


def test_eight_may_wait_and_the_next_is_asked_to_come_again(api, alice, mallory, threads):
    with hashing(api.app):
        waiting = [threads.submit(log_in, api, alice) for _ in range(8)]
        wait_until_present(9)
        turned_away = log_in(api, mallory)
        assert turned_away.status_code == 503
        assert turned_away.get_json()["type"] == "/problems/passwords-busy"
        assert int(turned_away.headers["Retry-After"]) >= 1
    assert [answer.result().status_code for answer in waiting] == [200] * 8
    assert log_in(api, mallory).status_code == 200


def test_whoever_is_turned_away_is_not_counted_as_failed(api, alice, settings):
    settings(PASSWORD_QUEUE_LENGTH=0)
    with hashing(api.app):
        for _ in range(12):
            assert log_in(api, alice).status_code == 503
    assert log_in(api, alice).status_code == 200


def test_others_are_answered_while_passwords_wait(api, alice, threads):
    with hashing(api.app):
        waiting = [threads.submit(log_in, api, alice) for _ in range(8)]
        wait_until_present(9)
        for _ in range(5):
            api.as_(alice).get("/users/me")
            api.as_(alice).put("/users/me", {"name": "Alice"})
    assert all(answer.result().status_code == 200 for answer in waiting)


def test_a_wrong_password_gives_its_turn_back(api, alice):
    for _ in range(9):
        api.post("/users/login", {"email": alice.email, "password": "x"}, expect=401)
    assert passwords._limiter._threads == 0


def ask_while_hashing(api, threads, who, request):
    """Send a request while another password is hashed; return the status of the response.

    When it waits for its turn it must not keep a database connection from the others.
    """
    verb, url, body = request
    with hashing(api.app):
        answer = threads.submit(
            api.app.test_client().open,
            f"/api/v1{url}",
            method=verb,
            json=body,
            headers={"Authorization": f"Bearer {who.token}"},
        )
        wait_until_present(2)
        assert connections_in_use(api.app) == 0
    return answer.result().status_code


BOB = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
PROOF = {"current_password": PASSWORD}
HASHING = {
    "logging in": ("POST", "/users/login", {"email": "ada@example.org", "password": PASSWORD}),
    "an unknown address": ("POST", "/users/login", {"email": "no@example.org", "password": "x"}),
    "registering": ("POST", "/users/register", BOB),
    "making a user": ("POST", "/users/", BOB),
    "a new password": ("PUT", "/users/me", {"password": "four random words", **PROOF}),
    "a new address": ("PUT", "/users/me", {"email": "ada@example.net", **PROOF}),
}


@pytest.mark.parametrize("what", HASHING)
def test_no_database_connection_is_held_while_a_password_is_hashed(api, ada, threads, what):
    assert ask_while_hashing(api, threads, ada, HASHING[what]) in (200, 201, 401)


def test_none_is_held_while_somebody_elses_password_is_set(api, alice, ada, threads):
    change = ("PUT", f"/users/{alice.id}", {"password": "four random words"})
    assert ask_while_hashing(api, threads, ada, change) == 200


def test_none_is_held_during_a_reset(api, alice, mailbox, threads):
    api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    body = {"token": mailbox.token_for(alice.email), "password": "four random words"}
    change = ("POST", "/auth/password/reset", body)
    assert ask_while_hashing(api, threads, alice, change) == 204

"""Refreshing a device from several places at the same instant."""

from functools import partial
from threading import Thread
from time import sleep

from learnpath.auth import sessions
from learnpath.db import db

from ..concurrency import run_concurrently
from .devices import count_sessions, log_in, on_device, refresh, session_id


def test_a_token_sent_twice_at_the_same_instant_has_one_successor(api, alice, tokens):
    for _ in range(5):
        answers = run_concurrently(*[partial(refresh, api, tokens)] * 2)
        assert len({answer["refresh_token"] for answer in answers}) == 1
        tokens = answers[0]
    on_device(api, alice, tokens).get("/users/me")


def test_twelve_spending_one_token_at_once_leave_one_live_chain(api, alice, tokens):
    answers = run_concurrently(*[lambda: refresh(api, tokens)] * 12)
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert count_sessions(api.app, alice) == 2
    assert {session_id(answer) for answer in answers} == {session_id(tokens)}
    last = refresh(api, answers[0])
    on_device(api, alice, last).get("/users/me")


def test_a_slow_refresh_takes_no_later_one_back(api, alice, tokens):
    later_ones = []
    overtake = Thread(target=lambda: later_ones.append(refresh(api, refresh(api, tokens))))
    with api.app.test_request_context():
        sessions.refresh_session(tokens["refresh_token"])
        overtake.start()
        sleep(0.3)  # it should be waiting by now
        db.session.commit()
    overtake.join(20)
    refresh(api, later_ones[0])


def test_twelve_spending_an_old_token_at_once_end_the_device(api, alice, tokens):
    newest = refresh(api, refresh(api, tokens))
    run_concurrently(*[lambda: refresh(api, tokens, expect=401)] * 12)
    on_device(api, alice, newest).get("/users/me", expect=401)
    assert count_sessions(api.app, alice) == 1


def test_a_refresh_that_meets_a_logout_brings_no_device_back(api, alice):
    for _ in range(5):
        tokens = log_in(api, alice)
        acts = (
            lambda tokens=tokens: on_device(api, alice, tokens).post("/auth/logout", expect=204),
            lambda tokens=tokens: api.app.test_client().post(
                "/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
            ),
        )
        _, answer = run_concurrently(*acts)
        assert answer.status_code in (200, 401)
        on_device(api, alice, answer.get_json() | tokens).get("/users/me", expect=401)
        assert count_sessions(api.app, alice) == 1

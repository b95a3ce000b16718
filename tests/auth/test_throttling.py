"""Guessing passwords, and other requests that are limited."""

import pytest
import sqlalchemy as sa

from learnpath import rate_limits
from learnpath.db import db
from learnpath.rate_limits.models import RateLimitCounter

from ..cast import PASSWORD
from ..client import Api
from ..concurrency import run_concurrently
from ..database_dump import dump_database
from .guesses import guess, log_in
from .time_travel import travel


def register(api, number, expect=201, come_from="192.0.2.1"):
    body = {"name": "Bob", "email": f"bob{number}@example.org", "password": PASSWORD}
    return api.post("/users/register", body, expect=expect, environ_base={"REMOTE_ADDR": come_from})


def test_after_ten_wrong_passwords_an_account_is_refused_even_the_right_one(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    answer = guess(api, alice.email, expect=429)
    assert answer["type"] == "/problems/too-many-requests"
    log_in(api, alice, expect=429)


def test_the_refusal_says_how_long_to_wait(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with travel(minutes=5):
        guess(api, alice.email, expect=429)
    headers = api.last.headers
    assert 590 <= int(headers["Retry-After"]) <= 600
    assert headers["RateLimit-Limit"] == "10"
    assert headers["RateLimit-Remaining"] == "0"
    assert headers["RateLimit-Reset"] == headers["Retry-After"]


def test_after_fifteen_minutes_i_may_try_again(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with travel(minutes=14, seconds=50):
        log_in(api, alice, expect=429)
    with travel(minutes=15, seconds=1):
        log_in(api, alice)


def test_a_new_window_counts_anew(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with travel(minutes=16):
        for _ in range(10):
            guess(api, alice.email, come_from="192.0.2.2")
        guess(api, alice.email, expect=429, come_from="192.0.2.2")


def test_only_failures_count(api, alice):
    for _ in range(12):
        log_in(api, alice)


def test_an_account_is_counted_by_its_address_however_that_is_spelled(api, alice):
    spellings = [
        "alice@example.org",
        "ALICE@example.org",
        "Alice@Example.Org",
        " alice@example.org ",
        "alice@ExAmPlE.oRg",
    ]
    for spelling in spellings * 2:
        guess(api, spelling)
    for spelling in spellings:
        guess(api, spelling, expect=429)


def test_an_account_is_counted_over_all_addresses_it_is_tried_from(api, alice):
    for number in range(10):
        guess(api, alice.email, come_from=f"192.0.2.{number}")
    guess(api, alice.email, expect=429, come_from="198.51.100.1")


def test_one_account_is_refused_and_another_is_not(api, alice, mallory):
    for _ in range(10):
        guess(api, alice.email)
    log_in(api, mallory)


def test_an_account_that_does_not_exist_is_refused_alike(api, alice):
    seen = []
    for email in (alice.email, "nobody@example.org"):
        for _ in range(10):
            guess(api, email)
        seen.append((guess(api, email, expect=429), set(api.last.headers.keys())))
    assert seen[0] == seen[1]


def count(app, setting, times, come_from="192.0.2.1"):
    """Let time pass in which an address has failed `times`."""
    with app.app_context():
        for _ in range(times):
            rate_limits.hit((setting, come_from))


def test_the_usual_bound_of_an_address_is_a_hundred(api):
    count(api.app, "LOGIN_FAILURES_PER_ADDRESS", 98)
    for number in range(2):
        guess(api, f"nobody{number}@example.org")
    guess(api, "nobody@example.org", expect=429)
    assert api.last.headers["RateLimit-Limit"] == "100"
    guess(api, "nobody@example.org", come_from="192.0.2.2")


def test_thirty_may_register_in_an_hour_from_one_address(api):
    count(api.app, "REGISTRATIONS_PER_ADDRESS", 28)
    register(api, 0)
    register(api, 0, expect=409)  # a refused one counts too: it tells who has an account
    register(api, 30, expect=429)
    assert 3590 <= int(api.last.headers["Retry-After"]) <= 3600
    register(api, 31, come_from="192.0.2.2")
    with travel(hours=1, seconds=1):
        register(api, 30)


@pytest.mark.parametrize("url", ["/auth/password/forgot", "/auth/email/resend"])
@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_five_emails_may_be_asked_for_in_an_hour(api, mailbox, alice, url, email):
    for _ in range(5):
        api.post(url, {"email": email}, expect=202)
    api.post(url, {"email": f" {email.upper()}"}, expect=429)
    assert "Retry-After" in api.last.headers
    api.post(url, {"email": "mallory@example.org"}, expect=202)
    with travel(hours=1, seconds=1):
        api.post(url, {"email": email}, expect=202)


def test_an_operator_may_turn_it_all_off(api, alice, settings):
    settings(RATE_LIMIT_FACTOR=0)
    for _ in range(11):
        guess(api, alice.email)
    for _ in range(6):
        api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    settings(REGISTRATIONS_PER_ADDRESS="1 per hour", LOGIN_FAILURES_PER_ADDRESS="1 per hour")
    for number in range(2):
        register(api, number)
        guess(api, f"nobody{number}@example.org")


@pytest.mark.parametrize(("factor", "allowed"), [(0.5, 5), (2, 20), (0.001, 1)])
def test_an_operator_may_multiply_the_rates(api, alice, settings, factor, allowed):
    settings(RATE_LIMIT_FACTOR=factor)
    for _ in range(allowed):
        guess(api, alice.email)
    guess(api, alice.email, expect=429)
    assert api.last.headers["RateLimit-Limit"] == str(allowed)


def test_an_operator_may_set_other_numbers(api, alice, settings):
    settings(LOGIN_FAILURES_PER_ACCOUNT="2 per hour")
    guess(api, alice.email)
    guess(api, alice.email)
    guess(api, alice.email, expect=429)
    assert int(api.last.headers["Retry-After"]) > 3500


def test_all_instances_count_together(api, make_app, alice):
    elsewhere = Api(make_app())
    for _ in range(5):
        guess(api, alice.email)
        guess(elsewhere, alice.email)
    guess(api, alice.email, expect=429)
    guess(elsewhere, alice.email, expect=429)


def test_nobody_slips_through_by_guessing_all_at_once(api, alice, settings):
    settings(PASSWORD_QUEUE_LENGTH=100)

    def guess_status():
        body = {"email": alice.email, "password": "wrong guess"}
        return api.app.test_client().post("/api/v1/users/login", json=body).status_code

    statuses = [status for _ in range(3) for status in run_concurrently(*[guess_status] * 12)]
    assert statuses.count(401) == 10
    assert statuses.count(429) == 26


def test_what_is_counted_names_nobody(app, api, alice):
    guess(api, alice.email, come_from="203.0.113.7")
    log_in(api, alice, come_from="203.0.113.7")
    with app.app_context():
        keys = db.session.scalars(sa.select(RateLimitCounter.key)).all()
    assert len(keys) == 2
    assert not any(word in key for key in keys for word in ("alice", "example", "203"))
    assert "203.0.113.7" not in dump_database(app)

"""Which address a guess comes from, and which ones an account knows."""

import pytest

from learnpath import rate_limits

from ..client import Api
from .guesses import guess, log_in
from .time_travel import travel


def test_guessing_cannot_lock_the_owner_out_of_an_address_they_use(api, alice):
    log_in(api, alice, come_from="203.0.113.7")
    for _ in range(10):
        guess(api, alice.email)
    log_in(api, alice, expect=429)
    log_in(api, alice, come_from="203.0.113.7")


def test_an_address_is_known_for_thirty_days(api, alice):
    log_in(api, alice, come_from="203.0.113.7")
    for days, expect in ((29.9, 200), (60, 429)):
        with travel(days=days):
            for _ in range(10):
                guess(api, alice.email)
            log_in(api, alice, expect=expect, come_from="203.0.113.7")


def test_an_address_that_is_known_to_one_account_is_no_way_into_another(api, alice, mallory):
    log_in(api, mallory)
    for _ in range(10):
        guess(api, alice.email)
    guess(api, alice.email, expect=429)


def test_from_a_known_address_guessing_ends_at_a_hundred(api, alice, settings):
    settings(LOGIN_FAILURES_PER_ADDRESS="12 per 15 minutes")
    log_in(api, alice)
    for _ in range(12):
        guess(api, alice.email)
    log_in(api, alice, expect=429)


@pytest.mark.parametrize(
    ("one", "other", "are_the_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),  # one /64 is one customer
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),  # how a dual-stack socket shows IPv4
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unix:", "unix:", True),
    ],
)
def test_what_counts_as_one_address(app, one, other, are_the_same):
    seen = []
    for come_from in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": come_from}):
            seen.append(rate_limits.client_ip())
    assert (seen[0] == seen[1]) is are_the_same


def test_a_forged_address_evades_nothing(api, alice):
    assert api.app.config["TRUSTED_PROXIES"] == 0
    for number in range(10):
        guess(api, alice.email, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    guess(api, alice.email, expect=429, headers={"X-Forwarded-For": "203.0.113.99"})


def test_a_forged_address_is_not_a_known_one(api, alice):
    log_in(api, alice, come_from="203.0.113.7")
    for _ in range(10):
        guess(api, alice.email)
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
        guess(api, alice.email, expect=429, headers={name: "203.0.113.7"})


def test_behind_one_proxy_the_address_that_it_saw_counts(make_app):
    api = Api(make_app(TRUSTED_PROXIES=1, LOGIN_FAILURES_PER_ADDRESS="3 per 15 minutes"))
    for number in range(3):
        forged = {"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.7"}
        guess(api, f"nobody{number}@example.org", headers=forged)
    guess(api, "nobody@example.org", expect=429, headers={"X-Forwarded-For": "192.0.2.7"})
    guess(api, "nobody@example.org", headers={"X-Forwarded-For": "192.0.2.8"})

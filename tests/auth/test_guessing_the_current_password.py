"""Guessing the current password of a user with a stolen session."""

from ..concurrency import run_concurrently
from .guesses import guess, log_in
from .time_travel import travel


def guess_current(api, person, expect=422, password="wrong guess", **change):
    """Try to change the password of `person` with a stolen session and a guess."""
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
    with travel(minutes=15, seconds=1):
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
    settings(PASSWORD_QUEUE_LENGTH=100)
    change = {"email": "al@example.org", "current_password": "wrong guess"}
    statuses = run_concurrently(
        *[lambda: api.as_(alice).status_of("PUT", "/users/me", change)] * 20
    )
    assert (statuses.count(422), statuses.count(429)) == (10, 10)

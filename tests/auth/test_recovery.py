"""Getting back in with a letter when the password is forgotten."""

import re

import pytest

from ..letters import text_of
from ..together import all_at_once, everything_stored
from .devices import log_in, on_device, refresh
from .later import later

NEW = "four random words"


def forget(api, email, expect=202):
    return api.post("/auth/password/forgot", {"email": email}, expect=expect)


def reset(api, token, password=NEW, expect=204):
    return api.post("/auth/password/reset", {"token": token, "password": password}, expect=expect)


@pytest.fixture
def token(api, alice, letterbox):
    """What the letter carries that Alice has asked for."""
    forget(api, alice.email)
    return letterbox.token_for(alice.email)


def may_log_in(api, email, password):
    client = api.app.test_client()
    answer = client.post("/api/v1/users/login", json={"email": email, "password": password})
    return answer.status_code == 200


def test_i_forget_my_password_and_set_another_with_the_letter(api, alice, token):
    reset(api, token)
    assert may_log_in(api, alice.email, NEW)
    assert not may_log_in(api, alice.email, alice.password)


def test_a_reset_ends_all_my_devices_and_nobody_elses(api, alice, mallory, letterbox, token):
    phone = log_in(api, alice)
    reset(api, token)
    on_device(api, alice, phone).get("/users/me", expect=401)
    refresh(api, phone, expect=401)
    api.as_(alice).get("/users/me", expect=401)
    api.as_(mallory).get("/users/me")


def test_a_reset_is_told_to_me_in_a_letter(api, alice, letterbox, token):
    reset(api, token)
    assert letterbox.letters_to(alice.email)[-1]["Subject"] == "Your password was changed"


def test_a_reset_logs_nobody_in(api, alice, token):
    assert reset(api, token) is None
    assert "Set-Cookie" not in api.last.headers
    on_device(api, alice, {"access_token": token}).get("/users/me", expect=401)
    refresh(api, {"refresh_token": token}, expect=401)


def test_a_reset_needs_no_cache_to_remember_it(api, token):
    reset(api, token)
    assert "no-store" in api.last.headers["Cache-Control"]


@pytest.mark.parametrize(
    "spelling", [" alice@example.org ", "ALICE@Example.ORG", "alice@example.org"]
)
def test_my_address_may_be_spelled_in_any_way(api, alice, letterbox, spelling):
    forget(api, spelling)
    reset(api, letterbox.token_for(alice.email))


def test_known_and_unknown_addresses_are_answered_alike(api, alice, letterbox, queries):
    seen = []
    for email in (alice.email, "nobody@example.org", "not an address", alice.email):
        queries.clear()
        body = forget(api, email)
        headers = dict(api.last.headers, **{"X-Request-ID": "…"})
        seen.append((body, headers, list(queries)))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0][2]


def test_nobody_gets_a_letter_who_has_no_account(api, letterbox):
    forget(api, "nobody@example.org")
    assert letterbox.letters() == []
    assert "nobody@example.org" not in everything_stored(api.app)


def test_a_deactivated_account_is_answered_alike_and_gets_no_letter(api, alice, ada, letterbox):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    forget(api, alice.email)
    assert letterbox.letters() == []


def test_a_deactivated_account_is_not_opened_by_a_letter(api, alice, ada, token):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    reset(api, token, expect=422)
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "active"})
    assert may_log_in(api, alice.email, alice.password)


def test_a_token_is_good_once(api, alice, token):
    reset(api, token)
    answer = reset(api, token, "another good password", expect=422)
    assert answer["type"] == "/problems/spent-token"
    assert "token" in answer["errors"]
    assert may_log_in(api, alice.email, NEW)


@pytest.mark.parametrize(
    ("wait", "expect"), [({"minutes": 9, "seconds": 50}, 204), ({"minutes": 10, "seconds": 1}, 422)]
)
def test_a_token_is_good_for_ten_minutes(api, token, wait, expect):
    with later(**wait):
        reset(api, token, expect=expect)


def test_the_ten_minutes_begin_when_the_letter_leaves(api, alice, letterbox):
    forget(api, alice.email)
    with later(hours=1):
        reset(api, letterbox.token_for(alice.email))


def test_a_token_dies_when_the_password_changes_meanwhile(api, alice, token):
    change = {"password": NEW, "current_password": alice.password}
    api.as_(alice).put("/users/me", change)
    reset(api, token, "another good password", expect=422)
    assert may_log_in(api, alice.email, NEW)


def test_using_one_of_two_letters_spends_the_other(api, alice, letterbox, token):
    forget(api, alice.email)
    reset(api, letterbox.token_for(alice.email))
    reset(api, token, "another good password", expect=422)


def test_another_letter_does_not_spend_the_first(api, alice, letterbox, token):
    forget(api, alice.email)
    letterbox.letters()
    reset(api, token)


def test_a_token_for_one_purpose_serves_no_other(api, alice, letterbox, token):
    api.post("/auth/email/verify", {"token": token}, expect=422)
    api.post("/auth/email/resend", {"email": alice.email}, expect=202)
    reset(api, letterbox.token_for(alice.email), expect=422)
    assert api.as_(alice).get("/users/me")["email_verified"] is False


@pytest.mark.parametrize("weak", ["password123", "alice@example.org", "short", "x" * 129])
def test_a_weak_password_is_refused_and_spends_nothing(api, alice, token, weak):
    answer = reset(api, token, weak, expect=422)
    assert set(answer["errors"]) == {"password"}
    api.as_(alice).get("/users/me")
    reset(api, token)


@pytest.mark.parametrize("bad", ["", "x", "A" * 43, "A" * 200, "\x00", "' OR 1=1 --", "é"])
def test_what_never_was_a_token_is_refused_like_one_that_is_spent(api, token, bad):
    spent = reset(api, bad, expect=422)
    assert spent["type"] == "/problems/spent-token"


@pytest.mark.parametrize("bad", [None, 7, ["x"], "x" * 201])
def test_what_cannot_be_a_token_is_refused(api, bad):
    assert "token" in reset(api, bad, expect=422)["errors"]


@pytest.mark.parametrize("address", ["nobody", "'--@example.org", "nobody@localhost"])
def test_a_strange_address_is_answered_like_any_other(api, alice, letterbox, address):
    assert forget(api, address) == forget(api, alice.email)
    assert {letter["To"] for letter in letterbox.letters()} == {alice.email}


@pytest.mark.parametrize(
    "address",
    [
        None,
        7,
        ["alice@example.org"],
        "a" * 255,
        "a\x00b@example.org",
        "İ" * 254,  # two letters each in lower case
        "\u0958" * 254,  # two letters each in NFC
    ],
)
def test_what_cannot_be_an_address_is_refused(api, address):
    assert "email" in forget(api, address, expect=422)["errors"]


def test_only_a_digest_of_the_token_is_stored(api, token):
    assert len(token) == 43  # 256 random bits in base64
    stored = everything_stored(api.app)
    assert "'reset'" in stored
    assert token not in stored


def test_two_who_reset_with_one_token_at_once_do_not_both_win(api, alice, token):
    passwords = [f"four random words {number}" for number in range(4)]

    def try_one(number):
        body = {"token": token, "password": passwords[number]}
        return api.app.test_client().post("/api/v1/auth/password/reset", json=body).status_code

    statuses = all_at_once(4, try_one)
    assert sorted(statuses) == [204, 422, 422, 422]
    assert [may_log_in(api, alice.email, password) for password in passwords] == [
        status == 204 for status in statuses
    ]


def test_two_letters_used_at_once_do_not_both_win(api, alice, letterbox, token):
    forget(api, alice.email)
    tokens = [token, letterbox.token_for(alice.email)]

    def try_one(number):
        body = {"token": tokens[number], "password": NEW}
        return api.app.test_client().post("/api/v1/auth/password/reset", json=body).status_code

    assert sorted(all_at_once(2, try_one)) == [204, 422]


def test_the_letter_says_where_to_go_in_text_and_html(api, alice, letterbox, settings):
    settings(PASSWORD_RESET_URL="https://app.example.org/reset?token={token}&x=1")
    forget(api, alice.email)
    letter = letterbox.letters_to(alice.email)[0]
    token = re.search(
        r"^  https://app\.example\.org/reset\?token=(\S{43})&x=1$", text_of(letter), re.M
    )[1]
    assert f'href="https://app.example.org/reset?token={token}&amp;x=1"' in text_of(letter, "html")
    reset(api, token)


def test_a_reset_is_noted_for_the_auditor_without_the_token(api, alice, token, caplog):
    with caplog.at_level("INFO", "learnpath"):
        reset(api, token)
    audited = [record.facts for record in caplog.records if "audit" in record.name]
    notes = [(facts["event"], facts["user_id"]) for facts in audited]
    assert notes == [("password.changed", alice.id), ("reset.done", alice.id)]
    assert token not in caplog.text
    assert alice.email not in caplog.text


def test_without_mail_a_reset_is_answered_alike_and_nothing_is_queued(api, alice):
    forget(api, alice.email)
    assert "password-reset" not in everything_stored(api.app)


def test_an_operator_hands_out_a_reset_link_without_mail(api, alice, settings):
    settings(PASSWORD_RESET_URL="https://app.example.org/reset?token={token}")
    printed = api.app.test_cli_runner().invoke(args=["users", "reset-link", " Alice@example.org"])
    assert printed.exit_code == 0
    assert "Good once, for 10 minutes." in printed.stderr
    token = printed.stdout.strip().removeprefix("https://app.example.org/reset?token=")
    assert token not in everything_stored(api.app)
    reset(api, token)
    assert may_log_in(api, alice.email, NEW)


def test_an_operator_without_a_front_end_hands_out_the_token(api, alice):
    printed = api.app.test_cli_runner().invoke(args=["users", "reset-link", alice.email])
    reset(api, printed.stdout.strip())


def test_an_operator_who_mistypes_the_address_is_told_so(api, alice, ada):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    for email in ("nobody@example.org", alice.email):
        printed = api.app.test_cli_runner().invoke(args=["users", "reset-link", email])
        assert printed.exit_code == 1
        assert printed.output == f"Error: There is no active account for {email}.\n"

"""Getting back in with an email when the password is forgotten."""

import re
from functools import partial

import pytest

from ..concurrency import run_concurrently
from ..database_dump import dump_database
from ..mailbox import text_of
from .devices import log_in, on_device, refresh
from .time_travel import travel

NEW = "four random words"


def forget(api, email, expect=202):
    return api.post("/auth/password/forgot", {"email": email}, expect=expect)


def reset(api, token, password=NEW, expect=204):
    return api.post("/auth/password/reset", {"token": token, "password": password}, expect=expect)


@pytest.fixture
def token(api, alice, mailbox):
    """What the email carries that Alice has asked for."""
    forget(api, alice.email)
    return mailbox.token_for(alice.email)


def may_log_in(api, email, password):
    client = api.app.test_client()
    answer = client.post("/api/v1/users/login", json={"email": email, "password": password})
    return answer.status_code == 200


def test_i_forget_my_password_and_set_another_with_the_email(api, alice, token):
    reset(api, token)
    assert may_log_in(api, alice.email, NEW)
    assert not may_log_in(api, alice.email, alice.password)


def test_a_reset_ends_all_my_devices_and_nobody_elses(api, alice, mallory, mailbox, token):
    phone = log_in(api, alice)
    reset(api, token)
    on_device(api, alice, phone).get("/users/me", expect=401)
    refresh(api, phone, expect=401)
    api.as_(alice).get("/users/me", expect=401)
    api.as_(mallory).get("/users/me")


def test_a_reset_is_told_to_me_in_an_email(api, alice, mailbox, token):
    reset(api, token)
    assert mailbox.emails_to(alice.email)[-1]["Subject"] == "Your password was changed"


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
def test_my_address_may_be_spelled_in_any_way(api, alice, mailbox, spelling):
    forget(api, spelling)
    reset(api, mailbox.token_for(alice.email))


def test_known_and_unknown_addresses_are_answered_alike(api, alice, mailbox, queries):
    seen = []
    for email in (alice.email, "nobody@example.org", "not an address", alice.email):
        queries.clear()
        body = forget(api, email)
        headers = dict(api.last.headers, **{"X-Request-ID": "…"})
        seen.append((body, headers, list(queries)))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0][2]


def test_nobody_gets_an_email_who_has_no_account(api, mailbox):
    forget(api, "nobody@example.org")
    assert mailbox.emails() == []
    assert "nobody@example.org" not in dump_database(api.app)


def test_a_deactivated_account_is_answered_alike_and_gets_no_email(api, alice, ada, mailbox):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    forget(api, alice.email)
    assert mailbox.emails() == []


def test_a_deactivated_account_is_not_opened_by_an_email(api, alice, ada, token):
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
    with travel(**wait):
        reset(api, token, expect=expect)


def test_the_ten_minutes_begin_when_the_email_leaves(api, alice, mailbox):
    forget(api, alice.email)
    with travel(hours=1):
        reset(api, mailbox.token_for(alice.email))


def test_a_token_dies_when_the_password_changes_meanwhile(api, alice, token):
    change = {"password": NEW, "current_password": alice.password}
    api.as_(alice).put("/users/me", change)
    reset(api, token, "another good password", expect=422)
    assert may_log_in(api, alice.email, NEW)


def test_using_one_of_two_emails_spends_the_other(api, alice, mailbox, token):
    forget(api, alice.email)
    reset(api, mailbox.token_for(alice.email))
    reset(api, token, "another good password", expect=422)


def test_another_email_does_not_spend_the_first(api, alice, mailbox, token):
    forget(api, alice.email)
    mailbox.emails()
    reset(api, token)


def test_a_token_for_one_purpose_serves_no_other(api, alice, mailbox, token):
    api.post("/auth/email/verify", {"token": token}, expect=422)
    api.post("/auth/email/resend", {"email": alice.email}, expect=202)
    reset(api, mailbox.token_for(alice.email), expect=422)
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
def test_a_strange_address_is_answered_like_any_other(api, alice, mailbox, address):
    assert forget(api, address) == forget(api, alice.email)
    assert {email["To"] for email in mailbox.emails()} == {alice.email}


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
    stored = dump_database(api.app)
    assert "'reset'" in stored
    assert token not in stored


def test_two_who_reset_with_one_token_at_once_do_not_both_win(api, alice, token):
    passwords = [f"four random words {number}" for number in range(4)]

    def try_one(password):
        body = {"token": token, "password": password}
        return api.app.test_client().post("/api/v1/auth/password/reset", json=body).status_code

    statuses = run_concurrently(*[partial(try_one, password) for password in passwords])
    assert sorted(statuses) == [204, 422, 422, 422]
    assert [may_log_in(api, alice.email, password) for password in passwords] == [
        status == 204 for status in statuses
    ]


def test_two_emails_used_at_once_do_not_both_win(api, alice, mailbox, token):
    forget(api, alice.email)
    tokens = [token, mailbox.token_for(alice.email)]

    def try_one(token):
        body = {"token": token, "password": NEW}
        return api.app.test_client().post("/api/v1/auth/password/reset", json=body).status_code

    assert sorted(run_concurrently(*[partial(try_one, one) for one in tokens])) == [204, 422]


def test_the_email_says_where_to_go_in_text_and_html(api, alice, mailbox, settings):
    settings(LINK_URL="https://app.example.org/{kind}?token={token}&x=1")
    forget(api, alice.email)
    email = mailbox.emails_to(alice.email)[0]
    token = re.search(
        r"^  https://app\.example\.org/reset\?token=(\S{43})&x=1$", text_of(email), re.M
    )[1]
    assert f'href="https://app.example.org/reset?token={token}&amp;x=1"' in text_of(email, "html")
    reset(api, token)


def test_a_reset_is_noted_for_the_auditor_without_the_token(api, alice, token, caplog):
    with caplog.at_level("INFO", "learnpath"):
        reset(api, token)
    audited = [record.fields for record in caplog.records if "audit" in record.name]
    notes = [(facts["event"], facts["user_id"]) for facts in audited]
    assert notes == [("password.changed", alice.id), ("reset.done", alice.id)]
    assert token not in caplog.text
    assert alice.email not in caplog.text


def test_without_mail_a_reset_is_answered_alike_and_nothing_is_queued(api, alice):
    forget(api, alice.email)
    assert "password-reset" not in dump_database(api.app)


def test_an_operator_hands_out_a_reset_link_without_mail(api, alice, settings):
    settings(LINK_URL="https://app.example.org/{kind}?token={token}")
    printed = api.app.test_cli_runner().invoke(args=["users", "reset-link", " Alice@example.org"])
    assert printed.exit_code == 0
    assert "Valid once, for 10 minutes." in printed.stderr
    token = printed.stdout.strip().removeprefix("https://app.example.org/reset?token=")
    assert token not in dump_database(api.app)
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

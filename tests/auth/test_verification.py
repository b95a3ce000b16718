"""Showing that an email address is one's own."""

import pytest

from ..cast import PASSWORD
from ..concurrency import run_concurrently
from ..database_dump import dump_database
from ..mailbox import text_of
from .time_travel import travel

BOB = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
CREDENTIALS = {"email": BOB["email"], "password": PASSWORD}


def verify(api, token, expect=204):
    return api.post("/auth/email/verify", {"token": token}, expect=expect)


def is_verified(api, person):
    return api.as_(person).get("/users/me")["email_verified"]


def resend(api, email):
    return api.post("/auth/email/resend", {"email": email}, expect=202)


def change_email(api, person, email):
    change = {"email": email, "current_password": person.password}
    return api.as_(person).put("/users/me", change)


def test_who_registers_confirms_the_address_with_an_email(api, mailbox, ada):
    bob = api.post("/users/register", BOB, expect=201)
    assert bob["email_verified"] is False
    verify(api, mailbox.token_for("bob@example.org"))
    assert api.as_(ada).get(f"/users/{bob['id']}")["email_verified"] is True


def test_who_is_made_by_an_admin_gets_an_email_too(api, mailbox, ada):
    api.as_(ada).post("/users/", BOB, expect=201)
    verify(api, mailbox.token_for("bob@example.org"))


def test_a_registration_that_is_refused_sends_no_email(api, mailbox, alice):
    api.post("/users/register", {**BOB, "email": alice.email}, expect=409)
    assert mailbox.emails() == []


def test_the_email_says_where_to_go_in_text_and_html(api, mailbox, settings):
    settings(LINK_URL="https://app.example.org/{kind}/{token}")
    api.post("/users/register", BOB, expect=201)
    email = mailbox.emails()[0]
    token = text_of(email).split("https://app.example.org/verify/")[1].split()[0]
    assert f'href="https://app.example.org/verify/{token}"' in text_of(email, "html")
    verify(api, token)


def test_a_new_address_is_unverified_until_it_is_confirmed(api, mailbox, alice):
    resend(api, alice.email)
    verify(api, mailbox.token_for(alice.email))
    assert change_email(api, alice, "alice@example.net")["email_verified"] is False
    verify(api, mailbox.token_for("alice@example.net"))
    assert is_verified(api, alice)


def test_the_same_address_in_another_spelling_stays_verified(api, mailbox, alice):
    resend(api, alice.email)
    verify(api, mailbox.token_for(alice.email))
    assert change_email(api, alice, "ALICE@example.org")["email_verified"] is True


def test_an_email_to_the_old_address_does_not_confirm_the_new_one(api, mailbox, alice):
    resend(api, alice.email)
    old = mailbox.token_for(alice.email)
    change_email(api, alice, "alice@example.net")
    verify(api, old, expect=422)
    assert not is_verified(api, alice)


def test_an_email_that_was_not_sent_yet_never_goes_to_the_wrong_address(api, mailbox, alice):
    resend(api, alice.email)
    change_email(api, alice, "alice@example.net")
    assert {email["To"] for email in mailbox.emails()} == {"alice@example.net"}


def test_who_takes_over_an_address_is_not_confirmed_by_the_former_owners_email(
    api, mailbox, alice, mallory
):
    resend(api, alice.email)
    old = mailbox.token_for(alice.email)
    change_email(api, alice, "alice@example.net")
    change_email(api, mallory, "alice@example.org")
    verify(api, old, expect=422)
    assert not is_verified(api, mallory)


def test_a_token_confirms_once(api, mailbox, alice):
    resend(api, alice.email)
    token = mailbox.token_for(alice.email)
    verify(api, token)
    assert verify(api, token, expect=422)["type"] == "/problems/spent-token"
    assert is_verified(api, alice)


@pytest.mark.parametrize(("hours", "expect"), [(23.9, 204), (24.1, 422)])
def test_a_token_confirms_for_a_day(api, mailbox, alice, hours, expect):
    resend(api, alice.email)
    token = mailbox.token_for(alice.email)
    with travel(hours=hours):
        verify(api, token, expect=expect)


def test_a_token_survives_a_new_password(api, mailbox, alice):
    resend(api, alice.email)
    token = mailbox.token_for(alice.email)
    change = {"password": "four random words", "current_password": alice.password}
    api.as_(alice).put("/users/me", change)
    verify(api, token)


def test_confirming_logs_nobody_out_and_nobody_in(api, mailbox, alice):
    resend(api, alice.email)
    assert verify(api, mailbox.token_for(alice.email)) is None
    api.as_(alice).get("/users/me")


def test_two_who_confirm_with_one_token_at_once_do_not_both_win(api, mailbox, alice):
    resend(api, alice.email)
    token = mailbox.token_for(alice.email)

    def try_it():
        client = api.app.test_client()
        return client.post("/api/v1/auth/email/verify", json={"token": token}).status_code

    assert sorted(run_concurrently(*[try_it] * 4)) == [204, 422, 422, 422]


def test_known_unknown_and_confirmed_addresses_are_answered_alike(api, mailbox, alice, queries):
    seen = []
    for email in (alice.email, "nobody@example.org", alice.email):
        queries.clear()
        seen.append((resend(api, email), list(queries)))
        if email != "nobody@example.org" and len(seen) == 1:
            verify(api, mailbox.token_for(alice.email))
    assert seen[0] == seen[1] == seen[2]


def test_an_address_that_is_confirmed_already_gets_no_email(api, mailbox, alice):
    resend(api, alice.email)
    verify(api, mailbox.token_for(alice.email))
    resend(api, alice.email)
    assert len(mailbox.emails()) == 1
    assert "'verify'" not in dump_database(api.app)


def test_only_a_digest_of_the_token_is_stored(api, mailbox, alice):
    resend(api, alice.email)
    token = mailbox.token_for(alice.email)
    stored = dump_database(api.app)
    assert "'verify'" in stored
    assert token not in stored


def test_where_it_is_required_nobody_logs_in_before_confirming(api, mailbox, settings):
    settings(REQUIRE_VERIFIED_EMAIL=True)
    api.post("/users/register", BOB, expect=201)
    answer = api.post("/users/login", CREDENTIALS, expect=403)
    assert answer["type"] == "/problems/email-unverified"
    verify(api, mailbox.token_for("bob@example.org"))
    api.post("/users/login", CREDENTIALS)


def test_where_it_is_required_a_wrong_password_is_told_nothing_more(api, mailbox, settings):
    settings(REQUIRE_VERIFIED_EMAIL=True)
    api.post("/users/register", BOB, expect=201)
    wrong = api.post("/users/login", {**CREDENTIALS, "password": "wrong"}, expect=401)
    nobody = api.post("/users/login", {**CREDENTIALS, "email": "no@example.org"}, expect=401)
    assert wrong == nobody


def test_where_it_is_not_required_an_unconfirmed_address_logs_in(api, mailbox):
    api.post("/users/register", BOB, expect=201)
    api.post("/users/login", CREDENTIALS)

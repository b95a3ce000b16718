"""Staying logged in with refresh tokens that are good once."""

import pytest
import sqlalchemy as sa

from learnpath.auth.models import Session
from learnpath.db import db
from learnpath.users.models import User

from ..database_dump import dump_database
from .devices import count_sessions, log_in, on_device, refresh, session_id
from .time_travel import travel


def test_a_refresh_gives_new_tokens_and_keeps_the_device(api, alice, tokens):
    fresh = refresh(api, tokens)
    assert set(fresh) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert fresh["expires_in"] == 3600
    assert fresh["access_token"] != tokens["access_token"]
    assert fresh["refresh_token"] != tokens["refresh_token"]
    on_device(api, alice, fresh).get("/users/me")
    on_device(api, alice, tokens).get("/users/me")
    assert count_sessions(api.app, alice) == 2  # the one she was made with, and this


def test_tokens_are_never_kept_by_a_cache(api, alice, tokens):
    refresh(api, tokens)
    assert "no-store" in api.last.headers["Cache-Control"]


def test_a_device_stays_logged_in_over_many_refreshes(api, alice, tokens):
    for _ in range(12):  # past the ninth: tokens are counted, not sorted
        tokens = refresh(api, tokens)
    on_device(api, alice, tokens).get("/users/me")


def test_the_answer_that_got_lost_is_given_again_within_10_seconds(api, tokens):
    first = refresh(api, tokens)
    with travel(seconds=9):
        again = refresh(api, tokens)
    assert again["refresh_token"] == first["refresh_token"]
    with travel(seconds=12):
        refresh(api, again)


def test_a_token_spent_twice_ends_the_device_and_no_other(api, alice, tokens):
    laptop = log_in(api, alice)
    fresh = refresh(api, tokens)
    with travel(seconds=11):
        assert refresh(api, tokens, expect=401)["type"] == "/problems/invalid-refresh-token"
        refresh(api, fresh, expect=401)
        on_device(api, alice, fresh).get("/users/me", expect=401)
        refresh(api, laptop)


def test_a_token_from_before_the_last_two_ends_the_device_at_once(api, alice, tokens):
    newest = refresh(api, refresh(api, tokens))
    refresh(api, tokens, expect=401)
    refresh(api, newest, expect=401)
    on_device(api, alice, newest).get("/users/me", expect=401)


def test_the_reuse_of_a_token_is_noted_for_the_auditor(api, tokens, caplog):
    refresh(api, refresh(api, tokens))
    with caplog.at_level("INFO", "learnpath.observability.audit"):
        refresh(api, tokens, expect=401)
    audited = [record.fields for record in caplog.records if "audit" in record.name]
    assert [facts["event"] for facts in audited] == ["refresh.reused"]
    assert tokens["refresh_token"] not in caplog.text


@pytest.mark.parametrize(
    ("idle", "expect"), [({"days": 14, "seconds": -30}, 200), ({"days": 14, "seconds": 1}, 401)]
)
def test_a_device_that_is_idle_for_14_days_is_logged_out(api, tokens, idle, expect):
    with travel(**idle):
        refresh(api, tokens, expect=expect)


def test_a_device_that_is_never_idle_is_logged_out_after_30_days(api, alice, tokens):
    for day in (10, 20, 29.9):
        with travel(days=day):
            tokens = refresh(api, tokens)
            on_device(api, alice, tokens).get("/users/me")
    with travel(days=30, seconds=1):
        refresh(api, tokens, expect=401)


def test_an_access_token_ends_with_its_device_even_before_its_own_hour(api, alice, tokens):
    with travel(days=13.99):
        tokens = refresh(api, tokens)
    with travel(days=27.98):
        tokens = refresh(api, tokens)
    with travel(days=29.99):
        tokens = refresh(api, tokens)
    with travel(days=30.01):
        on_device(api, alice, tokens).get("/users/me", expect=401)


def test_an_access_token_lives_for_an_hour_and_a_minute_of_leeway(api, alice, tokens):
    with travel(minutes=60, seconds=50):
        on_device(api, alice, tokens).get("/users/me")
    with travel(minutes=61, seconds=1):
        on_device(api, alice, tokens).get("/users/me", expect=401)


def test_a_refresh_token_is_no_access_token(api, alice, tokens):
    swapped = {"access_token": tokens["refresh_token"]}
    on_device(api, alice, swapped).get("/users/me", expect=401)


def test_an_access_token_is_no_refresh_token(api, tokens):
    refresh(api, {"refresh_token": tokens["access_token"][:200]}, expect=401)
    refresh(api, {"refresh_token": tokens["access_token"]}, expect=422)  # longer than any
    refresh(api, tokens)


BAD_TOKENS = [
    "",
    "lr_1_0_",
    "lr_0_0_" + "A" * 43,
    "lr_999999999999999999_0_" + "A" * 43,
    "lr_1_0_" + "A" * 42 + "\n",
    "lr_1_٣_" + "A" * 43,
    "lr_1_0_" + "A" * 42 + "\x00",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_what_never_was_a_refresh_token_is_refused(api, tokens, token):
    refresh(api, {"refresh_token": token}, expect=401)


@pytest.mark.parametrize("token", [None, 7, ["lr"], "x" * 201])
def test_what_cannot_be_a_refresh_token_is_refused(api, token):
    refresh(api, {"refresh_token": token}, expect=422)


def test_a_forged_token_ends_nobodys_device(api, alice, tokens):
    fresh = refresh(api, refresh(api, tokens))
    family = fresh["refresh_token"].split("_")[1]
    for counter in (0, 1, 2, 3, 999_999_999):
        refresh(api, {"refresh_token": f"lr_{family}_{counter}_{'A' * 43}"}, expect=401)
    on_device(api, alice, fresh).get("/users/me")
    refresh(api, fresh)


def test_a_token_does_not_open_somebody_elses_device(api, alice, mallory, tokens):
    theirs = log_in(api, mallory)["refresh_token"].split("_")
    mine = tokens["refresh_token"].split("_", 3)
    mixed = "_".join([*mine[:3], theirs[3]])
    refresh(api, {"refresh_token": mixed}, expect=401)
    refresh(api, tokens)


def test_a_deactivated_account_is_not_refreshed(api, alice, ada, tokens):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    refresh(api, tokens, expect=401)


def test_an_account_deactivated_in_the_database_alone_is_locked_out_at_once(api, alice, tokens):
    by_sql(api.app, sa.update(User).where(User.id == alice.id).values(status="deactivated"))
    refresh(api, tokens, expect=401)
    on_device(api, alice, tokens).get("/users/me", expect=401)
    assert count_sessions(api.app, alice) == 2  # it is the account that is asked, not its sessions


def test_a_session_with_another_seed_knows_its_token_no_more(api, alice, tokens):
    other_seed = sa.update(Session).where(Session.id == session_id(tokens)).values(seed="0" * 64)
    by_sql(api.app, other_seed)
    refresh(api, tokens, expect=401)
    refresh(api, log_in(api, alice))


def test_what_is_stored_does_not_hold_the_token(api, tokens):
    fresh = refresh(api, tokens)
    stored = dump_database(api.app)
    for each in (tokens, fresh):
        assert each["refresh_token"] not in stored
        assert each["refresh_token"].split("_", 3)[3] not in stored
        assert each["access_token"].rsplit(".", 1)[1] not in stored


def test_a_stolen_database_opens_no_device(api, alice, tokens, settings):
    """The same rows under another secret: what is stored does not make the token alone."""
    settings(SECRET_KEY="0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    refresh(api, tokens, expect=401)
    on_device(api, alice, tokens).get("/users/me", expect=401)


def test_a_new_secret_logs_nobody_out_while_the_old_one_is_named(api, alice, tokens, settings):
    old = api.app.config["SECRET_KEY"]
    settings(SECRET_KEY="0f1e2d3c4b5a69788796a5b4c3d2e1f0", SECRET_KEY_PREVIOUS=[old])
    on_device(api, alice, tokens).get("/users/me")
    fresh = refresh(api, tokens)
    assert refresh(api, tokens)["refresh_token"] == fresh["refresh_token"]
    settings(SECRET_KEY_PREVIOUS=[])
    on_device(api, alice, tokens).get("/users/me", expect=401)
    on_device(api, alice, fresh).get("/users/me")
    refresh(api, fresh)


def test_an_old_secret_ends_the_device_of_a_token_spent_twice_too(api, tokens, settings):
    old = api.app.config["SECRET_KEY"]
    newest = refresh(api, refresh(api, tokens))
    settings(SECRET_KEY="0f1e2d3c4b5a69788796a5b4c3d2e1f0", SECRET_KEY_PREVIOUS=[old])
    refresh(api, tokens, expect=401)
    refresh(api, newest, expect=401)


@pytest.mark.parametrize("step", [-30, 30])
def test_a_step_of_the_servers_clock_logs_nobody_out(api, alice, tokens, step):
    with travel(seconds=step):
        on_device(api, alice, tokens).get("/users/me")
        stepped = refresh(api, tokens)
        on_device(api, alice, stepped).get("/users/me")
    on_device(api, alice, stepped).get("/users/me")
    settled = refresh(api, stepped)
    on_device(api, alice, settled).get("/users/me")


@pytest.mark.parametrize("step", [-30, 30])
def test_the_order_of_tokens_goes_by_number_when_the_clock_is_stepped(api, tokens, step):
    second = refresh(api, tokens)
    with travel(seconds=step):
        third = refresh(api, second)
        refresh(api, tokens, expect=401)
        refresh(api, third, expect=401)


def by_sql(app, statement):
    """Change a row behind the service's back."""
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()

"""Seeing the devices on which one is logged in, and logging them out."""

import pytest

from .devices import log_in, on_device, refresh
from .time_travel import travel

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def phone(api, alice):
    return log_in(api, alice, device="Phone")


@pytest.fixture
def laptop(api, alice):
    return log_in(api, alice, device="Laptop")


def labels(sessions):
    return [session["label"] for session in sessions]


def id_of(api, alice, tokens):
    mine = on_device(api, alice, tokens).get("/auth/sessions")
    return next(session["id"] for session in mine if session["current"])


def is_alive(api, alice, tokens):
    """Whether the tokens of a device still open anything; both always agree."""
    client = api.app.test_client()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = client.get("/api/v1/users/me", headers=bearer)
    again = client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert me.status_code == again.status_code
    return me.status_code == 200


def test_i_see_each_device_with_its_label_and_which_one_is_this(api, alice, phone, laptop):
    sessions = on_device(api, alice, laptop).get("/auth/sessions")
    assert labels(sessions) == ["", "Phone", "Laptop"]
    assert [session["current"] for session in sessions] == [False, False, True]
    assert set(sessions[0]) == {
        "id", "label", "created_at", "last_refreshed_at", "expires_at", "current"
    }  # fmt: skip


def test_i_see_when_a_device_was_last_refreshed(api, alice, phone):
    with travel(days=3):
        fresh = refresh(api, phone)
        session = on_device(api, alice, fresh).get("/auth/sessions")[-1]
    assert session["last_refreshed_at"][:10] > session["created_at"][:10]


def test_i_see_my_devices_page_by_page(api, alice, phone, laptop):
    me = api.as_(alice)
    first = me.get("/auth/sessions?page_size=2")
    cursor = me.last.headers["X-Pagination"].split('"next_cursor": "')[1].split('"')[0]
    assert labels(first + me.get(f"/auth/sessions?cursor={cursor}")) == ["", "Phone", "Laptop"]


def test_nobody_elses_device_is_among_mine(api, alice, mallory, phone):
    assert labels(api.as_(mallory).get("/auth/sessions")) == [""]


def test_looking_writes_nothing(api, alice, phone, queries):
    me = on_device(api, alice, phone)
    queries.clear()
    me.get("/users/me")
    me.get("/auth/sessions")
    assert queries
    assert not [query for query in queries if query.lstrip().startswith(WRITES)]


def test_a_device_i_end_is_logged_out_at_once_and_no_other_is(api, alice, phone, laptop):
    on_device(api, alice, laptop).delete(f"/auth/sessions/{id_of(api, alice, phone)}")
    assert not is_alive(api, alice, phone)
    assert is_alive(api, alice, laptop)
    assert labels(on_device(api, alice, laptop).get("/auth/sessions")) == ["", "Laptop"]


def test_logging_out_ends_this_device_and_no_other(api, alice, phone, laptop):
    on_device(api, alice, phone).post("/auth/logout", expect=204)
    assert not is_alive(api, alice, phone)
    assert is_alive(api, alice, laptop)


def test_logging_out_everywhere_ends_all_of_mine_and_nobody_elses(
    api, alice, mallory, phone, laptop
):
    on_device(api, alice, phone).post("/auth/logout-all", expect=204)
    assert not is_alive(api, alice, phone)
    assert not is_alive(api, alice, laptop)
    api.as_(mallory).get("/users/me")


def test_a_device_that_was_ended_answers_with_the_challenge_of_rfc_6750(api, alice, phone):
    me = on_device(api, alice, phone)
    me.post("/auth/logout", expect=204)
    assert me.get("/users/me", expect=401)["type"] == "/problems/invalid-token"
    assert 'error="invalid_token"' in me.last.headers["WWW-Authenticate"]


def test_a_new_password_ends_every_device_but_the_one_that_set_it(api, alice, phone, laptop):
    change = {"password": "four random words", "current_password": alice.password}
    on_device(api, alice, laptop).put("/users/me", change)
    assert is_alive(api, alice, laptop)
    assert not is_alive(api, alice, phone)


def test_a_password_set_by_an_admin_ends_all_of_my_devices(api, alice, ada, phone, laptop):
    api.as_(ada).put(f"/users/{alice.id}", {"password": "four random words"})
    assert not is_alive(api, alice, phone)
    assert not is_alive(api, alice, laptop)
    api.as_(ada).get("/users/me")


def test_a_deactivated_account_is_out_at_once_and_its_devices_stay_out(api, alice, ada, phone):
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "deactivated"})
    assert not is_alive(api, alice, phone)
    api.as_(ada).patch(f"/users/{alice.id}/status", {"status": "active"})
    assert not is_alive(api, alice, phone)
    assert is_alive(api, alice, log_in(api, alice))


def test_a_removed_account_is_out_at_once(api, alice, ada, phone):
    api.as_(ada).delete(f"/users/{alice.id}")
    assert not is_alive(api, alice, phone)


def test_a_new_role_acts_at_once_on_the_tokens_that_are_out(api, alice, ada, phone):
    me = on_device(api, alice, phone)
    me.get("/users/", expect=403)
    api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "admin"})
    me.get("/users/")
    api.as_(ada).patch(f"/users/{alice.id}/role", {"role": "learner"})
    me.get("/users/", expect=403)


def test_an_admin_sees_the_devices_of_somebody(api, alice, ada, phone):
    sessions = api.as_(ada).get(f"/users/{alice.id}/sessions")
    assert labels(sessions) == ["", "Phone"]
    assert not any(session["current"] for session in sessions)
    api.as_(ada).get("/users/999999/sessions", expect=404)


@pytest.mark.parametrize("who", ["mallory", "grace", "alice"])
def test_only_an_admin_asks_for_the_devices_of_a_user(api, alice, request, who):
    api.as_(request.getfixturevalue(who)).get(f"/users/{alice.id}/sessions", expect=403)


def test_somebody_elses_device_is_not_mine_to_end(api, alice, mallory, ada, phone):
    theirs = id_of(api, alice, phone)
    refusals = [
        api.as_(who).delete(f"/auth/sessions/{session}", expect=404)
        for who in (mallory, ada)
        for session in (theirs, 999_999)
    ]
    assert len({refusal["detail"] for refusal in refusals}) == 1
    assert is_alive(api, alice, phone)


@pytest.mark.parametrize("session", ["0", "-1", "01", "me", "9" * 30, "1.0", "%00"])
def test_what_is_no_id_of_a_device_is_not_found(api, alice, session):
    api.as_(alice).delete(f"/auth/sessions/{session}", expect=404)


def test_a_device_cannot_call_itself_anything_harmful(api, alice):
    tokens = log_in(api, alice, device="Evil\x1b[31m\u2028\x85" + "x" * 500)
    label = on_device(api, alice, tokens).get("/auth/sessions")[-1]["label"]
    assert label.startswith("Evil[31m")
    assert label.isprintable()
    assert len(label) == 120


def test_a_device_that_was_forgotten_for_long_is_listed_no_more(api, alice, ada, phone):
    with travel(days=10):
        laptop = log_in(api, alice, device="Laptop")
    with travel(days=15):
        fresh = refresh(api, laptop)
        assert labels(on_device(api, alice, fresh).get("/auth/sessions")) == ["Laptop"]


@pytest.mark.parametrize(
    ("verb", "url"),
    [
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions/1"),
        ("POST", "/auth/logout"),
        ("POST", "/auth/logout-all"),
        ("GET", "/users/1/sessions"),
    ],
)
def test_a_stranger_has_no_devices(api, verb, url):
    api._send(verb, url, None, 401, {})

"""Changing a person."""

import pytest

from learnpath.db import db
from learnpath.users import services as users

from ..actions import log_in
from ..cast import PASSWORD

BETTER = "a better horse battery"


def test_i_change_my_name_and_nothing_else(api, alice):
    before = api.as_(alice).get("/users/me")
    after = api.as_(alice).put("/users/me", {"name": " Alice L. "})
    assert after["updated_at"] > before["updated_at"]
    assert after == before | {"name": "Alice L.", "updated_at": after["updated_at"]}
    assert api.as_(alice).get("/users/me") == after


def test_my_id_does_as_well_as_me(api, alice):
    assert api.as_(alice).put(f"/users/{alice.id}", {"name": "Al"})["name"] == "Al"


def test_nobody_else_changes(api, alice, mallory, ada):
    before = api.as_(mallory).get("/users/me")
    api.as_(alice).put("/users/me", {"name": "Al", "timezone": "Asia/Tokyo"})
    assert api.as_(mallory).get("/users/me") == before


def test_what_is_absent_stays(api, alice):
    api.as_(alice).put("/users/me", {"learning_path": "Data", "timezone": "Asia/Tokyo"})
    before = api.as_(alice).get("/users/me")
    assert api.as_(alice).put("/users/me", {}) == before


def test_an_edit_may_be_repeated(api, alice):
    change = {"name": "Al", "learning_path": "Data"}
    once = api.as_(alice).put("/users/me", change)
    again = api.as_(alice).put("/users/me", change)
    assert again | {"updated_at": ""} == once | {"updated_at": ""}


def test_an_admin_changes_anybody(api, alice, ada):
    assert api.as_(ada).put(f"/users/{alice.id}", {"name": "Al"})["id"] == alice.id
    assert api.as_(alice).get("/users/me")["name"] == "Al"


def test_nobody_else_may_change_me(api, alice, grace, mallory):
    for person in (grace, mallory):
        api.as_(person).put(f"/users/{alice.id}", {"name": "Pwned"}, expect=403)
    api.put(f"/users/{alice.id}", {"name": "Pwned"}, expect=401)
    assert api.as_(alice).get("/users/me")["name"] == "Alice"


def test_a_stranger_learns_nothing_about_the_body(api, alice, mallory):
    api.as_(mallory).put(f"/users/{alice.id}", {"bad": 1}, expect=403)
    api.put(f"/users/{alice.id}", {"bad": 1}, expect=401)


def test_an_admin_cannot_change_nobody(api, ada):
    api.as_(ada).put("/users/999999", {"name": "Nobody"}, expect=404)


@pytest.mark.parametrize("person", ["alice", "ada"])
def test_nothing_else_can_be_changed_here(api, request, person):
    person = request.getfixturevalue(person)
    before = api.as_(person).get("/users/me")
    for field, value in {
        "role": "admin", "status": "active", "id": 1, "user_id": 1, "email_verified": True,
        "password_hash": "x", "progress": {"loops": True}, "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    }.items():  # fmt: skip
        problem = api.as_(person).put("/users/me", {"name": "X", field: value}, expect=422)
        assert list(problem["errors"]) == [field]
    assert api.as_(person).get("/users/me") == before


# Email address and password


@pytest.mark.parametrize("change", [{"email": "al@example.org"}, {"password": BETTER}])
def test_changing_how_i_log_in_needs_my_current_password(api, alice, change):
    for proof in ({}, {"current_password": "not my password"}, {"current_password": ""}):
        problem = api.as_(alice).put("/users/me", change | proof, expect=422)
        assert list(problem["errors"]) == ["current_password"]
    log_in(api, alice.email)
    api.as_(alice).put("/users/me", change | {"current_password": PASSWORD})


def test_an_admin_proves_it_too_for_their_own_account(api, ada):
    api.as_(ada).put("/users/me", {"password": BETTER}, expect=422)
    api.as_(ada).put(f"/users/{ada.id}", {"email": "a@example.org"}, expect=422)


@pytest.mark.parametrize("change", [{"email": "al@example.org"}, {"password": BETTER}])
def test_an_admin_needs_nobody_elses_password(api, alice, ada, change):
    api.as_(ada).put(f"/users/{alice.id}", change)


@pytest.mark.parametrize("proof", [None, 7, [], "x" * 129])
def test_a_current_password_that_is_none_is_refused(api, alice, proof):
    change = {"password": BETTER, "current_password": proof}
    problem = api.as_(alice).put("/users/me", change, expect=422)
    assert list(problem["errors"]) == ["current_password"]


def test_i_log_in_with_the_new_address_and_not_with_the_old_one(api, alice):
    change_email(api, alice, "Al@Example.ORG")
    assert api.as_(alice).get("/users/me")["email"] == "al@example.org"
    log_in(api, "al@example.org")
    log_in(api, alice.email, expect=401)


def test_a_new_address_is_unverified(app, api, alice):
    verify(app, alice)
    assert api.as_(alice).get("/users/me")["email_verified"] is True
    assert change_email(api, alice, "al@example.org")["email_verified"] is False


def test_the_same_address_spelled_differently_stays_verified(app, api, alice):
    verify(app, alice)
    assert change_email(api, alice, " ALICE@Example.ORG ")["email_verified"] is True


def test_an_address_that_somebody_has_cannot_be_taken(api, alice, mallory):
    change = {"name": "X", "email": "Mallory@example.org", "current_password": PASSWORD}
    assert api.as_(alice).put("/users/me", change, expect=409)["type"] == "/problems/email-taken"
    assert api.as_(alice).get("/users/me")["email"] == alice.email
    assert api.as_(alice).get("/users/me")["name"] == "Alice"


def test_a_given_up_address_is_free(api, alice, mallory):
    change_email(api, alice, "al@example.org")
    assert change_email(api, mallory, alice.email)["email"] == alice.email


def test_i_log_in_with_the_new_password_and_not_with_the_old_one(api, alice):
    change_password(api, alice)
    log_in(api, alice.email, BETTER)
    log_in(api, alice.email, PASSWORD, expect=401)


def test_a_new_password_ends_my_other_sessions_but_not_this_one(api, alice):
    elsewhere = log_in(api, alice.email)["access_token"]
    change_password(api, alice)
    api.as_(alice).get("/users/me")
    api.get("/users/me", headers={"Authorization": f"Bearer {elsewhere}"}, expect=401)


def test_a_new_password_ends_nobody_elses_sessions(api, alice, mallory):
    change_password(api, alice)
    api.as_(mallory).get("/users/me")


def test_a_password_set_by_an_admin_ends_all_sessions(api, alice, ada):
    api.as_(ada).put(f"/users/{alice.id}", {"password": BETTER})
    api.as_(alice).get("/users/me", expect=401)
    api.as_(ada).get("/users/me")
    log_in(api, alice.email, BETTER)


@pytest.mark.parametrize("weak", ["7 chars", "password1", "alice@example.org", "ALICE@example.org"])
def test_a_weak_password_changes_nothing(api, alice, weak):
    change = {"name": "Al", "password": weak, "current_password": PASSWORD}
    assert "password" in api.as_(alice).put("/users/me", change, expect=422)["errors"]
    assert api.as_(alice).get("/users/me")["name"] == "Alice"
    log_in(api, alice.email)


def test_my_new_name_is_no_password_either(api, alice):
    change = {"name": "Alice Liddell", "password": "alice liddell", "current_password": PASSWORD}
    assert "password" in api.as_(alice).put("/users/me", change, expect=422)["errors"]


# Name, learning path and time zone


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", None), ("name", "x" * 121), ("name", "a\x00b"), ("name", 7),
        ("email", None), ("email", "nowhere"), ("email", ""), ("password", None), ("password", ""),
        ("learning_path", ""), ("learning_path", "  "), ("learning_path", "x" * 121),
        ("learning_path", "a\nb"), ("learning_path", "a\x00b"), ("learning_path", 7),
        ("learning_path", ["data"]),
        ("timezone", None), ("timezone", ""), ("timezone", "Mars/Olympus"), ("timezone", "utc "),
        ("timezone", "../../etc/passwd"), ("timezone", "Europe"), ("timezone", 2),
        ("timezone", "+02:00"), ("timezone", "a" * 100_000),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(api, alice, field, value):
    problem = api.as_(alice).put("/users/me", {field: value}, expect=422)
    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("label", ["python-developer", "Data & AI — évening", "x" * 120])
def test_i_name_what_i_want_to_learn(api, alice, label):
    assert api.as_(alice).put("/users/me", {"learning_path": label})["learning_path"] == label


def test_null_says_that_i_follow_no_path(api, alice):
    api.as_(alice).put("/users/me", {"learning_path": "Data"})
    assert api.as_(alice).put("/users/me", {"learning_path": None})["learning_path"] is None


def test_a_strict_service_knows_the_learning_paths(api, alice, make, settings):
    make.path("data", ["loops"])
    settings(STRICT_CATALOGUE=True)
    assert api.as_(alice).put("/users/me", {"learning_path": "data"})["learning_path"] == "data"
    problem = api.as_(alice).put("/users/me", {"learning_path": "unknown"}, expect=422)
    assert list(problem["errors"]) == ["learning_path"]
    assert api.as_(alice).put("/users/me", {"learning_path": None})["learning_path"] is None


@pytest.mark.parametrize("zone", ["UTC", "Europe/Athens", "America/Argentina/Buenos_Aires"])
def test_i_say_where_i_live(api, alice, zone):
    assert api.as_(alice).put("/users/me", {"timezone": zone})["timezone"] == zone


def change_email(api, person, email):
    return api.as_(person).put("/users/me", {"email": email, "current_password": PASSWORD})


def change_password(api, person):
    return api.as_(person).put("/users/me", {"password": BETTER, "current_password": PASSWORD})


def verify(app, person):
    with app.app_context():
        users.confirm_email(person.id)
        db.session.commit()

"""Registering: making an account of one's own."""

import json

import pytest

from ..cast import PASSWORD
from ..concurrency import run_concurrently

NEW = {"name": "Nora", "email": "nora@example.org", "password": PASSWORD}


def test_a_stranger_registers_and_sees_a_learner_who_has_not_begun(api):
    user = api.post("/users/register", NEW, expect=201)
    assert set(user) == {
        "id", "name", "email", "email_verified", "role", "status", "timezone",
        "learning_path", "progress", "created_at", "updated_at",
    }  # fmt: skip
    assert (user["name"], user["email"]) == ("Nora", "nora@example.org")
    assert (user["role"], user["status"], user["timezone"]) == ("learner", "active", "UTC")
    assert user["email_verified"] is False
    assert user["learning_path"] is None
    assert user["progress"] == {}
    assert user["created_at"].endswith("Z")
    assert user["updated_at"] == user["created_at"]


def test_my_password_is_not_shown_to_me(api):
    api.post("/users/register", NEW, expect=201)
    answer = api.last.get_data(as_text=True)
    assert PASSWORD not in answer
    assert "argon2" not in answer


def test_whoever_registered_can_log_in(api):
    api.post("/users/register", NEW, expect=201)
    api.post("/users/login", {"email": NEW["email"], "password": PASSWORD})


def test_an_address_has_one_account_and_the_first_one_stays(api):
    api.post("/users/register", NEW, expect=201)
    second = NEW | {"name": "Impostor", "password": "a quite different one"}
    problem = api.post("/users/register", second, expect=409)
    assert problem["type"] == "/problems/email-taken"
    api.post("/users/login", {"email": NEW["email"], "password": PASSWORD})


def test_of_fifty_who_register_one_address_at_once_one_succeeds(app, api, ada, settings):
    settings(REGISTRATIONS_PER_ADDRESS="1000 per hour", PASSWORD_QUEUE_LENGTH=50)

    def register():
        return app.test_client().post("/api/v1/users/register", json=NEW).status_code

    statuses = run_concurrently(*[register] * 50)
    assert sorted(statuses) == [201] + [409] * 49
    assert len(api.as_(ada).get("/users/?q=nora@example.org")) == 1


@pytest.mark.parametrize(
    "name",
    ["  Nora \t", "Zoë Łukasz Ωμέγα", "李小龍", "O’Neil-Smith, Jr.", "👩‍🚀", "x" * 120],
)
def test_a_name_is_kept_as_written_but_for_blanks_around_it(api, name):
    assert api.post("/users/register", NEW | {"name": name}, expect=201)["name"] == name.strip()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "name",
    [
        None, 7, True, [], {}, "", "   ", "x" * 121, "No\x00ra", "No\nra", "No\x1b[31mra",
        "No\x85ra", "No\u2028ra",
    ],
)  # fmt: skip
def test_a_bad_name_is_refused(api, name):
    problem = api.post("/users/register", NEW | {"name": name}, expect=422)
    assert problem["type"] == "/problems/invalid-input"
    assert list(problem["errors"]) == ["name"]


@pytest.mark.parametrize(
    "email",
    [
        None, 7, [], {}, "", " ", "nora", "nora@", "@example.org", "nora@localhost", "a@b@c.org",
        "nora@exa mple.org", "nora@example..org", ".nora@example.org", "nora@-example.org",
        '"no ra"@example.org', "nora@[127.0.0.1]", "Nora <nora@example.org>",
        "no\x00ra@example.org", "nora@example.org\nBcc: all@example.org", "nora@example.invalid",
        "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org",
    ],
)  # fmt: skip
def test_a_bad_address_is_refused(api, email):
    problem = api.post("/users/register", NEW | {"email": email}, expect=422)
    assert list(problem["errors"]) == ["email"]


@pytest.mark.parametrize("password", [None, 12345678, [], {}, "", "7 chars", "x" * 129])
def test_a_bad_password_is_refused(api, password):
    problem = api.post("/users/register", NEW | {"password": password}, expect=422)
    assert list(problem["errors"]) == ["password"]


@pytest.mark.parametrize("field", NEW)
def test_nothing_may_be_missing(api, field):
    rest = {name: value for name, value in NEW.items() if name != field}
    assert list(api.post("/users/register", rest, expect=422)["errors"]) == [field]


def test_all_faults_are_told_at_once(api):
    bad = {"name": "", "email": "nora", "password": "short"}
    assert set(api.post("/users/register", bad, expect=422)["errors"]) == set(bad)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "admin"), ("id", 1), ("status", "active"), ("email_verified", True),
        ("password_hash", "$argon2id$"), ("created_at", "2020-01-01T00:00:00Z"),
        ("progress", {"loops": True}), ("", ""), ("__proto__", {}),
    ],
)  # fmt: skip
def test_a_stranger_sets_nothing_else(api, field, value):
    problem = api.post("/users/register", NEW | {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    api.post("/users/login", {"email": NEW["email"], "password": PASSWORD}, expect=401)


@pytest.mark.parametrize("body", [[], [NEW], "nora", 7, True, None])
def test_a_body_that_is_no_object_is_refused(api, body):
    api.post("/users/register", data=json.dumps(body), content_type="application/json", expect=422)


def test_nobody_registers_while_registration_is_closed(api, settings):
    settings(REGISTRATION_OPEN=False)
    problem = api.post("/users/register", NEW, expect=403)
    assert problem["type"] == "/problems/registration-closed"

"""Creating an account for another user."""

import pytest

from ..cast import PASSWORD

NEW = {"name": "Nora", "email": "nora@example.org", "password": PASSWORD}


@pytest.mark.parametrize("role", ["learner", "instructor", "admin"])
def test_an_admin_makes_an_account_of_any_role(api, ada, role):
    user = api.as_(ada).post("/users/", NEW | {"role": role}, expect=201)
    assert user["role"] == role
    token = api.post("/users/login", {"email": NEW["email"], "password": PASSWORD})["access_token"]
    me = api.get("/users/me", headers={"Authorization": f"Bearer {token}"})
    assert me == user


def test_an_account_is_a_learners_unless_said_otherwise(api, ada):
    assert api.as_(ada).post("/users/", NEW, expect=201)["role"] == "learner"


def test_the_slash_at_the_end_is_optional(api, ada):
    api.as_(ada).post("/users", NEW, expect=201)


def test_a_new_admin_may_administer_at_once(api, ada):
    api.as_(ada).post("/users/", NEW | {"role": "admin"}, expect=201)
    token = api.post("/users/login", {"email": NEW["email"], "password": PASSWORD})["access_token"]
    api.get("/users/", headers={"Authorization": f"Bearer {token}"})


def test_an_admin_makes_accounts_while_registration_is_closed(api, ada, settings):
    settings(REGISTRATION_OPEN=False)
    api.as_(ada).post("/users/", NEW, expect=201)


@pytest.mark.parametrize("body", [NEW, {}, NEW | {"role": "king"}])
def test_nobody_else_makes_accounts(api, alice, grace, body):
    api.as_(alice).post("/users/", body, expect=403)
    api.as_(grace).post("/users/", body, expect=403)
    api.post("/users/", body, expect=401)


def test_an_address_has_one_account(api, ada, alice):
    taken = NEW | {"email": "Alice@Example.org"}
    problem = api.as_(ada).post("/users/", taken, expect=409)
    assert problem["type"] == "/problems/email-taken"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "king"), ("role", "Admin"), ("role", ""), ("role", None), ("role", ["admin"]),
        ("name", ""), ("email", "nowhere"), ("password", "password1"),
        ("password", "nora@example.org"), ("id", 1), ("status", "deactivated"),
        ("email_verified", True),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(api, ada, field, value):
    problem = api.as_(ada).post("/users/", NEW | {field: value}, expect=422)
    assert list(problem["errors"]) == [field]
    assert len(api.as_(ada).get("/users/")) == 1

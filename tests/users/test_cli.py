"""Administering accounts from the command line."""

import pytest

from learnpath.users import services as users

from ..actions import log_in
from ..cast import PASSWORD


@pytest.fixture
def flask_users(cli):
    """Run `flask users …` and return its result."""

    def run(*arguments, typed="", exit_code=0):
        return cli("users", *arguments, input=typed, expect=exit_code)

    return run


def me(api, email, password=PASSWORD):
    token = log_in(api, email, password)["access_token"]
    return api.get("/users/me", headers={"Authorization": f"Bearer {token}"})


# create-admin


def test_the_first_admin_is_made_here(api, flask_users):
    made = flask_users("create-admin", "Ada@Example.org", "--name", "Ada", typed=twice(PASSWORD))
    admin = me(api, "ada@example.org")
    assert (admin["name"], admin["role"]) == ("Ada", "admin")
    assert f"Created the administrator ada@example.org with id {admin['id']}." in made.output


def test_the_password_is_asked_for_and_not_shown(flask_users):
    made = flask_users("create-admin", "ada@example.org", typed=twice(PASSWORD))
    assert "Password" in made.output
    assert PASSWORD not in made.output


def test_a_mistyped_password_is_asked_for_again(api, flask_users):
    typed = f"{PASSWORD}\nsomething else\n{twice(PASSWORD)}"
    flask_users("create-admin", "ada@example.org", typed=typed)
    log_in(api, "ada@example.org")


def test_a_generated_password_is_shown_once_and_works(api, flask_users):
    made = flask_users("create-admin", "ada@example.org", "--generate-password")
    password = made.output.partition("Password: ")[2].strip()
    assert len(password) >= 16
    assert me(api, "ada@example.org", password)["role"] == "admin"


def test_two_generated_passwords_differ(flask_users):
    first = flask_users("create-admin", "ada@example.org", "--generate-password")
    second = flask_users("create-admin", "bea@example.org", "--generate-password")
    assert first.output.splitlines()[1] != second.output.splitlines()[1]


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("nowhere", PASSWORD, "email: "),
        ("ada@localhost", PASSWORD, "email: "),
        ("ada@example.org", "short", "password: "),
        ("ada@example.org", "password1", "password: This is one of the most common passwords."),
        ("alice@example.org", PASSWORD, "This email address already has an account."),
        ("ALICE@example.org", PASSWORD, "This email address already has an account."),
    ],
)
def test_a_refusal_is_a_sentence_and_makes_nobody(flask_users, alice, email, password, reason):
    refused = flask_users("create-admin", email, typed=twice(password), exit_code=1)
    assert f"Error: {reason}" in refused.output
    assert flask_users("list", "--role", "admin").output == ""


# list


def test_everybody_is_listed_with_id_role_status_address_and_name(flask_users, alice, ada):
    assert flask_users("list").output.splitlines() == [
        f"{alice.id}\tlearner\tactive\talice@example.org\tAlice",
        f"{ada.id}\tadmin\tactive\tada@example.org\tAda",
    ]


def test_one_role_is_listed(flask_users, alice, grace, ada):
    listed = flask_users("list", "--role", "instructor").output
    assert listed == f"{grace.id}\tinstructor\tactive\tgrace@example.org\tGrace\n"


def test_the_list_does_not_end_with_the_first_page(app, flask_users):
    with app.app_context():
        for number in range(201):
            users.add_account(f"Learner {number}", f"learner{number}@example.org", "no password")
        users.db.session.commit()
    assert len(flask_users("list").output.splitlines()) == 201


# set-role


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("admin", "alice@example.org is now an admin."),
        ("instructor", "alice@example.org is now an instructor."),
        ("learner", "alice@example.org is now a learner."),
    ],
)
def test_a_role_acts_at_once(api, flask_users, alice, role, sentence):
    assert sentence in flask_users("set-role", "alice@example.org", role).output
    assert api.as_(alice).get("/users/me")["role"] == role
    api.as_(alice).get("/users/", expect=200 if role == "admin" else 403)


def test_the_last_admin_keeps_the_role(api, flask_users, ada):
    refused = flask_users("set-role", ada.email, "learner", exit_code=1)
    assert "Error: This is the last active admin" in refused.output
    api.as_(ada).get("/users/")


def test_the_last_admin_may_be_made_admin_again(flask_users, ada):
    flask_users("set-role", ada.email, "admin")


def test_one_of_two_admins_may_step_down(api, flask_users, ada, make):
    make.user("bea", "admin")
    flask_users("set-role", ada.email, "learner")
    api.as_(ada).get("/users/", expect=403)


def test_a_role_that_does_not_exist_is_refused(flask_users, alice):
    refused = flask_users("set-role", alice.email, "king", exit_code=2)
    assert "learner" in refused.output


# deactivate and activate


def test_whoever_is_deactivated_is_locked_out_at_once(api, flask_users, alice):
    flask_users("deactivate", alice.email)
    api.as_(alice).get("/users/me", expect=401)
    log_in(api, alice.email, expect=401)


def test_whoever_is_activated_again_finds_everything(api, flask_users, alice):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    flask_users("deactivate", alice.email)
    flask_users("activate", alice.email)
    assert me(api, alice.email)["progress"] == {"loops": True}


def test_an_activation_does_not_bring_old_sessions_back(api, flask_users, alice):
    flask_users("deactivate", alice.email)
    flask_users("activate", alice.email)
    api.as_(alice).get("/users/me", expect=401)


def test_the_last_admin_cannot_be_deactivated(api, flask_users, ada):
    refused = flask_users("deactivate", ada.email, exit_code=1)
    assert "Error: This is the last active admin" in refused.output
    api.as_(ada).get("/users/")


def test_nobody_else_is_deactivated(api, flask_users, alice, mallory):
    flask_users("deactivate", mallory.email)
    api.as_(alice).get("/users/me")


@pytest.mark.parametrize(
    "command", [["set-role", "nora@example.org", "admin"], ["deactivate", "nora@example.org"],
                ["activate", "nora@example.org"]],
)  # fmt: skip
def test_an_unknown_address_is_told(flask_users, alice, command):
    refused = flask_users(*command, exit_code=1)
    assert "Error: There is no account for nora@example.org." in refused.output


@pytest.mark.parametrize(
    "command", [["set-role", " ALICE@Example.org ", "admin"], ["deactivate", "Alice@example.org"],
                ["activate", "Alice@example.org"]],
)  # fmt: skip
def test_an_address_may_be_spelled_differently(flask_users, alice, command):
    flask_users(*command)


# development-accounts


def test_development_has_an_account_of_each_role(api, flask_users, settings):
    settings(ENVIRONMENT="development")
    accounts = development_accounts(flask_users)
    assert [role for role, _, _ in accounts] == ["learner", "instructor", "admin"]
    for role, email, password in accounts:
        assert me(api, email, password)["role"] == role


def test_making_them_again_gives_the_same(flask_users):
    assert development_accounts(flask_users) == development_accounts(flask_users)


def test_making_them_again_mends_them(api, flask_users):
    admin = development_accounts(flask_users)[2]
    flask_users("create-admin", "ada@example.org", typed=twice(PASSWORD))
    flask_users("set-role", admin[1], "learner")
    flask_users("deactivate", admin[1])
    development_accounts(flask_users)
    assert me(api, admin[1], admin[2])["role"] == "admin"


def test_another_secret_gives_other_passwords(api, flask_users, settings):
    old = development_accounts(flask_users)
    settings(SECRET_KEY="0" * 32)
    new = development_accounts(flask_users)
    for (_, email, old_password), (_, _, new_password) in zip(old, new, strict=True):
        log_in(api, email, old_password, expect=401)
        log_in(api, email, new_password)


def test_production_has_none(flask_users, settings):
    settings(ENVIRONMENT="production")
    refused = flask_users("development-accounts", exit_code=1)
    assert "refused in production" in refused.output
    assert flask_users("list").output == ""


def development_accounts(flask_users):
    return [line.split() for line in flask_users("development-accounts").output.splitlines()]


def twice(password):
    return f"{password}\n{password}\n"

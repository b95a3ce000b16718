"""Passwords: exactly as received, and not the ones that are guessed first."""

import unicodedata

import pytest

from learnpath.passwords import PASSWORD_MAX

from .cast import PASSWORD


def register(api, password, name="Nora", email="nora@example.org", expect=201):
    body = {"name": name, "email": email, "password": password}
    return api.post("/users/register", body, expect=expect)


def log_in(api, password, email="nora@example.org", expect=200):
    return api.post("/users/login", {"email": email, "password": password}, expect=expect)


@pytest.mark.parametrize(
    "password",
    [
        "securepassword",  # the customer's own examples
        "supersecret123",
        "8 letter",
        "zqxwvuyt",  # no composition rules
        "58203917",
        "        ",
        "  blanks at both ends  ",
        "\ttabs and\nnew lines\n",
        "nul\x00nul\x00nul",
        "пароль корректный",
        "\u202eright to left\u202c",
        "😀" * 8,
        "😀" * PASSWORD_MAX,
        "\\u0041 \"quotes' %s {} <b>",
        "$2b$04$ not a hash",
    ],
)
def test_any_characters_make_a_password(api, password):
    register(api, password)
    log_in(api, password)


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("  blanks around  ", "blanks around"),
        ("blanks around", "blanks around "),
        ("blanks inside", "blanks  inside"),
        ("Capital letters", "capital letters"),
        (unicodedata.normalize("NFC", "pässwörtér"), unicodedata.normalize("NFD", "pässwörtér")),
        ("ﬁne ligatures", "fine ligatures"),
        ("full-width 8", "full-width ８"),
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("x" * 73, "x" * 72),
        ("ü" * 36 + "a", "ü" * 36 + "b"),
        ("😀" * 127 + "😀", "😀" * 127 + "😁"),
        ("nul\x00 and more", "nul\x00 and else"),
        ("nul\x00 and more", "nul"),
    ],
)
def test_a_password_is_taken_exactly_as_received(api, password, other):
    register(api, password)
    log_in(api, other, expect=401)
    log_in(api, password)


@pytest.mark.parametrize("password", ["", "7 chars", "ü" * 7, "😀" * 7, "x" * 129, "😀" * 129])
def test_its_length_is_counted_in_characters(api, password):
    reasons = register(api, password, expect=422)["errors"]["password"]
    assert reasons == ["Length must be between 8 and 128."]


@pytest.mark.parametrize(
    "password", ["password", "PassWord", "12345678", "qwertyuiop", "iloveyou1", "1q2w3e4r"]
)
def test_the_most_common_passwords_are_refused(api, password):
    problem = register(api, password, expect=422)
    assert problem["type"] == "/problems/weak-password"
    assert problem["errors"] == {
        "password": ["This is one of the most common passwords. Four random words make a good one."]
    }
    log_in(api, password, expect=401)


@pytest.mark.parametrize(
    "password",
    ["Nora Nilsson", "nora nilsson", "n.nilsson@example.org", "N.NILSSON@EXAMPLE.ORG", "N.Nilsson"],
)
def test_my_own_name_and_address_are_refused(api, password):
    problem = register(api, password, "Nora Nilsson", "n.nilsson@example.org", expect=422)
    assert problem["type"] == "/problems/weak-password"
    assert problem["errors"] == {
        "password": ["A password must not be your own name or email address."]
    }


def test_my_address_spelled_differently_is_no_password_either(api):
    register(api, "nora@example.org", email="NORA@Example.org", expect=422)


def test_anybody_elses_name_may_be_in_mine(api):
    register(api, "nora and alice and ada")


@pytest.mark.parametrize("lone", ["\\ud800", "\\udfff"])
def test_half_a_character_is_no_character(api, lone):
    body = f'{{"name": "Nora", "email": "nora@example.org", "password": "{lone * 8}"}}'
    api.post("/users/register", data=body, content_type="application/json", expect=400)


def test_two_people_may_have_the_same_password(api):
    register(api, PASSWORD, email="nora@example.org")
    register(api, PASSWORD, email="nils@example.org")
    log_in(api, PASSWORD, email="nils@example.org")

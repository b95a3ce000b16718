"""Email addresses: one mailbox, one spelling."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnpath import emails

from .cast import PASSWORD
from .cpu_limit import cpu_time_limit


def register(api, email, expect=201):
    body = {"name": "Nora", "email": email, "password": PASSWORD}
    return api.post("/users/register", body, expect=expect)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("nora@example.org", "NORA@EXAMPLE.ORG"),
        ("Nora@Example.Org", "nora@example.org"),
        ("nora@example.org", "  nora@example.org\t"),
        ("nora@bücher.de", "nora@BÜCHER.de"),
        ("nora@bücher.de", "nora@xn--bcher-kva.de"),
        ("nora@xn--bcher-kva.de", "nora@XN--BCHER-KVA.DE"),
        ("nora@bücher.de", unicodedata.normalize("NFD", "nora@bücher.de")),
        ("nora@example.org", "nora@ｅｘａｍｐｌｅ.org"),
        ("nora@example.org", "nora@example。org"),
        ("nora@kinder.de", "nora@\N{KELVIN SIGN}inder.de"),
        ("nora@пример.рф", "nora@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_one_mailbox_has_one_account_however_it_is_spelled(api, one, another):
    shown = register(api, one)["email"]
    assert register(api, another, expect=409)["type"] == "/problems/email-taken"
    for spelling in (one, another, shown):
        api.post("/users/login", {"email": spelling, "password": PASSWORD})


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("nora@example.org", "nora@example.com"),
        ("nora@example.org", "nora@mail.example.org"),
        ("nora@example.org", "no.ra@example.org"),
        ("nora@example.org", "nora+learn@example.org"),
        ("nora@bücher.de", "nora@bucher.de"),
        ("nora@straße.de", "nora@strasse.de"),
    ],
)
def test_another_mailbox_is_another_account(api, one, another):
    register(api, one)
    register(api, another)


@pytest.mark.parametrize(
    ("given_as", "shown_as"),
    [
        (" Nora.N+Learn@Example.ORG ", "nora.n+learn@example.org"),
        ("nora@xn--bcher-kva.de", "nora@bücher.de"),
        ("O'Neil_1-2@example.org", "o'neil_1-2@example.org"),
    ],
)
def test_an_address_is_shown_in_its_one_spelling(api, given_as, shown_as):
    assert register(api, given_as)["email"] == shown_as


@pytest.mark.parametrize(
    "email",
    [
        "nøra@example.org",
        "n\N{CYRILLIC SMALL LETTER O}ra@example.org",
        "\N{KELVIN SIGN}nut@example.org",
        "ｎｏｒａ@example.org",
        "n\N{LATIN SMALL LETTER DOTLESS I}na@example.org",
        "nora\N{ZERO WIDTH SPACE}@example.org",
        "n\N{COMBINING DIAERESIS}ora@example.org",
        "李@example.org",
        "nora＠example.org",
    ],
)
def test_no_look_alike_passes_before_the_at_sign(api, email):
    assert list(register(api, email, expect=422)["errors"]) == ["email"]


@pytest.mark.parametrize(
    "email",
    [
        "nora@exam\N{ZERO WIDTH SPACE}ple.org",
        "nora@xn--.org",
        "nora@xn--zzzzzz99999.org",
        "nora@\N{RIGHT-TO-LEFT OVERRIDE}gro.elpmaxe",
        "nora@example.org.",
        "nora@💥",
    ],
)
def test_a_domain_that_cannot_be_is_refused(api, email):
    assert list(register(api, email, expect=422)["errors"]) == ["email"]


@pytest.mark.parametrize(
    "email",
    [
        "a" * 900_000,
        "@" * 900_000,
        "a@" + "b." * 450_000,
        " " * 900_000,
        "a@" + "é" * 252,
        "a@" + "é." * 126,
        "a@" + "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 252,
        "." * 254,
        '"' * 254,
        "a@[" + ":" * 250,
        "(" * 254,
    ],
    ids=lambda email: ascii(email[:12]),
)
def test_a_long_address_is_refused_quickly(api, email):
    with cpu_time_limit():
        register(api, email, expect=422)


@settings(deadline=None)  # a busy machine is no fault
@given(st.emails() | st.text(max_size=254))
def test_the_one_spelling_is_its_own_spelling(address):
    spelling = emails.canonicalize(address)
    assert emails.canonicalize(spelling) == spelling


@settings(deadline=None)
@given(st.emails())
def test_an_account_is_found_under_the_spelling_that_was_registered(address):
    try:
        registered = emails.normalize(address)
    except ValueError:
        return  # not everything that is allowed by RFC 5322 may register
    assert emails.canonicalize(address) == registered
    assert emails.canonicalize(f" {address.upper()}\t") == registered


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_letters_are_found_as_they_are_spelled(address):
    try:
        found = emails.normalize(address)
    except ValueError:
        found = address.strip().lower()
    assert emails.canonicalize(address) == found

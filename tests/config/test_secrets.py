"""Production refuses secrets that can be guessed."""

import pytest

from learnpath import config
from learnpath.config import load

from .conftest import GOOD_SECRET

WEAK_SECRETS = {
    "": "missing",
    "6d1f0c": "shorter than 32 bytes",
    GOOD_SECRET[:31]: "shorter than 32 bytes",
    " " * 40: "too regular",
    "0123456789" * 3: "shorter than 32 bytes",
    "012345678" * 4: "too regular",
    "your-secret-key-change-in-production": "a placeholder",
    "CHANGE-ME-0123456789-abcdefghijklmnop": "a placeholder",
    config.DEVELOPMENT_SECRET: "a placeholder",
}


@pytest.mark.parametrize(("secret", "reason"), WEAK_SECRETS.items())
def test_production_refuses_a_secret_that_can_be_guessed(environment, refusal, secret, reason):
    environment(ENVIRONMENT="production", SECRET_KEY=secret)
    sentence = refusal()
    assert sentence.startswith(f"SECRET_KEY: {reason}")
    assert "secrets.token_hex(32)" in sentence
    assert len(secret) < 7 or secret not in sentence


@pytest.mark.parametrize("environment_name", ["development", "testing"])
@pytest.mark.parametrize("secret", WEAK_SECRETS)
def test_elsewhere_any_secret_will_do(environment, environment_name, secret):
    environment(ENVIRONMENT=environment_name, SECRET_KEY=secret)
    assert load()["SECRET_KEY"] == (secret or config.DEVELOPMENT_SECRET)


@pytest.mark.parametrize("secret", [GOOD_SECRET, GOOD_SECRET * 2, "áéíóúàèìòùâêîôûäëïöü"])
def test_production_takes_a_random_secret_as_it_is(environment, secret):
    environment(ENVIRONMENT="production", SECRET_KEY=secret)
    assert load()["SECRET_KEY"] == secret


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("one", ["one"]),
        ("one,two", ["one", "two"]),
        ("one, two", ["one", "two"]),
        ("one, ", ["one"]),
        (",one,,", ["one"]),
        (" ", []),
    ],
)
def test_older_secrets_are_a_list_without_blanks(environment, text, keys):
    environment(SECRET_KEY_PREVIOUS=text)
    assert load()["SECRET_KEY_PREVIOUS"] == keys


@pytest.mark.parametrize("weak", ["6d1f0c", "0123" * 10, "your-secret-key-change-in-production"])
def test_production_refuses_an_older_secret_that_can_be_guessed(environment, refusal, weak):
    environment(SECRET_KEY=GOOD_SECRET, SECRET_KEY_PREVIOUS=f"{GOOD_SECRET}7,{weak}")
    load()
    environment(ENVIRONMENT="production")
    assert refusal().startswith("SECRET_KEY_PREVIOUS: ")
    assert weak not in refusal()


def test_production_takes_an_older_secret_that_was_random(environment):
    environment(ENVIRONMENT="production", SECRET_KEY=GOOD_SECRET)
    environment(SECRET_KEY_PREVIOUS=f"{GOOD_SECRET}7")
    assert load()["SECRET_KEY_PREVIOUS"] == [f"{GOOD_SECRET}7"]

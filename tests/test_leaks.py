"""The guard against secrets in the log detects each kind."""

import logging

import pytest

logger = logging.getLogger("learnpath")


def test_a_harmless_line_is_no_leak(logged, api, alice):
    api.as_(alice).get("/users/me")
    assert any("/users/me" in line for line in logged.lines)
    assert logged.leaks() == []


def _secrets(api, alice, make):
    tokens = api.post("/users/login", {"email": alice.email, "password": alice.password})
    return {
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "API key": make.key("users:read").token,
        "password": alice.password,
        "SECRET_KEY": api.app.config["SECRET_KEY"],
        "email address": alice.email,
    }


@pytest.mark.parametrize(
    "kind",
    ["access token", "refresh token", "API key", "password", "SECRET_KEY", "email address"],
)
def test_a_secret_is_found_in_a_message_in_a_fact_and_in_a_traceback(
    logged, api, alice, make, kind
):
    secret = _secrets(api, alice, make)[kind]
    logger.info("got %s", secret)
    assert logged.leaks()
    logged.forget()
    logger.info("got it", extra={"fields": {"fact": secret}})
    assert logged.leaks()
    logged.forget()
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("it broke")
    assert logged.leaks()
    logged.forget()


def test_a_token_from_an_email_is_found(logged, app, alice):
    answer = app.test_cli_runner().invoke(args=["users", "reset-link", alice.email])
    logger.debug("the link is %s", answer.stdout)
    assert logged.leaks()
    logged.forget()


def test_a_password_that_somebody_tries_is_found(logged, api, alice):
    tried = "a wrong password of somebody"
    api.post("/users/login", {"email": alice.email, "password": tried}, expect=401)
    assert logged.leaks() == []
    logger.debug("somebody tried %s", tried)
    assert logged.leaks()
    logged.forget()

"""Configuring the service: what wins over what, and what is refused."""

import pytest

from learnpath import config
from learnpath.config import load
from learnpath.settings import ENVIRONMENTS

from .conftest import GOOD_SECRET

KINDS = {"str": str, "int": int, "bool": bool, "list": list}


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_meaning_and_a_default_of_its_type(setting):
    assert setting.meaning
    assert isinstance(setting.default, KINDS[setting.kind])


def test_the_defaults_hold_where_nothing_is_said():
    settings = load()
    assert (settings["PORT"], settings["HOST"]) == (8000, "127.0.0.1")
    assert settings["REGISTRATION_OPEN"] is True
    assert settings["STRICT_CATALOGUE"] is False
    assert settings["SECRET_KEY_PREVIOUS"] == []
    assert set(settings) == {setting.name for setting in config.SETTINGS}


def test_metrics_in_production_need_a_token(environment, refusal):
    environment(ENVIRONMENT="production", SECRET_KEY=GOOD_SECRET, METRICS_ENABLED="true")
    assert refusal().startswith("METRICS_TOKEN: missing")
    environment(METRICS_TOKEN="a-token")
    assert load()["METRICS_ENABLED"] is True


def test_the_environment_goes_before_the_defaults(environment):
    environment(PORT="9000", REGISTRATION_OPEN="false", SECRET_KEY="12345", LOG_FORMAT="plain")
    settings = load()
    assert settings["PORT"] == 9000
    assert settings["REGISTRATION_OPEN"] is False
    assert settings["SECRET_KEY"] == "12345"
    assert settings["LOG_FORMAT"] == "plain"


def test_what_a_test_says_goes_before_the_environment(environment):
    environment(PORT="9000", HOST="0.0.0.0")
    settings = load({"PORT": 7000})
    assert (settings["PORT"], settings["HOST"]) == (7000, "0.0.0.0")


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_an_empty_variable_means_the_default(environment, setting):
    usual = load({"SECRET_KEY": GOOD_SECRET, "ENVIRONMENT": "production"})
    environment(**{setting.name: ""})
    forced = {"SECRET_KEY": GOOD_SECRET} if setting.name != "SECRET_KEY" else {}
    if setting.name == "ENVIRONMENT":
        assert load(forced)["ENVIRONMENT"] == "production"
    elif setting.name == "SECRET_KEY":
        assert load()["SECRET_KEY"] == config.DEVELOPMENT_SECRET
    else:
        assert load(forced)[setting.name] == usual[setting.name]


@pytest.mark.parametrize(
    ("text", "truth"),
    [("true", True), ("1", True), ("yes", True), ("False", False), ("0", False), ("off", False)],
)
def test_a_truth_may_be_spelled_in_many_ways(environment, text, truth):
    environment(STRICT_CATALOGUE=text)
    assert load()["STRICT_CATALOGUE"] is truth


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "80.5"),
        ("THREADS", "many"),
        ("REGISTRATION_OPEN", "maybe"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "LOUD"),
        ("ENVIRONMENT", "prod"),
        ("ENVIRONMENT", "Production"),
        ("PORT", "65536"),
        ("WEB_CONCURRENCY", "-1"),
        ("THREADS", "0"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("ACCESS_TOKEN_MINUTES", "1000000000000"),
        ("MAX_BODY_BYTES", "0"),
        ("PASSWORD_HASH_MEMORY_KIB", "7"),
        ("PASSWORD_HASH_PASSES", "0"),
        ("DATABASE_STATEMENT_TIMEOUT", "-1"),
    ],
)
def test_a_wrong_value_is_told_by_its_name(environment, refusal, name, value):
    environment(**{name: value})
    assert refusal().startswith(f"{name}: ")


def test_all_wrong_values_are_told_at_once(environment, refusal):
    environment(PORT="http", REGISTRATION_OPEN="maybe", LOG_LEVEL="LOUD")
    sentence = refusal()
    assert "PORT: Not a valid integer." in sentence
    assert "REGISTRATION_OPEN: Not a valid boolean." in sentence
    assert "LOG_LEVEL: Must be one of: DEBUG, INFO, WARNING, ERROR." in sentence
    assert "\n" not in sentence


def test_an_environment_that_nobody_named_is_production(monkeypatch, environment):
    monkeypatch.delenv("ENVIRONMENT")
    environment(SECRET_KEY=GOOD_SECRET)
    assert load()["ENVIRONMENT"] == "production"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_three_environments_are_known(environment, name):
    environment(ENVIRONMENT=name, SECRET_KEY=GOOD_SECRET)
    assert load()["ENVIRONMENT"] == name

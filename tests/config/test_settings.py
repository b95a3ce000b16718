"""Configuring the service: what wins over what, and what is refused."""

import pytest

from learnpath import config
from learnpath.config import load
from learnpath.rate_limits.limits import RATES
from learnpath.settings import CONSTANTS, ENVIRONMENTS, REMOVED, RENAMED, TIMEOUTS

from .conftest import GOOD_SECRET

TYPES = {"str": str, "int": int, "bool": bool, "list": list, "float": float}


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_help_text_and_a_default_of_its_type(setting):
    assert setting.help
    assert isinstance(setting.default, TYPES[setting.type])


def test_the_defaults_hold_where_nothing_is_said():
    settings = load()
    assert (settings["PORT"], settings["HOST"]) == (8000, "127.0.0.1")
    assert settings["REGISTRATION_OPEN"] is True
    assert settings["STRICT_CATALOGUE"] is False
    assert settings["SECRET_KEY_PREVIOUS"] == []
    assert set(settings) == {
        row.name for table in (config.SETTINGS, CONSTANTS, TIMEOUTS) for row in table
    }


def test_there_are_few_settings():
    assert len(config.SETTINGS) <= 35


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_every_constant_has_a_reason_and_may_be_overridden(constant):
    assert constant.reason
    assert load()[constant.name] == constant.value
    assert load({constant.name: 7})[constant.name] == 7


def test_every_timeout_of_the_database_follows_from_one(environment):
    usual = load()
    assert {timeout.name: usual[timeout.name] for timeout in TIMEOUTS} == {
        "DATABASE_POOL_TIMEOUT": 5,
        "DATABASE_CONNECT_TIMEOUT": 2,
        "DATABASE_STATEMENT_TIMEOUT": 10,
        "DATABASE_LOCK_TIMEOUT": 5,
        "DATABASE_IDLE_TIMEOUT": 30,
        "DATABASE_NETWORK_TIMEOUT": 5,
        "SQLITE_BUSY_TIMEOUT": 10,
    }
    environment(DATABASE_TIMEOUT="20")
    doubled = load({"DATABASE_LOCK_TIMEOUT": 0.1})
    assert doubled["DATABASE_STATEMENT_TIMEOUT"] == 20
    assert doubled["DATABASE_CONNECT_TIMEOUT"] == 4
    assert doubled["DATABASE_LOCK_TIMEOUT"] == 0.1
    assert min(load({"DATABASE_TIMEOUT": 1})[timeout.name] for timeout in TIMEOUTS) == 1


@pytest.mark.parametrize("name", REMOVED)
def test_a_removed_name_stops_the_start(environment, refusal, name):
    environment(**{name: "1"})
    assert refusal() == f"{name}: {REMOVED[name]}."
    environment(**{name: ""})
    load()


def test_an_old_name_is_refused_with_the_new_one(environment, refusal):
    environment(DATABASE_POOL_TIMEOUT="5", COMMIT="9359951")
    sentence = refusal(PORT=70000)
    assert "DATABASE_POOL_TIMEOUT: replaced by DATABASE_TIMEOUT." in sentence
    assert "COMMIT: renamed to GIT_COMMIT." in sentence
    assert "PORT: Must be" in sentence


@pytest.mark.parametrize("name", RENAMED)
def test_a_program_that_uses_an_old_name_is_refused_too(refusal, name):
    assert refusal(**{name: 1}) == f"{name}: {REMOVED[name]}."


def test_the_rates_have_no_environment_variable(environment, refusal):
    for rate in RATES:
        environment(**{rate.name: "1 per hour"})
    assert refusal().count("replaced by RATE_LIMIT_FACTOR.") == len(RATES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINK_URL", "https://app.example.org/{kind}?token={token}"),
        ("LINK_URL", "exampleapp://{kind}/{token}"),
        ("PUBLIC_URL", "https://learn.example.org"),
        ("PUBLIC_URL", "http://127.0.0.1:8000/learnpath/"),
        ("MAIL_URL", "smtps://user:p%40ss@mail.example.org:465"),
        ("MAIL_URL", "file:///var/spool/learnpath"),
        ("MAIL_URL", "console:"),
    ],
)
def test_an_address_is_taken_as_it_is(environment, name, value):
    environment(**{name: value})
    assert load()[name] == value


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("LINK_URL", "https://app.example.org/{kind}", "{token} is missing"),
        ("LINK_URL", "https://app.example.org/?token={token}", "{kind} is missing"),
        ("PUBLIC_URL", "learn.example.org", "Not a web address"),
        ("PUBLIC_URL", "https://learn.example.org/?a=b", "Not a web address"),
        ("PUBLIC_URL", "https://user@learn.example.org", "Not a web address"),
        ("MAIL_URL", "ftp://host", "ftp is not supported; use smtp, smtps, console or file."),
        ("MAIL_URL", "mail.example.org", "mail.example.org is not supported"),
        ("MAIL_URL", "smtp://host:port", "Port could not be cast"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(environment, refusal, name, value, reason):
    assert refusal(**{name: value}).startswith(f"{name}: {reason}")
    environment(**{name: value})
    assert refusal().startswith(f"{name}: {reason}")


@pytest.mark.parametrize("factor", ["0", "0.5", "1", "1e3"])
def test_a_factor_may_be_a_fraction(environment, factor):
    environment(RATE_LIMIT_FACTOR=factor)
    assert load()["RATE_LIMIT_FACTOR"] == float(factor)


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
        ("SHUTDOWN_DELAY", "1000000000000"),
        ("MAX_BODY_BYTES", "0"),
        ("DATABASE_TIMEOUT", "0"),
        ("DATABASE_TIMEOUT", "3601"),
        ("RATE_LIMIT_FACTOR", "-1"),
        ("RATE_LIMIT_FACTOR", "inf"),
        ("RATE_LIMIT_FACTOR", "nan"),
        ("RATE_LIMIT_FACTOR", "ten"),
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

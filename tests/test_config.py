"""Configuring the service: what wins over what, and what stops the start with a sentence."""

import os
import subprocess
import sys

import pytest

from learnpath import config
from learnpath.config import BadSetting, load, normalize_database_url
from learnpath.settings import ENVIRONMENTS

GOOD_SECRET = "5e1a7c0f9b3d48e2a6f4c8d0b7e91f35"
KINDS = {"str": str, "int": int, "bool": bool, "list": list}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Start from an environment without any of our settings; set some with `environment(…)`."""
    for setting in config.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("ENVIRONMENT", "testing")

    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return change


@pytest.fixture
def refusal():
    """Load the settings, which are refused, and return the sentence."""

    def refusal(**overrides):
        with pytest.raises(BadSetting) as refused:
            load(overrides)
        return str(refused.value)

    return refusal


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


ROOT = config.PROJECT_ROOT


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("postgres://ada:pw@db/learn", "postgresql+psycopg://ada:pw@db/learn"),
        ("postgresql://ada:pw@db:5433/learn", "postgresql+psycopg://ada:pw@db:5433/learn"),
        ("postgresql+psycopg2://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql+psycopg://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql+asyncpg://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql://db/learn?sslmode=require", "postgresql+psycopg://db/learn?sslmode=require"),
        ("postgresql://a:p%40ss@db/learn", "postgresql+psycopg://a:p%40ss@db/learn"),
        ("postgresql:///learn?host=/run/pg", "postgresql+psycopg:///learn?host=%2Frun%2Fpg"),
        (
            "postgresql://u:p@a:1,b:2/learn?sslmode=require",
            "postgresql+psycopg://u:p@/learn?host=a%3A1&host=b%3A2&sslmode=require",
        ),
        ("postgres://a,b/learn", "postgresql+psycopg:///learn?host=a&host=b"),
        ("sqlite:///learnpath.db", f"sqlite:///{ROOT}/learnpath.db"),
        ("sqlite:///./data/../learnpath.db", f"sqlite:///{ROOT}/learnpath.db"),
        ("sqlite+pysqlite:///learnpath.db", f"sqlite:///{ROOT}/learnpath.db"),
        ("sqlite:////var/lib/learnpath.db", "sqlite:////var/lib/learnpath.db"),
    ],
)
def test_a_database_address_is_brought_into_one_form(url, normal):
    assert normalize_database_url(url).render_as_string(hide_password=False) == normal


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///file::memory:?uri=true", "needs a file"),
        ("sqlite://learnpath.db", "needs a file"),
        ("sqlite://data/learnpath.db", "three slashes"),
        ("mysql://db/learn", "mysql is not supported"),
        ("mysql+pymysql://db/learn", "mysql is not supported"),
        ("oracle://db/learn", "oracle is not supported"),
        ("learnpath.db", "not a database URL"),
        ("postgresql://ada:pw@db:port/learn", "not a database URL"),
        (" ", "not a database URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(environment, refusal, url, reason):
    environment(DATABASE_URL=url)
    sentence = refusal()
    assert sentence.startswith("DATABASE_URL: ")
    assert reason in sentence
    assert "pw" not in sentence


GUNICORN = ["-m", "gunicorn", "-c", "python:learnpath.server", "--check-config", "wsgi:app"]
WSGI = ["-c", "import wsgi"]


@pytest.fixture
def start(tmp_path, project_root):
    """Start Python in the project's root with only these settings in the environment."""

    def start(arguments, **settings):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        database = f"sqlite:///{tmp_path / 'learnpath.db'}"
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=project_root,
            env={**kept, "ENVIRONMENT": "production", "DATABASE_URL": database, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


@pytest.mark.exhaustive
@pytest.mark.parametrize("arguments", [WSGI, GUNICORN], ids=["wsgi", "gunicorn"])
@pytest.mark.parametrize("secret", ["", "your-secret-key-change-in-production"])
def test_a_bad_secret_stops_the_start_with_one_sentence(start, arguments, secret):
    process = start(arguments, SECRET_KEY=secret)
    assert process.returncode not in (0, None)
    assert process.stdout == ""
    (sentence,) = process.stderr.splitlines()
    assert sentence.startswith("learnpath cannot start. SECRET_KEY: ")


@pytest.mark.exhaustive
@pytest.mark.parametrize("arguments", [WSGI, GUNICORN], ids=["wsgi", "gunicorn"])
def test_good_settings_start(start, arguments):
    process = start(arguments, SECRET_KEY=GOOD_SECRET)
    assert (process.returncode, process.stderr) == (0, "")

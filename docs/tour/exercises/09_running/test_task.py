"""The service starts in production with these settings."""

import io

import pytest
from dotenv import dotenv_values

from learnpath import config

from .task import ENV


@pytest.fixture
def settings(monkeypatch):
    for setting in config.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in dotenv_values(stream=io.StringIO(ENV)).items():
        monkeypatch.setenv(name, value)
    try:
        return config.load()
    except config.ConfigError as error:
        pytest.fail(f"learnpath cannot start. {error}")


def test_it_is_a_production_service(settings):
    assert settings["ENVIRONMENT"] == "production"


def test_it_uses_postgresql(settings):
    assert settings["DATABASE_URL"].get_backend_name() == "postgresql"


def test_it_listens_on_a_port_that_needs_no_root(settings):
    assert settings["PORT"] >= 1024


def test_it_trusts_the_proxy(settings):
    assert settings["TRUSTED_PROXIES"] == 1

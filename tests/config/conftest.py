"""An environment without any of our settings."""

import pytest

from learnpath.config import ConfigError, load
from learnpath.settings import REMOVED, SETTINGS

from ..cast import SECRET_KEY

GOOD_SECRET = SECRET_KEY


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Start from an environment without any of our settings; set some with `environment(…)`."""
    for name in (*REMOVED, *(setting.name for setting in SETTINGS)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENVIRONMENT", "testing")

    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return change


@pytest.fixture
def refusal():
    """Load the settings, which are refused, and return the sentence."""

    def refusal(**overrides):
        with pytest.raises(ConfigError) as refused:
            load(overrides)
        return str(refused.value)

    return refusal

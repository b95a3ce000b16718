"""An environment without any of our settings."""

import pytest

from learnpath import config
from learnpath.config import BadSetting, load

from ..cast import SECRET_KEY

GOOD_SECRET = SECRET_KEY


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

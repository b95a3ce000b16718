"""What several tests of logging in look at."""

from __future__ import annotations

import pytest

from .devices import log_in


@pytest.fixture
def tokens(api, alice):
    """The tokens of a device of Alice's."""
    return log_in(api, alice)

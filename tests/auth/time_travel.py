"""Time travel: tests of what happens later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine


def travel(**by: float) -> Any:
    """`with travel(days=14, seconds=-1):` shifts the clock, which goes on running."""
    return time_machine.travel(datetime.now(UTC) + timedelta(**by))

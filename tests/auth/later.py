"""Letting time pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine


def later(**by: float) -> Any:
    """`with later(days=14, seconds=-1):` does what follows then, while the clock goes on."""
    return time_machine.travel(datetime.now(UTC) + timedelta(**by))

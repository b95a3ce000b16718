"""An outage of PostgreSQL: requests fail fast, with 503 and Retry-After."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .environment import Stack, on_postgresql
from .load import verify_reports
from .report import Row

MAX_LATENCY = 6.0  # seconds for a response during the outage
MAX_RECOVERY = 1.0  # seconds to the first success after it


def outage(_trials: int, *durations: float) -> Iterator[Row]:
    """Stop PostgreSQL for 2 and for 30 seconds under load."""
    for seconds in durations or (2.0, 30.0):
        with on_postgresql(8) as stack:
            yield without_postgresql(stack, seconds)


def without_postgresql(stack: Stack, seconds: float) -> Row:
    with stack.crowd.reporting(stack.url, size=8) as learners:
        time.sleep(1)
        stack.postgres.stop_for(seconds)
        returned = time.monotonic()
        time.sleep(2)
    outcome = verify_reports(learners, stack.url)
    recovery = outcome.seconds_to_success(returned)
    is_kept = (
        not outcome.unexpected
        and outcome.lost == 0
        and outcome.max_latency <= MAX_LATENCY
        and recovery <= MAX_RECOVERY
    )
    figures = (
        f"{outcome.statuses}; longest {outcome.max_latency:.1f} s, "
        f"first success {recovery:.2f} s after its return, {outcome.lost} lost"
    )
    return Row(f"PostgreSQL gone for {seconds:g} s", 1, is_kept, figures)

"""PostgreSQL gone for a while: nobody waits long, everybody is told to come again."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .load import look_up
from .report import Row
from .stage import Stage, on_postgresql

LONGEST = 6.0  # seconds an answer may take meanwhile
BACK = 1.0  # seconds after which answers are successes again


def outage(_trials: int, *durations: float) -> Iterator[Row]:
    """Stop PostgreSQL for 2 and for 30 seconds under load."""
    for seconds in durations or (2.0, 30.0):
        with on_postgresql(8) as stage:
            yield without_postgresql(stage, seconds)


def without_postgresql(stage: Stage, seconds: float) -> Row:
    with stage.crowd.reporting(stage.url, size=8) as learners:
        time.sleep(1)
        stage.postgres.stop_for(seconds)
        returned = time.monotonic()
        time.sleep(2)
    outcome = look_up(learners, stage.url)
    back = outcome.seconds_to_success(returned)
    is_kept = (
        not outcome.dirty and outcome.lost == 0 and outcome.longest <= LONGEST and back <= BACK
    )
    figures = (
        f"{outcome.statuses}; longest {outcome.longest:.1f} s, "
        f"first success {back:.2f} s after its return, {outcome.lost} lost"
    )
    return Row(f"PostgreSQL gone for {seconds:g} s", 1, is_kept, figures)

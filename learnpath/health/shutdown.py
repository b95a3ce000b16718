"""A flag in memory that gunicorn's master shares with its workers: the service shuts down.

A load balancer must see 503 on `/health/ready` while requests are still answered. A worker cannot
tell by its own SIGTERM: a reload sends it too, and then the service stays ready.
"""

import mmap
import time
from collections.abc import Callable

_flag = mmap.mmap(-1, 1)  # created before the fork, so master and workers share the byte


def has_begun() -> bool:
    """Tell whether the service is shutting down."""
    return _flag[0] == 1


def with_drain(handle_term: Callable[[], None], delay: int) -> Callable[[], None]:
    """Return a SIGTERM handler that sets the flag and serves `delay` seconds longer."""

    def set_flag_and_stop() -> None:
        _flag[0] = 1
        time.sleep(delay)
        handle_term()

    return set_flag_and_stop

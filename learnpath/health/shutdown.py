"""Are we shutting down? One byte that gunicorn's master shares with its workers.

A balancer must hear "not ready" while requests are still answered. A worker cannot know by
itself: a reload ends it with the same signal, and then nobody should be sent away.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable

_flag = mmap.mmap(-1, 1)  # made before the workers are forked, so that all see the same byte


def has_begun() -> bool:
    """Tell whether this service is about to end."""
    return _flag[0] == 1


def announced(end: Callable[[], None], seconds: int) -> Callable[[], None]:
    """Return a way to end that says so first, and goes on answering for `seconds`."""

    def announce_and_end() -> None:
        _flag[0] = 1
        time.sleep(seconds)
        end()

    return announce_and_end

"""A limit of CPU time for refusals of hostile input; a busy machine does not exceed it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

MAX_SECONDS = 10  # of CPU time: a regression takes minutes, a correct refusal milliseconds


@contextmanager
def cpu_time_limit() -> Iterator[None]:
    """Fail if the block uses more CPU time than a refusal can need."""
    start = time.process_time()
    yield
    assert time.process_time() - start < MAX_SECONDS

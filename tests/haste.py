"""Refusals that must not cost much, measured so that a busy machine is no fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

AT_MOST = 10  # seconds of processor time: what is wrong takes minutes, what is right a blink


@contextmanager
def no_labour() -> Iterator[None]:
    """Fail a block for which this process works longer than any machine needs to say no."""
    began = time.process_time()
    yield
    assert time.process_time() - began < AT_MOST

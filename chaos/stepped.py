"""The application with a wrong clock; gunicorn runs it instead of wsgi:app.

The file named by STEPPED_CLOCK holds the offset in seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any

import time_machine

from wsgi import app as application

OFFSET = Path(os.environ["STEPPED_CLOCK"])
_stepping = Lock()
_travel: list[Any] = []  # the active time_machine, if the clock is wrong
_offset = 0.0


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Set the clock, then call the application."""
    with _stepping:
        _step(float(OFFSET.read_text() or 0))
    return application(environ, start_response)


app.extensions = application.extensions  # type: ignore[attr-defined]  # gunicorn's hooks look there


def _step(offset: float) -> None:
    global _offset  # noqa: PLW0603 - one clock in a process
    if offset == _offset:
        return
    while _travel:
        _travel.pop().stop()
    if offset:
        _travel.append(time_machine.travel(time.time() + offset, tick=True))
        _travel[-1].start()
    _offset = offset

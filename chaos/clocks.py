"""The server's clock jumps, as when it is corrected: no session is lost."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import jwt

from tests.cast import PASSWORD

from .environment import on_sqlite
from .load import CLIENT
from .report import Row

STEP = 30.0  # seconds, forwards and back


def clock(trials: int) -> Iterator[Row]:
    """Step the clock by up to 30 s before each token refresh of one session."""
    with tempfile.NamedTemporaryFile("w") as file:
        offset = Path(file.name)
        application = {"application": "chaos.stepped:app", "STEPPED_CLOCK": offset}
        with on_sqlite(1, **application) as stack:
            (alice,) = stack.crowd.take(1)
            refused = _refresh_under_steps(stack.url, alice.email, offset, trials * 5)
    figures = f"{trials * 5} refreshes and reads, {len(refused)} refused {refused[:3]}"
    yield Row("clock stepped by ±30 s before each refresh", trials * 5, not refused, figures)


def _refresh_under_steps(url: str, email: str, offset: Path, times: int) -> list[tuple[float, int]]:
    """Return the steps after which a request failed, with its status."""
    credentials = {"email": email, "password": PASSWORD}
    tokens = CLIENT.post(f"{url}/api/v1/users/login", json=credentials).raise_for_status().json()
    refused = []
    for number in range(times):
        step = (STEP, -STEP, 0.0)[number % 3] if number < 9 else random.uniform(-STEP, STEP)
        offset.write_text(str(step))
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = CLIENT.get(f"{url}/api/v1/users/me", headers=bearer)
        body = {"refresh_token": tokens["refresh_token"]}
        new = CLIENT.post(f"{url}/api/v1/auth/refresh", json=body)
        refused += [(step, answer.status_code) for answer in (me, new) if not answer.is_success]
        if not new.is_success:
            break
        tokens = new.json()
        check_clock(tokens["access_token"], step)
    return refused


def check_clock(token: str, step: float) -> None:
    """Raise RuntimeError unless the clock of the service is off by `step`."""
    issued = jwt.decode(token, options={"verify_signature": False})["iat"]
    if abs(issued - time.time() - step) > 5:
        raise RuntimeError("the clock was not stepped")

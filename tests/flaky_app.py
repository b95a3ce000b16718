"""The service with failures that clients must handle: an expired token, 503 and 429."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from learnpath.auth import tokens
from learnpath.errors import MEDIA_TYPE, Problem, Unavailable
from learnpath.rate_limits import TooManyRequests
from wsgi import app

LIFETIME = 6  # seconds that an access token lives
FAILURES: dict[int, type[Problem]] = {
    3: Unavailable,
    6: TooManyRequests,
}  # number of the request → response
SLOW_REQUEST = 9  # the number of the request during which the token expires


class FlakyMiddleware:
    """Responds to some requests of the API with a failure that can be retried in a second."""

    def __init__(self, service: Callable[..., Iterable[bytes]]) -> None:
        self.service = service
        self.numbers = count(1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = environ["PATH_INFO"].startswith("/api/") and next(self.numbers)
        if number == SLOW_REQUEST:
            time.sleep(LIFETIME)
        if number not in FAILURES:
            return self.service(environ, start_response)
        failure = FAILURES[number]
        print(f"asked to wait: {failure.status}", file=sys.stderr, flush=True)
        start_response(
            f"{failure.status} Later", [("Content-Type", MEDIA_TYPE), ("Retry-After", "1")]
        )
        return [json.dumps(failure.example_body()).encode()]


tokens.LEEWAY = 0
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=LIFETIME)
app.wsgi_app = FlakyMiddleware(app.wsgi_app)  # type: ignore[method-assign]

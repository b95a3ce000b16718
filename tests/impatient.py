"""The service as a client must be able to bear it: a token expires, and it asks to wait."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from learnpath.auth import tokens
from learnpath.errors import MEDIA_TYPE, Refusal, Unavailable
from learnpath.throttle import TooManyRequests
from wsgi import app

LIFETIME = 6  # seconds that an access token lives
MOODS: dict[int, type[Refusal]] = {3: Unavailable, 6: TooManyRequests}  # by the number of a request
DAWDLES = 9  # the number of the request that stays on its way until its token has expired


class Moody:
    """Answers some requests of the API itself: come again in a second."""

    def __init__(self, service: Callable[..., Iterable[bytes]]) -> None:
        self.service = service
        self.numbers = count(1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = environ["PATH_INFO"].startswith("/api/") and next(self.numbers)
        if number == DAWDLES:
            time.sleep(LIFETIME)
        if number not in MOODS:
            return self.service(environ, start_response)
        mood = MOODS[number]
        print(f"asked to wait: {mood.status}", file=sys.stderr, flush=True)
        start_response(f"{mood.status} Later", [("Content-Type", MEDIA_TYPE), ("Retry-After", "1")])
        return [json.dumps(mood.example_body()).encode()]


tokens.LEEWAY = 0
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=LIFETIME)
app.wsgi_app = Moody(app.wsgi_app)  # type: ignore[method-assign]

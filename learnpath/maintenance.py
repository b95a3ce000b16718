"""READ_ONLY: people go on reading while nothing may be written."""

from __future__ import annotations

from flask import Flask, request

from .errors import Unavailable

READING = ("GET", "HEAD", "OPTIONS")


class ReadOnly(Unavailable):
    """The service is being maintained: reading goes on, writing and logging in come back soon.

    Whoever is logged in stays so. `Retry-After` says when to ask again.
    """

    def __init__(self) -> None:
        """Refuse for a minute."""
        super().__init__(retry_after=60)


def init_app(app: Flask) -> None:
    """Refuse to write in `app` while READ_ONLY is set."""

    @app.before_request
    def refuse_to_write() -> None:
        if not app.config["READ_ONLY"]:
            return
        is_known = request.url_rule is not None  # else 404 or 405
        if is_known and request.method not in READING:
            raise ReadOnly

"""READ_ONLY: reading works, every write is a 503."""

from flask import Flask, request

from ..errors import Unavailable

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class ReadOnly(Unavailable):
    """The service is being maintained: reading works, writing and logging in do not.

    Sessions stay valid. `Retry-After` is the number of seconds to wait.
    """

    def __init__(self) -> None:
        super().__init__(retry_after=60)


def init_app(app: Flask) -> None:
    """Reject writes in `app` while READ_ONLY is set."""

    @app.before_request
    def reject_writes() -> None:
        has_view = request.url_rule is not None  # otherwise 404 or 405
        if app.config["READ_ONLY"] and has_view and request.method not in SAFE_METHODS:
            raise ReadOnly

"""The headers that every answer carries, so that a browser cannot be fooled with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
ALWAYS = (
    ("Content-Security-Policy", NO_CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
OF_THE_API = (*ALWAYS, ("Cache-Control", "no-store"))

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Headers:
    """A WSGI application around another one: it adds the headers that the other has not set."""

    def __init__(self, application: Application) -> None:
        """Stand around `application`."""
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as the application does, with our headers too."""
        path = environ.get("PATH_INFO", "").lstrip("/")  # routing sees no difference either
        ours = OF_THE_API if path.startswith("api/") else ALWAYS

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            added = [header for header in ours if header[0].lower() not in present]
            return start_response(status, headers + added, *more)

        return self.application(environ, start)


def init_app(app: Flask) -> None:
    """Add the headers to whatever `app` answers."""
    app.wsgi_app = Headers(app.wsgi_app)  # type: ignore[method-assign]

"""Security headers on every response."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
DEFAULT_HEADERS = (
    ("Content-Security-Policy", NO_CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
API_HEADERS = (*DEFAULT_HEADERS, ("Cache-Control", "no-store"))

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class SecurityHeadersMiddleware:
    """WSGI middleware that adds the security headers which the application has not set.

    As middleware it also covers responses of failing hooks, and it costs less than changing
    werkzeug's headers.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Call the application and add the headers."""
        path = environ.get("PATH_INFO", "").lstrip("/")  # routing ignores leading slashes too
        defaults = API_HEADERS if path.startswith("api/") else DEFAULT_HEADERS

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            added = [header for header in defaults if header[0].lower() not in present]
            return start_response(status, headers + added, *more)

        return self.application(environ, start)


def init_app(app: Flask) -> None:
    """Add the headers to every response of `app`."""
    app.wsgi_app = SecurityHeadersMiddleware(app.wsgi_app)  # type: ignore[method-assign]

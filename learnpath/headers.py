"""The headers that every answer carries, so that a browser cannot be fooled with it."""

from __future__ import annotations

from flask import Flask, Response, request

NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
ALWAYS = (
    ("Content-Security-Policy", NO_CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def init_app(app: Flask) -> None:
    """Set the headers after every request of `app`."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    """Add what the view has not set itself."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in ALWAYS:
        if name.lower() not in present:
            response.headers.add(name, value)
    if request.path.startswith("/api/") and "cache-control" not in present:
        response.headers.add("Cache-Control", "no-store")
    return response

"""The headers that every answer carries, so that a browser cannot be fooled with it."""

from __future__ import annotations

from flask import Flask, Response, request

NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


def init_app(app: Flask) -> None:
    """Set the headers after every request of `app`."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", NO_CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.path.startswith("/api/") and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response

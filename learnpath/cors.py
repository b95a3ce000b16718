"""Which web pages of other origins may call the API: those that are listed, and no others."""

from __future__ import annotations

from flask import Flask
from flask_cors import CORS

EXPOSED = (
    "ETag",
    "Link",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Pagination",
    "X-Request-ID",
)


def init_app(app: Flask) -> None:
    """Answer cross-origin requests of the origins in CORS_ORIGINS; without any, do nothing."""
    if origins := app.config["CORS_ORIGINS"]:
        CORS(
            app,
            resources={r"/api/.*": {"origins": origins}},
            expose_headers=EXPOSED,
            max_age=600,
            always_send=False,  # an answer to nobody else names no origin
        )

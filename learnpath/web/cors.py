"""Cross-origin requests: only the listed origins may call the API from a browser."""

from flask import Flask
from flask_cors import CORS

EXPOSED = """
ETag Link RateLimit-Limit RateLimit-Remaining RateLimit-Reset Retry-After X-Pagination X-Request-ID
""".split()


def init_app(app: Flask) -> None:
    """Allow cross-origin requests from the origins in CORS_ORIGINS, if there are any."""
    if origins := app.config["CORS_ORIGINS"]:
        CORS(
            app,
            resources={r"/api/.*": {"origins": origins}},
            expose_headers=EXPOSED,
            max_age=600,
            always_send=False,  # no CORS headers for other origins
        )

"""The links in emails."""

from flask import current_app


def token_link(kind: str, token: str) -> str:
    """Return the page of LINK_URL for a token of this kind; empty without LINK_URL."""
    template: str = current_app.config["LINK_URL"]
    return template.replace("{kind}", kind).replace("{token}", token)


def console_link(page: str) -> str:
    """Return a page of the console at PUBLIC_URL; empty without PUBLIC_URL."""
    base = current_app.config["PUBLIC_URL"].rstrip("/")
    return f"{base}/app#/{page}" if base else ""
